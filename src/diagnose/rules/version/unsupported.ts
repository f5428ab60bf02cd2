// The server refuses the version this request asks for.
import { status } from '../../evidence.ts'
import { brief, listed } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import { markerName, versionMarkers } from '../../version-markers.ts'
import { words } from '../../word-lists.ts'

const versionLike = /\b(\d{4}-\d{2}(?:-\d{2})?(?:-preview)?|v\d+(?:\.\d+)*|\d+\.\d+(?:\.\d+)?)\b/gi

export const versionUnsupported: Rule = {
  id: 'version/unsupported',
  rank: 1,
  level: 'error',
  title: 'The server does not support this API version',
  summary:
    'Fires on 400, 404, 406, 410, 422 or 426 whose text speaks of the version. Shows the version sent and those the server names.',
  references: [rfc9110('15.5.1', '400 Bad Request')],
  on: 'failure',
  scope: 'exchange',
  check(subject) {
    if (![400, 404, 406, 410, 422, 426].includes(subject.status) || !words.version.test(subject.errorText))
      return undefined
    // A clash of two writers also speaks of versions.
    if (/version (?:mismatch|conflict)|etag|http version|tls version/.test(subject.errorText)) return undefined
    const markers = versionMarkers({
      url: subject.exchange.request.url,
      path: subject.path,
      headers: subject.request.headers,
    })
    const text = subject.error?.message ?? ''
    const sent = new Set(markers.map((marker) => marker.value.toLowerCase()))
    const accepted = [...new Set([...text.matchAll(versionLike)].map((match) => match[0]))].filter(
      (one) => !sent.has(one.toLowerCase()),
    )
    const [marker] = markers
    const [only] = accepted
    const certain = markers.length === 1 && accepted.length === 1 && marker && only
    // “Deprecated” and “no longer supported” are also said of members and whole functions.
    if (
      !/version/.test(subject.errorText) &&
      !markers.some(({ value }) => subject.errorText.includes(value.toLowerCase()))
    )
      return undefined
    // The word alone, without any version in sight, may be about the version of a document.
    if (markers.length === 0 && accepted.length === 0 && !/api[- _]?version/.test(subject.errorText)) return undefined
    return {
      confidence: 0.9,
      title: marker ? `Version ${marker.value} is not supported` : 'The server refuses the API version',
      brief: brief(marker ? `Version ${marker.value} refused` : 'API version refused'),
      explanation: `${marker ? `This request asks for version ${marker.value} in ${markerName(marker)}` : 'This request names no version'}, and the server refuses it.${
        accepted.length > 0 ? ` Its answer names ${listed(accepted, 6)}.` : ''
      }`,
      evidence: [...markers.map((one) => ({ location: one.location, value: one.value.slice(0, 80) })), status(subject)],
      fix:
        certain && marker
          ? { kind: 'complete', text: `Ask for version ${only}.`, edits: [marker.edit(only)] }
          : marker
            ? { kind: 'template', text: 'Ask for a version the API supports.', edits: [marker.edit('{{version}}')] }
            : { kind: 'advice', text: 'Look up how this API wants its version named, and which ones it supports.' },
    }
  },
  examples: [
    {
      name: 'an unknown date, with the one that works named',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'GET https://api.test/items?api-version=2019-01-01',
          status: 400,
          answer: {
            error: {
              code: 'UnsupportedApiVersion',
              message: 'The api version is not supported. Supported: 2024-05-01',
            },
          },
        },
      ],
      brief: 'Version 2019-01-01 refused',
    },
    {
      name: 'a version field that is refused',
      fires: true,
      fix: 'template',
      exchanges: [
        {
          request: 'GET https://api.test/items',
          headers: { 'X-Api-Version': '9' },
          status: 406,
          answer: { message: 'Unsupported version' },
        },
      ],
    },
    {
      name: 'two writers of one document',
      fires: false,
      exchanges: [
        {
          request: 'PUT https://api.test/v1/docs/1',
          body: { v: 1 },
          status: 400,
          answer: { error: 'version mismatch' },
        },
      ],
    },
    {
      name: 'a function that was retired, in a version that lives on',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/projects',
          headers: { Accept: 'application/vnd.shop.v3+json' },
          body: { name: 'a' },
          status: 422,
          answer: { message: 'Classic projects have been deprecated' },
        },
      ],
    },
    {
      name: 'a 400 that does not speak of versions',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/v1/items?size=x', status: 400, answer: { error: 'size must be a number' } },
      ],
    },
  ],
}
