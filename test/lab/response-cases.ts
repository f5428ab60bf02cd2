// Answers that are wrong in themselves: hidden errors, broken formats, changed shapes, cut bodies.

import { connect } from 'node:http2'
import { connect as connectTls } from 'node:tls'
import { gzipSync } from 'node:zlib'
import { startHttp2Origin } from '../support/origin.ts'
import { openTcp } from '../support/wire-house.ts'
import type { Lab } from './lab.ts'
import type { LabCase } from './lab-case.ts'

const json = { 'Content-Type': 'application/json' }
const latin1 = (octets: Buffer): string => octets.toString('latin1')
const zipped = gzipSync(
  JSON.stringify({ items: Array.from({ length: 200 }, (_, id) => ({ id, name: `item ${id * 7919}` })) }),
)

/** A gRPC call over HTTP/2 whose status stands in the trailers. */
async function grpcRefusal(lab: Lab): Promise<{ port: number }> {
  const origin = await startHttp2Origin((stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
    stream.on('wantTrailers', () =>
      stream.sendTrailers({ 'grpc-status': '7', 'grpc-message': 'caller%20lacks%20role' }),
    )
    stream.end(Buffer.from([0, 0, 0, 0, 0]))
  })
  lab.own(() => origin.close())
  const target = `localhost:${origin.port}`
  const raw = await openTcp(lab.proxy.port)
  raw.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`)
  await new Promise((done) => raw.once('data', done))
  const socket = connectTls({ socket: raw, ca: lab.proxy.caPem, servername: 'localhost', ALPNProtocols: ['h2'] })
  await new Promise((done, fail) => socket.once('secureConnect', done).once('error', fail))
  const session = connect(`https://${target}`, { createConnection: () => socket })
  const stream = session.request({
    ':method': 'POST',
    ':path': '/shop.Orders/List',
    'content-type': 'application/grpc',
    te: 'trailers',
  })
  stream.end(Buffer.from([0, 0, 0, 0, 0]))
  stream.resume()
  await new Promise((done) => stream.once('close', done))
  session.destroy()
  return { port: origin.port }
}

export const responseCases: readonly LabCase[] = [
  {
    name: 'error-in-a-200',
    answers: [{ status: 200, body: { ok: false, error: 'card_declined: insufficient funds' } }],
    rule: 'response/error-in-success',
    at: { at: 'response.body', pointer: '/ok' },
  },
  {
    name: 'graphql-errors',
    asks: [{ method: 'POST', path: '/graphql', body: { query: 'query Me { me { nme } }' } }],
    answers: [
      {
        status: 200,
        body: {
          data: null,
          errors: [
            {
              message: 'Cannot query field "nme"',
              locations: [{ line: 1, column: 17 }],
              extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
            },
          ],
        },
      },
    ],
    rule: 'response/graphql-errors',
    at: { at: 'response.body' },
  },
  {
    name: 'json-rpc-fault',
    asks: [{ method: 'POST', body: { jsonrpc: '2.0', id: 1, method: 'sum', params: ['a'] } }],
    answers: [{ status: 200, body: { jsonrpc: '2.0', id: 1, error: { code: -32602, message: 'Invalid params' } } }],
    rule: 'response/rpc-fault',
    at: { at: 'response.body' },
  },
  {
    name: 'soap-fault',
    asks: [
      {
        method: 'POST',
        headers: { 'Content-Type': 'text/xml', SOAPAction: '"GetPrice"' },
        body: '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><GetPrice/></s:Body></s:Envelope>',
      },
    ],
    answers: [
      {
        status: 500,
        headers: { 'Content-Type': 'text/xml' },
        body: '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Client</faultcode><faultstring>Item is missing</faultstring></s:Fault></s:Body></s:Envelope>',
      },
    ],
    rule: 'response/rpc-fault',
    at: { at: 'response.body' },
  },
  {
    name: 'grpc-status-in-trailers',
    drive: grpcRefusal,
    rule: 'response/grpc-status',
    at: { at: 'response.trailer', name: 'grpc-status' },
  },
  {
    name: 'type-changed',
    asks: [{ path: '/items/1' }, { path: '/items/2' }, { path: '/items/3' }, { path: '/items/4' }],
    answers: (_seen, count) => ({
      status: 200,
      body: count < 3 ? { id: count, price: 10 + count } : { id: count, price: { amount: 13 } },
    }),
    rule: 'schema/response-type-changed',
    at: { at: 'response.body', pointer: '/price' },
    beside: true,
  },
  {
    name: 'json-cut-by-server',
    answers: [{ status: 200, headers: json, body: '{"items":[{"id":1},' }],
    rule: 'response/malformed-json',
    at: { at: 'response.body', line: 1 },
  },
  {
    name: 'html-instead-of-json',
    answers: [
      {
        status: 500,
        headers: { 'Content-Type': 'text/html' },
        body: '<!doctype html><html><head><title>Error</title></head><body><h1>Whoops</h1></body></html>',
      },
    ],
    rule: 'response/html-instead-of-api',
    at: { at: 'response.header', name: 'Content-Type' },
    beside: true,
  },
  {
    name: 'chunked-body-cut',
    answers: [
      {
        raw: 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{"a":[1,\r\n',
        end: 'fin',
      },
    ],
    rule: 'response/truncated-body',
    at: { at: 'connection' },
  },
  {
    name: 'content-length-too-long',
    answers: [
      { raw: 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"a":1', end: 'fin' },
    ],
    rule: 'response/truncated-body',
    at: { at: 'response.header', name: 'Content-Length' },
  },
  {
    name: 'reset-in-the-body',
    answers: [
      { raw: 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"a":1', end: 'rst' },
    ],
    rule: 'response/truncated-body',
    at: { at: 'response.header', name: 'Content-Length' },
  },
  {
    name: 'gzip-cut',
    answers: [
      {
        raw: `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: ${zipped.length - 40}\r\nConnection: close\r\n\r\n${latin1(zipped.subarray(0, -40))}`,
        end: 'fin',
      },
    ],
    rule: 'response/truncated-body',
    at: { at: 'response.header', name: 'Content-Encoding' },
  },
  {
    name: 'gzip-that-is-none',
    answers: [
      { status: 200, headers: { ...json, 'Content-Encoding': 'gzip' }, body: '{"a":1,"b":"not compressed at all"}' },
    ],
    rule: 'response/content-encoding-invalid',
    at: { at: 'response.header', name: 'Content-Encoding' },
  },
  {
    name: 'preflight-refused',
    asks: [
      {
        method: 'OPTIONS',
        headers: {
          Origin: 'https://app.test',
          'Access-Control-Request-Method': 'PUT',
          'Access-Control-Request-Headers': 'authorization',
          'Sec-Fetch-Mode': 'cors',
        },
      },
    ],
    answers: [{ status: 403 }],
    rule: 'response/cors-rejected',
    at: { at: 'request.header', name: 'Origin' },
  },
  {
    name: 'redirect-to-nowhere',
    answers: [{ status: 302 }],
    rule: 'response/redirect-without-location',
    at: { at: 'response.header', name: 'Location' },
  },
  {
    name: 'some-of-the-batch-failed',
    asks: [{ body: [{ id: 1 }, { id: 2 }] }],
    answers: [
      {
        status: 207,
        body: {
          results: [
            { id: 1, status: 201 },
            { id: 2, status: 409, error: 'exists' },
          ],
        },
      },
    ],
    rule: 'response/partial-failure',
    at: { at: 'response.body', pointer: '/results/1' },
    beside: true,
  },
]
