// Cuts a large text where no secret can stand, so that redacting it takes a piece of memory and not several copies of it all.

/** Characters of a piece, at least. */
export const pieceSize = 256 * 1024
/** Where a piece may end is looked for in so many characters at once. */
const windowSize = 64 * 1024

/** Between two lines, or else two words: not where a name and its value (`password: …`, `Bearer …`) have white space between them. */
export const textSeams: readonly RegExp[] = [
  /(?<=[^\s:][ \t\r\n]{0,40})\n(?=[ \t\r\n]{0,40}[^\s:])/,
  /(?<=[^\s:])(?<!bearer|basic|token|apikey|negotiate|dpop)[ ](?=[^\s:])/i,
]
export const lineSeams: readonly RegExp[] = [/\n/]
export const markupSeams: readonly RegExp[] = [/>\s{0,40}(?=<)/]
export const pairSeams: readonly RegExp[] = [/&/]

/** A private key goes over many lines. */
const insideKey = (piece: string): boolean =>
  piece.lastIndexOf('-----BEGIN ') > piece.lastIndexOf('-----END ') && /-----BEGIN [A-Z ]*PRIVATE KEY/.test(piece)

/** The pieces of a text, each but the last of `pieceSize` and more, cut behind the first kind of seam that is found. */
export function* textPieces(text: string, seams: readonly RegExp[]): Generator<string> {
  let from = 0
  for (let at = pieceSize; at < text.length; ) {
    const window = text.slice(at, at + windowSize)
    const found = seams.map((seam) => seam.exec(window)).find((match) => match !== null)
    const end = found ? at + found.index + found[0].length : text.length
    if (found && insideKey(text.slice(from, end))) at = end + pieceSize
    else if (found) {
      yield text.slice(from, end)
      from = end
      at = end + pieceSize
    } else at += windowSize
  }
  if (from < text.length || text === '') yield text.slice(from)
}

/** The same text in pieces of at least `size` characters: what is no longer than that stands in two of them at most. */
export function* evenPieces(pieces: readonly string[], size = pieceSize): Generator<string> {
  let rest = pieces.reduce((sum, piece) => sum + piece.length, 0)
  let gathered = ''
  for (const piece of pieces) {
    gathered += piece
    rest -= piece.length
    if (gathered.length < size || rest < size) continue
    yield gathered
    gathered = ''
  }
  if (gathered !== '') yield gathered
}
