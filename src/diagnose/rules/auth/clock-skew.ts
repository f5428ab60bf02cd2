// This machine's clock and the server's disagree, and the request depends on the time.

import { responseOf } from '../../../exchange/exchange.ts'
import { fieldValue, fieldValues } from '../../../exchange/message.ts'
import { httpDate } from '../../../http/http-date.ts'
import { onTiming, responseHeader } from '../../evidence.ts'
import type { Past } from '../../past.ts'
import { brief, moment, span } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'
import { words } from '../../word-lists.ts'

/** Skew, in ms, that matters to signed requests, and that is worth a note for any. */
const matters = 120_000
const noted = 300_000

/** Data has timestamps of its own; only what proves or signs the request makes its clock matter. */
const saysWhen = ({ jwts, query, request, errorText, form }: Subject): boolean =>
  jwts.length > 0 ||
  /skew|expired|signature|nonce|recvwindow|for this request|clock/.test(errorText) ||
  [...query, ...(form ?? [])].some(({ name }) => /^(?:timestamp|nonce|signature|sig)$|signature/i.test(name)) ||
  request.headers.some(({ name }) => /timestamp|nonce|signature|x-amz-date/i.test(name))

/** Statuses by which a time is refused; at others, words of time are about the content. */
const refusals = new Set([400, 401, 403, 407, 422])

export const clockSkew: Rule = {
  id: 'auth/clock-skew',
  rank: 1,
  level: 'error',
  title: 'The clocks of this machine and the server disagree',
  summary:
    'Fires on a refusal that speaks of time (RequestTimeTooSkewed and its kin), and when Date differs from this machine’s clock by more than two minutes on requests that are signed or carry a token with times.',
  references: [rfc9110('6.6.1', 'Date')],
  scope: 'exchange',
  check(subject, context) {
    if (subject.outcome.is !== 'failure' && !subject.live) return undefined
    const failed =
      subject.outcome.is === 'failure' &&
      (subject.status < 300 || refusals.has(subject.status)) &&
      words.skew.test(subject.errorText) &&
      (subject.status !== 400 || saysWhen(subject)) &&
      (subject.credentials.length > 0 || subject.status === 403)
    const skew = subject.live ? medianSkew(subject, failed, () => context.ofOrigin) : undefined
    const timed =
      subject.jwts.some(({ issued, notBefore }) => issued !== undefined || notBefore !== undefined) ||
      /AWS4-|signature/i.test(subject.request.header('authorization') ?? '')
    if (!failed) {
      if (skew === undefined || Math.abs(skew) < (timed ? matters : noted)) return undefined
      if (!context.once(`clock-skew ${subject.origin}`)) return undefined
    }
    const off = skew === undefined || Math.abs(skew) < 1000 ? undefined : `${span(skew)} ${skew < 0 ? 'fast' : 'slow'}`
    const others = skew === undefined || off === undefined ? 0 : otherOrigins(subject, context.earlier, skew)
    const agrees = failed && skew !== undefined && off === undefined
    return {
      level: failed ? 'error' : timed ? 'warning' : 'note',
      confidence: 0.95,
      ...(off !== undefined
        ? { title: `This machine’s clock is ${off} against the server` }
        : agrees
          ? { title: 'The server refused the time in this request' }
          : {}),
      brief: off !== undefined ? brief(`Clock is ${off}`) : agrees ? 'Time in request refused' : 'Clock skew',
      explanation: `${failed ? 'The server refused the request because of its time.' : 'The Date field of the answer differs from this machine’s clock.'}${
        off === undefined ? '' : ` Against this server this machine’s clock is ${off}.`
      }${
        others > 0
          ? ` ${others} other origin${others === 1 ? ' says' : 's say'} the same, so the clock of this machine is wrong.`
          : ''
      } ${
        agrees
          ? 'This machine’s clock agrees with the server’s, so the time in the request is another one: it was signed long before it was sent, or its unit or zone is wrong.'
          : 'Signed requests and tokens with times fail when clocks disagree.'
      }`,
      evidence: [responseHeader(subject, 'Date', context), onTiming(`request sent ${moment(subject.time)}`)],
      fix: {
        kind: 'advice',
        text: agrees
          ? 'Sign the request just before sending it, and check unit (seconds or milliseconds) and zone of the time in it.'
          : 'Synchronise the clock of this machine (NTP); in a container or virtual machine, that of its host.',
      },
    }
  },
  examples: [
    {
      name: 'RequestTimeTooSkewed',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: {
            Authorization: 'AWS4-HMAC-SHA256 Credential=AKID/20260601/eu/s3/aws4_request, Signature=abcdef0123456789',
          },
          status: 403,
          answerHeaders: { Date: 'Mon, 01 Jun 2026 13:00:00 GMT', 'Content-Type': 'application/xml' },
          answer:
            '<Error><Code>RequestTimeTooSkewed</Code><Message>The difference between the request time and the current time is too large.</Message></Error>',
        },
      ],
    },
    {
      name: 'a Date within a second of this clock',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/a', status: 200, answer: {} }],
    },
    {
      name: 'an answer from a cache is older than the request',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          status: 200,
          answerHeaders: { Date: 'Mon, 01 Jun 2026 10:00:00 GMT', Age: '7200' },
          answer: {},
        },
      ],
    },
    {
      name: 'an import: its times are those of the recording',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          imported: true,
          status: 200,
          answerHeaders: { Date: 'Mon, 01 Jun 2020 12:00:00 GMT', Server: 'a', Vary: 'b' },
          answer: [],
        },
      ],
    },
    {
      name: 'a refused timestamp that is data',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/metrics',
          headers: { Authorization: 'Bearer abcdefghijklmnopqr' },
          body: { at: 1 },
          status: 400,
          answer: { error: 'Timestamp is too far in the future' },
        },
      ],
    },
  ],
}

/** Server minus local, in ms; undefined where the answer may be older than the request. */
function skewOf(past: Past): number | undefined {
  const headers = responseOf(past.exchange)?.headers ?? []
  const date = fieldValues(headers, 'date').at(-1)
  const fields = { date, age: fieldValue(headers, 'age'), cache: fieldValue(headers, 'x-cache') }
  return skew(past.time, fields, past.exchange.marks.firstByte)
}

type Fields = { readonly [Name in 'date' | 'age' | 'cache']: string | undefined }

function skew(time: number, { date = '', age = '0', cache = '' }: Fields, wait = 0): number | undefined {
  const said = httpDate(date, time)
  return said === undefined || age !== '0' || /hit/i.test(cache) ? undefined : said + 500 - (time + wait / 2)
}

function medianSkew(subject: Subject, failed: boolean, before: () => readonly Past[]): number | undefined {
  const { response } = subject
  if (!response) return undefined
  const fields = {
    date: response.headerAll('date').at(-1),
    age: response.header('age'),
    cache: response.header('x-cache'),
  }
  const own = skew(subject.time, fields, subject.exchange.marks.firstByte)
  // Nothing would be said of a success whose own Date is right: the others need not be asked.
  if (own === undefined || (!failed && Math.abs(own) < matters)) return undefined
  const earlier = before()
    .slice(-4)
    .flatMap((past) => skewOf(past) ?? [])
  const all = [own, ...earlier].sort((a, b) => a - b)
  return all[Math.floor(all.length / 2)]
}

function otherOrigins(subject: Subject, earlier: readonly Past[], skew: number): number {
  const agreeing = new Set<string>()
  for (const past of earlier.slice(-100)) {
    if (past.origin === subject.origin) continue
    const other = skewOf(past)
    if (other !== undefined && Math.abs(other - skew) < 30_000) agreeing.add(past.origin)
  }
  return agreeing.size
}
