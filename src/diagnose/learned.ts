// What earlier traffic taught that reading one exchange needs.
import type { Credential } from './credentials.ts'
import type { EndpointKey } from './endpoint-key.ts'
import type { Jwt } from './jwt.ts'

export type Learned = {
  /** The endpoint of a call without an operation: positions of the path that proved to be ids are `{}`. */
  readonly endpointOf?: (method: string, origin: string, path: string) => EndpointKey
  /** True where this result code differs from the one nearly all earlier responses of the origin carried. */
  readonly isUnusualCode?: (origin: string, name: string, value: string | number) => boolean
  /** A token read before need not be read again. */
  readonly jwtOf?: (credential: Credential) => Jwt | undefined
}
