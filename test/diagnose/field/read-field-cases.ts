// Reads the field set: whole exchanges in the shapes that public APIs document, written down as text.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ExchangeSketch } from '../../../src/diagnose/example-exchange.ts'
import { exampleJwt } from '../../../src/diagnose/example-jwt.ts'
import type { FailurePhase } from '../../../src/exchange/failure.ts'

export type FieldCase = {
  readonly name: string
  /** Groups the primary finding of the failed exchange may have; none where all is well. */
  readonly groups: readonly string[]
  /** Rules it may have, where the cause is plain enough to ask for them. */
  readonly rules: readonly string[]
  /** Words of the server that are quoted, and members it names. */
  readonly says: string | undefined
  readonly fields: readonly string[]
  /** A rule that may warn of a healthy exchange, because its catalogue entry says so. */
  readonly may: string | undefined
  readonly only: 'live' | 'imported' | undefined
  /** Opinions differ: only what holds for every exchange is asked. */
  readonly open: boolean
  readonly exchanges: readonly { readonly sketch: ExchangeSketch; readonly failed: boolean }[]
}

const macros: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  '@bearer': [['Authorization', 'Bearer 7f3a9c1e5b2d4f6a8c0e1d3f5a7b9c2d']],
  '@basic': [['Authorization', 'Basic dXNlcjpwYXNzd29yZDEyMw==']],
  '@jwt': [['Authorization', `Bearer ${exampleJwt({ iat: -60, exp: 3600, sub: 'ada' })}`]],
  '@form': [['Content-Type', 'application/x-www-form-urlencoded']],
  '@browser': [
    ['Accept', 'text/html,application/xhtml+xml,*/*;q=0.8'],
    ['Sec-Fetch-Mode', 'navigate'],
  ],
  '@sigv4': [
    [
      'Authorization',
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260601/eu-west-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=fe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc963176630326f1024',
    ],
    ['X-Amz-Date', '20260601T120000Z'],
  ],
}

/** Fields and content of one side; `Name: -` leaves a usual field out. */
function side(lines: readonly string[], usual: Readonly<Record<string, string>>) {
  const end = lines.indexOf('')
  const given = lines.slice(0, end < 0 ? undefined : end).flatMap((line): (readonly [string, string])[] => {
    const macro = macros[line]
    if (macro) return [...macro]
    const colon = line.indexOf(': ')
    if (colon < 0) throw new Error(`"${line}" is no field`)
    return [[line.slice(0, colon), line.slice(colon + 2)]]
  })
  const body =
    end < 0
      ? ''
      : lines
          .slice(end + 1)
          .join('\n')
          .trimEnd()
  const names = new Set(given.map(([name]) => name.toLowerCase()))
  const type = typeOf(body)
  const fields = [...Object.entries(usual), ...(type ? ([['Content-Type', type]] as const) : [])].filter(
    ([name]) => !names.has(name.toLowerCase()),
  )
  return { fields: [...fields, ...given.filter(([, value]) => value !== '-')], body: body === '' ? undefined : body }
}

const typeOf = (body: string): string | undefined => (/^[[{"]|^null$|^\d+$/.test(body) ? 'application/json' : undefined)

function exchange(text: string, imported: boolean): FieldCase['exchanges'][number] {
  const [asked = '', answered = ''] = text.split(/^<<< /m)
  const [line = '', ...request] = asked.split('\n')
  const [status = '', ...response] = answered.split('\n')
  const [, call = '', at] = /^(\S+ \S+)(?: at=(\d+))?\s*$/.exec(line) ?? []
  const took = Number(/ took=(\d+)/.exec(status)?.[1] ?? 40)
  const usual = imported ? { Date: 'Mon, 01 Jun 2026 12:00:00 GMT', Connection: 'keep-alive', Vary: 'Accept' } : {}
  const sent = side(request, { 'User-Agent': 'field-client/1.0', Accept: '*/*' })
  const got = side(response, usual)
  const [, phase, code] = /^fail (\S+) (\S+)/.exec(status) ?? []
  const outcome =
    phase && code
      ? { failure: { phase: phase as FailurePhase, code } }
      : { status: Number.parseInt(status, 10), answerHeaders: got.fields, answer: got.body }
  const sketch: ExchangeSketch = {
    request: call,
    headers: sent.fields,
    ...(sent.body === undefined ? {} : { body: sent.body }),
    ...outcome,
    took,
    ...(at === undefined ? {} : { at: Number(at) }),
    ...(imported ? { imported } : {}),
  }
  return { sketch, failed: phase !== undefined || Number.parseInt(status, 10) >= 400 || / failed/.test(status) }
}

function fieldCase(text: string, imported: boolean): FieldCase {
  const [head = '', ...calls] = text.split(/^>>> /m)
  const [name = '', ...settings] = head.trim().split('\n')
  const setting = (key: string) => settings.find((line) => line.startsWith(`${key}: `))?.slice(key.length + 2)
  const groups = setting('expect')?.split(' ') ?? []
  const read = calls.map((call) => exchange(call, imported))
  // An error hidden in a success stands in the last exchange.
  const hidden = groups.length > 0 && groups[0] !== 'neutral' && !read.some(({ failed }) => failed)
  return {
    name,
    groups: groups[0] === 'neutral' ? [] : groups,
    rules: setting('rule')?.split(' ') ?? [],
    says: setting('says'),
    fields: setting('fields')?.split(', ') ?? [],
    may: setting('may'),
    only: settings.includes('live') ? 'live' : settings.includes('imported') ? 'imported' : undefined,
    open: settings.includes('expect-any') || groups[0] === 'success-or',
    exchanges: read.map((one, index) =>
      groups[0] === 'neutral'
        ? { ...one, failed: false }
        : hidden && index === read.length - 1
          ? { ...one, failed: true }
          : one,
    ),
  }
}

/** All cases of a file, as captured on the wire or as a recorder of other tools would have kept them. */
export function readFieldCases(file: string, way: 'live' | 'imported'): readonly FieldCase[] {
  const text = readFileSync(join(import.meta.dirname, file), 'utf8')
  return text
    .split(/^### /m)
    .slice(1)
    .map((one) => fieldCase(one, way === 'imported'))
    .filter(({ only }) => only === undefined || only === way)
}
