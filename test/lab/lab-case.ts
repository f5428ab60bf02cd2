// What a case of the lab is: how the origin misbehaves, what the client asks, and what the diagnosis must say.
import type { Location } from '../../src/diagnose/finding.ts'
import type { LabProxy } from '../support/lab-proxy.ts'
import type { Lab } from './lab.ts'

/** One request of the client. `path` is appended to `/case-name`; `body` that is no string is sent as JSON. */
export type Ask = {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Waits this many ms before it is sent. */
  readonly after?: number
  readonly by?: 'node' | 'curl' | 'fetch'
}

/** What the origin does: a response, or raw octets and an end of the connection. */
export type Answer =
  | {
      readonly status: number
      readonly reason?: string
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: unknown
      /** ms before it answers. */
      readonly delay?: number
    }
  | { readonly raw: string; readonly end: 'fin' | 'rst' | 'hang' }

export type Seen = { readonly method: string; readonly path: string; readonly headers: NodeJS.Dict<string | string[]> }

/** The exchanges of a case: those to these origin ports, through the lab's proxy or one of its own. */
export type Driven = {
  readonly port: number
  readonly ports?: readonly number[]
  readonly count?: number
  readonly through?: LabProxy
}

export type LabCase = {
  /** Kebab-case and unique; the first segment of the path. */
  readonly name: string
  /** Default: one GET. */
  readonly asks?: readonly Ask[]
  /** By count of the request within the case, from 0; the last one repeats. */
  readonly answers?: readonly Answer[] | ((seen: Seen, count: number) => Answer)
  /** For faults below HTTP: does what the client does, and answers which exchanges belong to the case. */
  readonly drive?: (lab: Lab) => Promise<Driven>
  /** Rule of the primary finding (or, with `beside`, of a finding at all) and a place its evidence names. */
  readonly rule: string
  readonly at: Partial<Location> & Pick<Location, 'at'>
  /** Exchange that is judged, counted from the end: 1 is the last. */
  readonly of?: number
  readonly beside?: true
  /** Rules that are off by default and belong to the case. */
  readonly wanted?: readonly string[]
}
