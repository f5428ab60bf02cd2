// Finds where a request says which version of an API it wants: path, fields, media types, query.
import type { Edit } from '../exchange/edit.ts'
import type { FieldLine } from '../exchange/message.ts'
import type { Location } from './finding.ts'
import { queryOf } from './pairs.ts'

export type VersionMarker = {
  readonly place: 'path' | 'header' | 'accept' | 'query'
  /** Field or parameter name; for a path, the segment's position. */
  readonly name: string
  readonly value: string
  readonly location: Location
  /** The edit that makes it another version. */
  readonly edit: (version: string) => Edit
}

type Asked = { readonly url: string; readonly path: string; readonly headers: readonly FieldLine[] }

const segment = /^v\d+(?:\.\d+){0,2}(?:(?:alpha|beta|preview|rc)\d*)?$|^\d{4}-\d{2}(?:-\d{2})?(?:-preview)?$/i
const field = /^(?:[a-z0-9-]+-)?(?:api-)?version$/i
/** Fields that end in -version and name something else than the API's. */
const otherField =
  /^(?:sec-|x-app-|x-client-|x-sdk-|x-stainless|mime-version|x-device|x-os|x-runtime|x-platform|app-version|client-version|sdk-version|dataserviceversion|maxdataserviceversion)/i
const parameter = /^(?:api[-_]?version|v|version|ver)$/i
const vendor = /;\s*(?:version|api-version|v)\s*=\s*"?([^\s;,"]+)|vnd\.[\w.-]{1,100}?\.(v\d+(?:\.\d+)*)(?=[+;,.]|$)/i

export function versionMarkers({ url, path, headers }: Asked): VersionMarker[] {
  const found: VersionMarker[] = []
  const segments = path.split('/')
  const place = segments.findIndex((one) => segment.test(one))
  if (place >= 0) {
    found.push({
      place: 'path',
      name: String(place),
      value: segments[place] ?? '',
      location: { at: 'request.line' },
      edit: (version) => ({ op: 'set-path', value: segments.with(place, version).join('/') }),
    })
  }
  for (const [index, line] of headers.entries()) {
    const at: Location = { at: 'request.header', name: line.name, index }
    if (field.test(line.name) && !otherField.test(line.name)) {
      found.push({
        place: 'header',
        name: line.name.toLowerCase(),
        value: line.value,
        location: at,
        edit: (version) => ({ op: 'set-header', name: line.name, value: version }),
      })
    } else if (line.name.toLowerCase() === 'accept') {
      const match = vendor.exec(line.value)
      const value = match?.[1] ?? match?.[2]
      if (match && value !== undefined) {
        const replaced = (version: string) => line.value.replace(match[0], match[0].replace(value, version))
        found.push({
          place: 'accept',
          name: 'accept',
          value,
          location: at,
          edit: (version) => ({ op: 'set-header', name: line.name, value: replaced(version) }),
        })
      }
    }
  }
  for (const { name, value } of queryOf(url)) {
    if (!parameter.test(name) || !/^v?\d/.test(value)) continue
    found.push({
      place: 'query',
      name,
      value,
      location: { at: 'request.query', name },
      edit: (version) => ({ op: 'set-query', name, value: version }),
    })
  }
  return found
}

/** `v2` in the path, `2024-01` in Stripe-Version: where a version stands, in words. */
export function markerName(marker: VersionMarker): string {
  if (marker.place === 'path') return 'the path'
  if (marker.place === 'accept') return 'Accept'
  return marker.place === 'query' ? `the parameter ${marker.name}` : marker.name
}
