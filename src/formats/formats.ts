// The list of file formats: menus, API and --format pick up what stands here.
import { codeFormats } from './code-formats.ts'
import { curl } from './curl-file.ts'
import type { Format } from './format.ts'
import { har } from './har.ts'
import { httpFile } from './http-file.ts'
import { markdown } from './markdown.ts'
import { ndjson } from './ndjson.ts'
import { postman } from './postman.ts'

export const formats: readonly Format[] = [har, ndjson, curl, postman, httpFile, markdown, ...codeFormats]

export function findFormat(id: string): Format | undefined {
  return formats.find((format) => format.id === id)
}

/** By what the file begins with; a file name's ending decides between equals. */
export function recogniseFormat(start: string, fileName = ''): Format | undefined {
  const rated = formats
    .filter((format) => format.read)
    .map((format) => ({
      format,
      sure: (format.recognise?.(start) ?? 0) + (fileName.toLowerCase().endsWith(`.${format.extension}`) ? 0.25 : 0),
    }))
    .filter(({ sure }) => sure > 0)
  return rated.toSorted((a, b) => b.sure - a.sure)[0]?.format
}
