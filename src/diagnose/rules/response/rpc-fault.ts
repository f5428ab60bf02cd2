// A remote procedure call failed: JSON-RPC error, SOAP Fault or XML-RPC fault.

import { bodyMember, status } from '../../evidence.ts'
import { rpcFault } from '../../hidden-error.ts'
import { valueAt } from '../../json-value.ts'
import { brief, listed, quoted } from '../../phrases.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

/** JSON-RPC 2.0 §5.1. */
const codes: Readonly<Record<string, readonly [brief: string, text: string]>> = {
  '-32700': ['JSON-RPC: parse error', 'The server could not parse the JSON it received.'],
  '-32600': ['JSON-RPC: invalid request', 'What was sent is not a valid Request object.'],
  '-32601': ['JSON-RPC: no such method', 'The method does not exist or is not available.'],
  '-32602': ['JSON-RPC: invalid params', 'The parameters do not fit the method.'],
  '-32603': ['JSON-RPC: internal error', 'The server failed inside.'],
}

export const rpcFaultRule: Rule = {
  id: 'response/rpc-fault',
  rank: 1,
  level: 'error',
  title: 'The remote procedure call failed',
  summary:
    'Fires on a JSON-RPC error object, a SOAP Fault or an XML-RPC fault, whatever the status. Explains the code and says whether the caller or the server is at fault.',
  references: [
    { title: 'JSON-RPC 2.0 §5.1: Error object', url: 'https://www.jsonrpc.org/specification#error_object' },
    { title: 'SOAP 1.2 §5.4: SOAP Fault', url: 'https://www.w3.org/TR/soap12-part1/#soapfault' },
  ],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    const fault = rpcFault(subject)
    if (!fault) return undefined
    const code = subject.error?.code ?? ''
    const [short, text] = codes[code] ?? [`${fault.kind} fault${code === '' ? '' : ` ${code}`}`, '']
    const numeric = Number(code)
    const reserved =
      fault.kind === 'JSON-RPC' && numeric <= -32000 && numeric >= -32099
        ? ' The code is in the range servers define themselves.'
        : ''
    const side = /client|sender/i.test(code)
      ? ' By its code the caller is at fault.'
      : /server|receiver/i.test(code)
        ? ' By its code the server is at fault.'
        : ''
    return {
      confidence: 0.92,
      title: `The ${fault.kind} call failed${code === '' ? '' : ` with ${code}`}`,
      brief: brief(short),
      explanation: `${text === '' ? `The answer is a ${fault.kind} fault.` : text}${subject.error?.message ? ` The server says ${quoted(subject.error.message)}.` : ''}${named(subject)}${reserved}${side}`,
      evidence: [
        status(subject),
        fault.kind === 'JSON-RPC'
          ? bodyMember('response.body', fault.pointer, valueAt(subject.response?.value, fault.pointer), context)
          : { location: { at: 'response.body', line: 1, column: 1 }, value: `${fault.kind} fault ${code}` },
      ],
      fix: {
        kind: 'advice',
        text: /client|sender|-3260[012]/i.test(code)
          ? 'Mend the call as the message says.'
          : 'Report the fault to whoever runs the service, with its code.',
      },
    }
  },
  examples: [
    {
      name: 'JSON-RPC method not found',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'POST https://api.test/rpc',
          body: { jsonrpc: '2.0', id: 1, method: 'nope' },
          status: 200,
          answer: { jsonrpc: '2.0', id: 1, error: { code: -32601, message: 'Method not found' } },
        },
      ],
    },
    {
      name: 'SOAP fault',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'POST https://api.test/soap',
          headers: { 'Content-Type': 'text/xml' },
          body: '<Envelope><Body><Do/></Body></Envelope>',
          status: 500,
          answerHeaders: { 'Content-Type': 'text/xml' },
          answer:
            '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Client</faultcode><faultstring>Missing id</faultstring></s:Fault></s:Body></s:Envelope>',
        },
      ],
    },
    {
      name: 'a result',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/rpc',
          body: { jsonrpc: '2.0', id: 1, method: 'ping' },
          status: 200,
          answer: { jsonrpc: '2.0', id: 1, result: 'pong' },
        },
      ],
    },
    {
      name: 'an error member that is null',
      fires: false,
      exchanges: [
        {
          request: 'POST https://rpc.test/',
          body: { jsonrpc: '2.0', id: 1, method: 'a' },
          status: 200,
          answer: { jsonrpc: '2.0', id: 1, result: 1, error: null },
        },
      ],
    },
  ],
}

/** The members of the request it names, with their reasons. */
function named({ error }: Subject): string {
  const fields = (error?.fields ?? []).slice(0, 4)
  if (fields.length === 0) return ''
  const each = fields.map(({ path, message, code }) => `${path} (${(message ?? code ?? 'refused').slice(0, 120)})`)
  return ` It names ${listed(each)}.`
}
