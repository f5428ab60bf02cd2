// Postman collections in the list of formats.
import type { Format } from './format.ts'
import { readPostman } from './postman-read.ts'
import { writePostman } from './postman-write.ts'

export const postman: Format = {
  id: 'postman',
  title: 'Postman collection v2.1',
  mimeType: 'application/json',
  extension: 'postman_collection.json',
  write: writePostman,
  read: readPostman,
  recognise: (start) =>
    /schema\.getpostman\.com|"_postman_id"/.test(start)
      ? 1
      : /^\ufeff?\s*\{\s*"(info|collection|item)"/.test(start)
        ? 0.6
        : 0,
}
