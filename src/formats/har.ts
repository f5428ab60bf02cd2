// HAR 1.2 in the list of formats.
import type { Format } from './format.ts'
import { readHar } from './har-read.ts'
import { writeHar } from './har-write.ts'

export const har: Format = {
  id: 'har',
  title: 'HAR 1.2',
  mimeType: 'application/json',
  extension: 'har',
  write: writeHar,
  read: readHar,
  recognise: (start) => (/^\ufeff?\s*\{\s*"log"\s*:/.test(start) ? 1 : /"entries"\s*:/.test(start) ? 0.7 : 0),
}
