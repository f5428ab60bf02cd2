// The connections to origins that belong to one client connection: found again, dialled anew, ended together.
import { Http1Origin } from './http1-origin.ts'
import type { Link } from './link.ts'
import type { Route } from './target.ts'

/** Connections to different origins that one client connection may keep. */
const originsKept = 8

const keyOf = ({ scheme, host, port }: Route): string => `${scheme}://${host.toLowerCase()}:${port}`

/** Owns the origins' connections of one client. */
export class Http1Origins {
  readonly #byKey = new Map<string, Http1Origin>()
  readonly #onIdleEnd: () => void

  /** `onIdleEnd` hears that an origin ended a connection no exchange was using. */
  constructor(onIdleEnd: () => void) {
    this.#onIdleEnd = onIdleEnd
  }

  /** `forwarded`: over the other proxy, which reads the request itself. */
  usable(route: Route, forwarded: boolean): Http1Origin | undefined {
    const origin = this.#byKey.get(keyOf(route))
    return origin?.spent === false && origin.link.forwarded === forwarded ? origin : undefined
  }

  adopt(route: Route, link: Link): Http1Origin {
    const key = keyOf(route)
    const origin = new Http1Origin(link, () => {
      if (this.#byKey.get(key) === origin) this.#byKey.delete(key)
      this.#onIdleEnd()
    })
    this.#byKey.get(key)?.end()
    this.#byKey.delete(key)
    this.#byKey.set(key, origin)
    const [oldest] = this.#byKey.keys()
    if (this.#byKey.size > originsKept && oldest !== undefined) {
      this.#byKey.get(oldest)?.end()
      this.#byKey.delete(oldest)
    }
    return origin
  }

  /** Ends all but the one given. */
  endAll(except?: Http1Origin): void {
    for (const origin of this.#byKey.values()) if (origin !== except) origin.end()
    this.#byKey.clear()
  }
}
