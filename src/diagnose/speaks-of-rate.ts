// Whether a server's words are about how often it is asked, and not about how large a thing is.
import { words } from './word-lists.ts'

/** Limits of things, not of requests: "File size limit exceeded", "disk quota exceeded". */
const otherLimit =
  /\b(?:size|length|character|file|upload|body|payload|depth|complexity|memory|string|name|description|item|row|record|storage|disk|space|message|text|page|nesting|count)s? (?:limit|quota)(?: (?:is |was )?exceeded)?/gi

export const speaksOfRate = (text: string): boolean =>
  words.rate.test(text) && words.rate.test(text.replace(otherLimit, ' '))
