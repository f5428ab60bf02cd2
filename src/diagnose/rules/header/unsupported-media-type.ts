// The server does not take this media type.
import type { Context } from '../../context.ts'
import { requestHeader, responseHeader, status } from '../../evidence.ts'
import type { Fix } from '../../finding.ts'
import { brief, listed } from '../../phrases.ts'
import { rfc, rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import { readMediaType } from '../../side.ts'
import type { Subject } from '../../subject.ts'
import { sniff } from './missing-content-type.ts'

const typeWord = /\b(?:application|text|multipart|image|audio|video)\/[\w.+-]+/g

export const unsupportedMediaType: Rule = {
  id: 'header/unsupported-media-type',
  rank: 1,
  level: 'error',
  title: 'The server does not take this media type',
  summary:
    'Fires on 415, and on 400 or 422 whose words are about the content type. Collects what is accepted from Accept, Accept-Post, Accept-Patch, the text and earlier successes.',
  references: [rfc9110('15.5.16', '415 Unsupported Media Type'), rfc(5789, '3.1', 'Accept-Patch')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    const spoken =
      (subject.status === 400 || subject.status === 422) &&
      /content.?type|media type/.test(subject.errorText) &&
      // A member of the content may have that name too.
      !/["']?content_?type["']?\s*[:=]/i.test(subject.request.text.slice(0, 65_536))
    if (subject.status !== 415 && !spoken) return undefined
    const sent = subject.request.mediaType
    const fields = ['accept', 'accept-post', 'accept-patch'].filter(
      (name) => subject.response?.header(name) !== undefined,
    )
    const accepted = acceptedTypes(subject, context, fields)
    const others = accepted.filter((type) => type !== sent)
    const patch =
      subject.method === 'PATCH' && others.length === 0
        ? ' PATCH often wants application/merge-patch+json or application/json-patch+json.'
        : ''
    return {
      confidence: 0.94,
      brief: brief(
        sent === ''
          ? 'Content-Type is missing'
          : sent.length <= 13
            ? `${sent} not accepted`
            : `${shortType(sent)} not accepted`,
      ),
      title: sent === '' ? 'The server wants to know the media type of the body' : `The server does not take ${sent}`,
      explanation: `The request was sent as ${sent === '' ? 'an undeclared type' : sent}, which this resource does not take.${others.length > 0 ? ` It takes ${listed(others, 6, 'or')}.` : ' It does not say what it takes.'}${patch}`,
      evidence: [
        status(subject),
        requestHeader(subject, 'Content-Type', context),
        ...fields.map((name) => responseHeader(subject, name, context)),
      ],
      fix: fixFor(subject, others),
    }
  },
  examples: [
    {
      name: 'text/plain where JSON is wanted',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'POST https://api.test/a',
          headers: { 'Content-Type': 'text/plain' },
          body: '{"a":1}',
          status: 415,
          answerHeaders: { 'Accept-Post': 'application/json' },
        },
      ],
    },
    {
      name: '400 that complains of the content type',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'POST https://api.test/a',
          headers: { 'Content-Type': 'text/csv' },
          body: 'a,b',
          status: 400,
          answer: { message: 'Unsupported content type' },
        },
      ],
    },
    {
      name: 'an ordinary 400',
      fires: false,
      exchanges: [
        { request: 'POST https://api.test/a', body: { a: 1 }, status: 400, answer: { message: 'name is required' } },
      ],
    },
    {
      name: 'a member of the content that is called content_type',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/files',
          body: { content_type: 'x' },
          status: 400,
          answer: { error: 'content_type is not a valid choice' },
        },
      ],
    },
  ],
}

function acceptedTypes(subject: Subject, context: Context, fields: readonly string[]): string[] {
  const named = fields.flatMap((name) =>
    (subject.response?.header(name) ?? '').split(',').map((part) => readMediaType(part).type),
  )
  const spoken = subject.errorText.match(typeWord) ?? []
  const usual = context.baseline?.requestHeaders.get('content-type')?.value
  return [...new Set([...named, ...spoken, ...(usual ? [readMediaType(usual).type] : [])])].filter((type) =>
    /^[\w-]+\/[\w.+-]+$/.test(type),
  )
}

/** One known type that the body already is, or can become, makes a whole correction. */
function fixFor(subject: Subject, accepted: readonly string[]): Fix {
  const looks = sniff(subject.request.text)
  const only = accepted.length === 1 ? accepted[0] : undefined
  const same = accepted.find((type) => type === looks || (looks === 'application/json' && type.endsWith('+json')))
  const type =
    same ??
    (only && looks === undefined
      ? undefined
      : accepted.length === 0
        ? looks !== subject.request.mediaType
          ? looks
          : undefined
        : undefined)
  if (type)
    return {
      kind: 'complete',
      text: `Declare the body as ${type}.`,
      edits: [{ op: 'set-header', name: 'Content-Type', value: type }],
    }
  if (only)
    return {
      kind: 'template',
      text: `Send the content as ${only}.`,
      edits: [
        { op: 'set-header', name: 'Content-Type', value: only },
        { op: 'set-body', text: '{{content in that format}}' },
      ],
    }
  return {
    kind: 'template',
    text: 'Send the content in a format the documentation names.',
    edits: [
      { op: 'set-header', name: 'Content-Type', value: '{{media type}}' },
      { op: 'set-body', text: '{{content in that format}}' },
    ],
  }
}

/** `JSON` for application/json, `csv` for text/csv: the cell of a list is narrow. */
function shortType(type: string): string {
  const [, subtype = type] = type.split('/')
  if (subtype === 'json') return 'JSON'
  return subtype === 'x-www-form-urlencoded' ? 'A form is' : subtype
}
