// A capture session: everything recorded between one start of Telltale and its end.

export type Session = {
  readonly id: string
  readonly name: string
  /** ISO 8601, UTC. */
  readonly startedDateTime: string
  readonly endedDateTime?: string
  readonly cwd?: string
  readonly command?: readonly string[]
  readonly git?: { readonly branch?: string; readonly commit?: string }
  readonly kind: 'capture' | 'import'
}
