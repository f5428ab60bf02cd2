// Captured words inside the page's own sentences: what would turn their direction, or hide in them, is written out.

/** Control, bidirectional and zero-width characters (Unicode TR 36): a text must not look like another one. */
const steering = /[\0-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

export const visible = (text: string): string =>
  text.replace(steering, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
