// The operation an exchange asks for where many are tunnelled through one URL (catalogue 1.6).
import { asObject, asWords } from './json-value.ts'
import type { Reading } from './reading.ts'
import { isXmlType } from './side.ts'

/** Octets of a request body that are searched for an operation. */
const maxSearched = 65_536

export function isGraphqlRequest({ request, query }: Pick<Reading, 'request' | 'query'>): boolean {
  if (request.mediaType === 'application/graphql') return true
  const body = asObject(Array.isArray(request.value) ? request.value[0] : request.value)
  const document = asWords(body?.query) ?? query.find((pair) => pair.name === 'query')?.value
  return (
    document !== undefined &&
    /^\s*(?:#[^\n]*\n\s*)*(?:\{|query\b|mutation\b|subscription\b|fragment\b)/.test(document) &&
    document.includes('{')
  )
}

/** A name for a GraphQL document without one: its text with literals removed, as a short number. */
function documentHash(document: string): string {
  const shape = document
    .replace(/"(?:[^"\\]|\\.)*"/g, '""')
    .replace(/-?\b\d+(?:\.\d+)?\b/g, '0')
    .replace(/\s+/g, ' ')
  let hash = 0
  for (let at = 0; at < shape.length; at++) hash = (Math.imul(hash, 31) + shape.charCodeAt(at)) | 0
  return (hash >>> 0).toString(16)
}

function graphqlOperation(reading: Pick<Reading, 'request' | 'query'>): string {
  const body = asObject(Array.isArray(reading.request.value) ? reading.request.value[0] : reading.request.value)
  const named = asWords(body?.operationName) ?? reading.query.find((pair) => pair.name === 'operationName')?.value
  if (named !== undefined && named !== '') return named
  const document =
    asWords(body?.query) ?? reading.query.find((pair) => pair.name === 'query')?.value ?? reading.request.text
  const first = /\b(?:query|mutation|subscription)\s+([A-Za-z_]\w*)/.exec(document)?.[1]
  return first ?? documentHash(document)
}

function xmlOperation(text: string): string | undefined {
  const head = text.slice(0, maxSearched)
  const method = /<methodName>\s*([^<\s]+)\s*<\/methodName>/.exec(head)?.[1]
  if (method) return method
  return /<(?:[\w.-]+:)?Body\b[^>]*>\s*<(?:[\w.-]+:)?([\w.-]+)/.exec(head)?.[1]
}

export function operationOf(reading: Pick<Reading, 'request' | 'query' | 'form'>): string {
  const { request, query } = reading
  const target = request.header('x-amz-target')
  if (target !== undefined) return target
  const soapAction = request.header('soapaction')?.replace(/^"|"$/g, '')
  if (soapAction) return soapAction
  if (!request.hasBody && query.length === 0 && request.mediaType !== 'application/graphql') return ''
  if (isGraphqlRequest(reading)) return graphqlOperation(reading)
  const tunnelled = query.find((pair) => /^(?:Action|method|command|cmd)$/.test(pair.name))
  if (tunnelled) return tunnelled.value
  if (!request.hasBody || request.octets.length > maxSearched) return ''
  const first = asObject(Array.isArray(request.value) ? request.value[0] : request.value)
  const method = asWords(first?.method) ?? asWords(first?.command)
  // JSON-RPC 1.0 has no `jsonrpc` member, yet always `params` or `id` beside the method.
  if (first && method !== undefined && ('jsonrpc' in first || 'params' in first || 'id' in first)) return method
  const member = reading.form?.find((pair) => /^(?:Action|method|command|cmd|s_command)$/.test(pair.name))
  if (member) return member.value
  if (isXmlType(request.mediaType) || /^\s*</.test(request.text.slice(0, 100))) return xmlOperation(request.text) ?? ''
  return ''
}
