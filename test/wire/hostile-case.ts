// One hostile scenario as data: what either side does, and what must come of it.

export type Step = string | Buffer | { readonly wait: number } | 'fin' | 'rst'

export type HostileCase = {
  readonly name: string
  /** How the client comes: on the proxy port, in a tunnel to plain HTTP, in an opened TLS tunnel, or in HTTP/2 frames. */
  readonly way?: 'port' | 'tunnel' | 'tls' | 'h2'
  /**
   * What the client sends. In text `@u` is the request's target (scheme and authority before it on the proxy port), `@host` the
   * origin's host:port, `@self` the proxy's, `@evil` a path that must never reach an origin.
   */
  readonly client: readonly Step[]
  /** What the origin does once it has the end of a head (or, in HTTP/2, its first HEADERS). */
  readonly origin?: readonly Step[]
  /** The origin acts as soon as it is connected. */
  readonly atOnce?: true
  /** Must come to the client, as text of one char per octet. */
  readonly got?: RegExp
  /** Must not come to the client. */
  readonly never?: RegExp
  /** The client's connection ends by itself ('gone'), with FIN or with RST where that matters, or it stands ('open'). */
  readonly ends?: 'gone' | 'fin' | 'rst' | 'open'
  /** Nothing may reach the origin. */
  readonly unheard?: true
  /** What the record says: an outcome's state, or the code of its failure. */
  readonly told?: RegExp
}

export const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
export const wait = (ms: number): Step => ({ wait: ms })
export const head = (...lines: string[]): string =>
  `GET @u HTTP/1.1\r\nHost: @host\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`
export const post = (body: string, ...lines: string[]): string =>
  `POST @u HTTP/1.1\r\nHost: @host\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n${body}`
