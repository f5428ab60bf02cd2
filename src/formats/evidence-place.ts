// Where a piece of evidence stands, in words: `response.header retry-after`, `request.body /items/0/quantity`.

/** What an evidence of the diagnosis says of its place. */
export type Placed = {
  readonly location: {
    readonly at: string
    readonly name?: string
    readonly pointer?: string
    readonly line?: number
    readonly column?: number
  }
  /** Of another call than the finding's. */
  readonly exchange?: string
}

export function evidencePlace({ location, exchange }: Placed): string {
  const { at, name, pointer, line, column } = location
  const inside =
    pointer !== undefined ? ` ${pointer || '(whole)'}` : line !== undefined ? ` line ${line}, column ${column}` : ''
  return `${at}${name === undefined ? '' : ` ${name}`}${inside}${exchange === undefined ? '' : ' of the other call'}`
}
