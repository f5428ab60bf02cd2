// Finds the error inside an answer whose status says success: by decision, not by the word "error" (catalogue 2.6).
import { fieldValue } from '../exchange/message.ts'
import { failedVerdict, failedXml, verdictNames } from './failed-verdict.ts'
import { asList, asObject, asText, asWords, isObject, type JsonObject, pointerPart } from './json-value.ts'
import type { Learned } from './learned.ts'
import { isGraphqlRequest } from './operation.ts'
import type { Reading } from './reading.ts'
import { failed, hasIdentity, isEnded, lower } from './resource-state.ts'
import { type StreamError, streamError } from './stream-error.ts'
import { findElement, readXml, type XmlElement } from './xml-reading.ts'

export type HiddenError = {
  /** Names what gave it away, as `"ok" is false`. */
  readonly marker: string
  readonly pointer: string
  readonly confidence: number
  /** Usable data stands beside the error. */
  readonly partial: boolean
}

/** Words that only an answer about the call itself has as its status. */
const refused = new Set(['request_denied', 'invalid_request', 'over_query_limit', 'over_daily_limit', 'unknown_error'])
const succeeded = new Set(['success', 'ok', 'successful', 'succeeded', 'completed'])
const flags = ['ok', 'success', 'succeeded', 'isSuccess', 'Success', 'is_success', 'OK']
const resultCodes = new Set(
  'code errcode error_code errno ret retcode resultCode responseCode statuscode status_code statusCode'.split(' '),
)
/** Members that hold the verdict of an envelope. */
const heads = ['messages', 'header', 'head', 'meta', 'responseHeader', 'result', 'status']
/** A body without any of these hides no error. */
const telling = new Set([...flags, ...resultCodes, ...verdictNames, 'status', 'error', 'Error', 'errors', 'Errors'])
const harmless = new Set(['0', 'none', 'null', 'false', 'ok', 'no', 'no error', 'success'])
const described = [
  'message',
  'Message',
  'code',
  'Code',
  'title',
  'detail',
  'text',
  'reason',
  'msg',
  'description',
  'type',
]
const wrappers = new Set(['json', 'response', 'result', 'data', 'Response'])
const messageLike = /^(?:message|msg|errmsg|error_message|errormsg|description|info|text|reason|responseMsg)$/i
/** Files of texts in many languages, in which "error" is a word to be shown. */
const texts = /\/(?:i18n|l10n|locales?|lang|languages|translations)(?:\/|[._-][^/]*\.json$|\.json$)/i
const formType = 'application/x-www-form-urlencoded'
/** Octets of a body that is searched. */
const maxSearched = 4 * 1024 * 1024

function says(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() !== '' && !harmless.has(value.trim().toLowerCase())
  if (isObject(value))
    return described.some((name) => {
      const said = value[name]
      return typeof said === 'number' ? said !== 0 : asText(said) !== undefined && !harmless.has(lower(said))
    })
  if (Array.isArray(value)) return value.some(says)
  return false
}

const messageMap = (value: unknown): boolean =>
  isObject(value) && Object.keys(value).length > 0 && Object.values(value).every((one) => says(one))

export type ResultCode = { readonly name: string; readonly value: string | number }

/** A result code of a body, where it stands next to something like a message: at the top or in `status`. */
export function resultCodeOf(body: JsonObject): ResultCode | undefined {
  const status = asObject(body.status)
  return codeIn(body, '') ?? (status && codeIn(status, 'status.'))
}

function codeIn(holder: JsonObject, prefix: string): ResultCode | undefined {
  for (const name in holder) {
    if (!resultCodes.has(name)) continue
    const value = holder[name]
    if (typeof value !== 'number' && (typeof value !== 'string' || value.length > 40)) continue
    return Object.keys(holder).some((one) => messageLike.test(one)) ? { name: prefix + name, value } : undefined
  }
  return undefined
}

function tells(body: JsonObject): boolean {
  for (const name in body) if (telling.has(name) || (heads.includes(name) && hasCode(body[name]))) return true
  return false
}

const hasCode = (head: unknown): boolean => isObject(head) && codeIn(head, '') !== undefined

function judgeObject(
  body: JsonObject,
  at: string,
  { origin, method, path }: Reading,
  learned: Learned,
): HiddenError | undefined {
  const isRead = method === 'GET' || method === 'HEAD'
  const sure = { confidence: 0.95, partial: false }
  // Most bodies have none of the members that could say so.
  if (!tells(body)) return undefined
  for (const name of flags) {
    const value = body[name]
    if (value === false || lower(value) === 'false' || failed.has(lower(value)))
      return { marker: `"${name}" is ${JSON.stringify(value)}`, pointer: `${at}/${name}`, ...sure }
  }
  const state = lower(body.status)
  // A job or payment whose state is "failed" was read with success.
  if (isRead && isEnded(body) && hasIdentity(body, path)) return undefined
  if (failed.has(state) || refused.has(state))
    return { marker: `"status" is ${JSON.stringify(body.status)}`, pointer: `${at}/status`, ...sure }
  // A body that says it succeeded did, whatever else it holds.
  if (flags.some((name) => body[name] === true || lower(body[name]) === 'true')) return undefined
  if (succeeded.has(lower(body.status))) return undefined
  for (const name of ['error', 'Error'])
    if (says(body[name])) return { marker: `"${name}" is not empty`, pointer: `${at}/${name}`, ...sure }
  for (const name of ['errors', 'Errors'])
    if ((Array.isArray(body[name]) && says(body[name])) || messageMap(body[name])) {
      const data = body.data
      const partial = data !== undefined && data !== null && !(Array.isArray(data) && data.length === 0)
      return { marker: `"${name}" is not empty`, pointer: `${at}/${name}`, confidence: 0.9, partial }
    }
  const numbered = typeof body.error === 'number' && errorByNumber(body, isRead && hasIdentity(body, path))
  if (numbered) return { marker: `"error" is ${numbered}`, pointer: `${at}/error`, confidence: 0.8, partial: false }
  const coded = failedCode(body)
  if (coded) return { ...coded, pointer: `${at}${coded.pointer}`, ...sure }
  const verdict = hasIdentity(body, path) ? undefined : failedVerdict(body)
  if (verdict) return { marker: verdict.marker, pointer: `${at}/${verdict.name}`, ...sure }
  const code = resultCodeOf(body)
  if (code && learned.isUnusualCode?.(origin, code.name, code.value)) {
    const pointer = code.name.split('.').map(pointerPart).join('/')
    return {
      marker: `"${code.name}" is ${code.value}, unlike before`,
      pointer: `${at}/${pointer}`,
      confidence: 0.6,
      partial: false,
    }
  }
  return undefined
}

/** `{"error": 6, "message": "No such artist"}`, and nothing of substance beside it. */
function errorByNumber(body: JsonObject, isResource: boolean): number | undefined {
  const { error } = body
  if (typeof error !== 'number' || error <= 0 || !Number.isInteger(error) || isResource) return undefined
  const names = Object.keys(body)
  if (!names.some((name) => messageLike.test(name) && asWords(body[name]) !== undefined)) return undefined
  const isEmpty = (value: unknown) => value === null || typeof value !== 'object' || Object.keys(value).length === 0
  return names.length <= 6 && names.every((name) => isEmpty(body[name])) ? error : undefined
}

type Coded = { readonly marker: string; readonly pointer: string }

/** A result code that is the word for failure itself, beside a message, at the top or in the head of an envelope. */
function failedCode(body: JsonObject): Coded | undefined {
  const own = failedCodeIn(body, '')
  if (own) return own
  for (const name of heads) {
    const head = asObject(body[name])
    const found = head && failedCodeIn(head, `/${name}`)
    if (found) return found
  }
  return undefined
}

function failedCodeIn(holder: JsonObject, lead: string): Coded | undefined {
  const code = codeIn(holder, '')
  if (!code || !failed.has(lower(code.value))) return undefined
  return { marker: `"${code.name}" is ${JSON.stringify(code.value)}`, pointer: `${lead}/${pointerPart(code.name)}` }
}

/** The error inside a 2xx answer that is neither RPC, GraphQL nor gRPC. */
export function hiddenError(reading: Reading, learned: Learned = {}): HiddenError | undefined {
  const { response, status } = reading
  if (!response || status < 200 || status >= 300 || response.truncated || !response.hasBody) return undefined
  if (response.octets.length > maxSearched) return undefined
  const crashed = response.header('x-amz-function-error')
  if (crashed !== undefined)
    return { marker: `X-Amz-Function-Error is ${crashed.slice(0, 40)}`, pointer: '', confidence: 0.95, partial: false }
  // GitHub answers a token request in the form it was asked in, errors included (RFC 6749 §5.2 wants JSON).
  if (response.mediaType === formType && response.octets.length < 4000 && /^error=[^&]/.test(response.text))
    return { marker: 'the form begins with "error"', pointer: '', confidence: 0.9, partial: false }
  const streamed = streamError(reading)
  if (streamed)
    return { marker: `the last event is ${describe(streamed)}`, pointer: '', confidence: 0.9, partial: false }
  const body = asObject(response.value)
  if (body) {
    if (texts.test(reading.path) && reading.method === 'GET') return undefined
    const names = Object.keys(body)
    const only = names[0]
    const inner = names.length === 1 && only !== undefined && wrappers.has(only) ? asObject(body[only]) : undefined
    return (
      judgeObject(body, '', reading, learned) ??
      (inner && only ? judgeObject(inner, `/${only}`, reading, learned) : undefined)
    )
  }
  const xml = xmlRoot(reading)
  const marker = xml && failedXml(xml)
  return marker === undefined ? undefined : { marker, pointer: '', confidence: 0.9, partial: false }
}

const describe = ({ type }: StreamError): string =>
  type === 'message' ? 'an error' : `named ${JSON.stringify(type.slice(0, 40))}`

const xmlRoots = new WeakMap<Reading, { readonly root: XmlElement | undefined }>()

function xmlRoot(reading: Reading): XmlElement | undefined {
  const known = xmlRoots.get(reading)
  if (known) return known.root
  const { response } = reading
  let root: XmlElement | undefined
  if (response && !response.truncated && response.octets.length < maxSearched && startsWithTag(response.octets)) {
    const head = response.text.slice(0, 400)
    if (
      /<(?:[\w.-]+:)?(?:Envelope|methodResponse|Error|Errors|ErrorResponse|Ack|resultCode|responseCode|ErrCount)\b|\sstat(?:us)?\s*=/i.test(
        head,
      ) &&
      !/<html|<!doctype html/i.test(head)
    ) {
      const xml = readXml(response.text)
      if (xml.ok) root = xml.root
    }
  }
  xmlRoots.set(reading, { root })
  return root
}

function startsWithTag(octets: Uint8Array): boolean {
  for (const octet of octets) {
    if (
      octet === 0x20 ||
      octet === 0x09 ||
      octet === 0x0a ||
      octet === 0x0d ||
      octet === 0xef ||
      octet === 0xbb ||
      octet === 0xbf
    )
      continue
    return octet === 0x3c
  }
  return false
}

export type RpcFault = { readonly kind: 'JSON-RPC' | 'SOAP' | 'XML-RPC'; readonly pointer: string }

/** A JSON-RPC error, SOAP Fault or XML-RPC fault, whatever the status. */
export function rpcFault(reading: Reading): RpcFault | undefined {
  const { response } = reading
  if (!response?.hasBody || response.truncated) return undefined
  const { value } = response
  const batch = Array.isArray(value) ? value : [value]
  const index = batch.findIndex((one) => isObject(one) && 'jsonrpc' in one && isObject(one.error))
  if (index >= 0) return { kind: 'JSON-RPC', pointer: Array.isArray(value) ? `/${index}/error` : '/error' }
  if (value !== undefined) return undefined
  const root = xmlRoot(reading)
  if (!root) return undefined
  if (root.name === 'Envelope' && findElement(root, 'Fault')) return { kind: 'SOAP', pointer: '' }
  if (root.name === 'methodResponse' && findElement(root, 'fault')) return { kind: 'XML-RPC', pointer: '' }
  return undefined
}

export type GraphqlErrors = { readonly errors: readonly JsonObject[]; readonly partial: boolean }

/** Errors of a GraphQL answer; partial when usable data came with them. */
export function graphqlErrors(reading: Reading): GraphqlErrors | undefined {
  const body = asObject(reading.response?.value)
  const errors = asList(body?.errors).filter(isObject)
  if (!body || errors.length === 0 || asWords(errors[0]?.message) === undefined || !isGraphqlRequest(reading))
    return undefined
  const data = asObject(body.data)
  return { errors, partial: data !== undefined && Object.values(data).some((value) => value !== null) }
}

export type GrpcStatus = {
  /** Number as text; undefined where none came. */
  readonly status: string | undefined
  readonly failed: boolean
  readonly at: 'response.trailer' | 'response.header'
}

/** The status of a gRPC answer, from its trailers or from the fields of an answer without content. */
export function grpcStatus(reading: Reading): GrpcStatus | undefined {
  const { response } = reading
  if (!response?.mediaType.startsWith('application/grpc')) return undefined
  const trailer = fieldValue(response.trailers, 'grpc-status')
  const header = response.header('grpc-status')
  const status = trailer ?? header
  const at = trailer === undefined && header !== undefined ? 'response.header' : 'response.trailer'
  // gRPC-Web sends its trailers inside the content, and an import may have lost them.
  if (status === undefined && (response.mediaType.includes('web') || reading.imported || response.truncated))
    return undefined
  return { status, failed: status !== '0', at }
}
