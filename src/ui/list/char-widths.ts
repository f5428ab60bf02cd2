// How wide characters are in one font, each measured once: what is drawn can then be fitted without asking for layout.

/** Answers px; `font` as CSS writes it. */
export function charWidths(font: string): (char: string) => number {
  const pen = document.createElement('canvas').getContext('2d')
  if (pen) pen.font = font
  const known = new Map<string, number>()
  return (char) => {
    let width = known.get(char)
    if (width === undefined) {
      width = pen?.measureText(char).width ?? 7
      known.set(char, width)
    }
    return width
  }
}
