// How long the body of a refusal asks to wait, where no field does.
import type { Evidence } from './finding.ts'
import { isObject } from './json-value.ts'
import type { Subject } from './subject.ts'

export type AskedWait = { readonly ms: number; readonly evidence: readonly Evidence[] }

/** Members by which APIs say it, in seconds unless the name says otherwise. */
const member = /^retry_?(?:after|in)(?:_?(ms|millis|milliseconds))?(?:_?(?:s|sec|seconds))?$/i
/** A longer wait, in ms, is more likely an epoch or another unit. */
const longest = 86_400_000

export function askedWait(subject: Subject): AskedWait | undefined {
  const told = subject.error?.retryAfter
  if (told !== undefined) return { ms: told * 1000, evidence: [] }
  const body = subject.response?.value
  const places = isObject(body)
    ? ([
        ['', body],
        ['/error', body.error],
        ['/parameters', body.parameters],
      ] as const)
    : []
  for (const [pointer, object] of places) {
    for (const [name, value] of isObject(object) ? Object.entries(object) : []) {
      const match = member.exec(name)
      const ms = Number(value) * (match?.[1] ? 1 : 1000)
      if (!match || typeof value === 'boolean' || value === '' || !(ms > 0) || ms > longest) continue
      return {
        ms,
        evidence: [{ location: { at: 'response.body', pointer: `${pointer}/${name}` }, value: String(value) }],
      }
    }
  }
  return undefined
}
