// Answers that are wrong in themselves: hidden errors, broken formats, changed shapes, cut bodies.

import { constants } from 'node:http2'
import { gzipSync } from 'node:zlib'
import { startHttp2Origin } from '../support/origin.ts'
import type { Lab } from './lab.ts'
import type { LabCase } from './lab-case.ts'
import { askHttp2 } from './lab-client.ts'

const json = { 'Content-Type': 'application/json' }
const latin1 = (octets: Buffer): string => octets.toString('latin1')
const zipped = gzipSync(
  JSON.stringify({ items: Array.from({ length: 200 }, (_, id) => ({ id, name: `item ${id * 7919}` })) }),
)

type OnStream = Parameters<typeof startHttp2Origin>[0]

/** An HTTP/2 origin, asked once by an HTTP/2 client through an opened tunnel. */
const overHttp2 = (onStream: OnStream, type: string) => async (lab: Lab) => {
  const origin = await startHttp2Origin(onStream)
  lab.own(() => origin.close())
  await askHttp2(lab.proxy.port, `localhost:${origin.port}`, lab.proxy.caPem, type)
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
    drive: overHttp2((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
      stream.on('wantTrailers', () =>
        stream.sendTrailers({ 'grpc-status': '7', 'grpc-message': 'caller%20lacks%20role' }),
      )
      stream.end(Buffer.from([0, 0, 0, 0, 0]))
    }, 'application/grpc'),
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
  {
    name: 'http2-reset-before-head',
    drive: overHttp2((stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR), 'application/json'),
    rule: 'network/protocol-error',
    at: { at: 'connection' },
  },
  {
    name: 'http2-reset-in-the-body',
    drive: overHttp2((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/json', 'content-length': '500' })
      stream.write('{"a":1')
      setTimeout(() => stream.close(constants.NGHTTP2_INTERNAL_ERROR), 60)
    }, 'application/json'),
    rule: 'response/truncated-body',
    at: { at: 'connection' },
  },
  {
    name: 'browser-may-not-read',
    asks: [{ headers: { Origin: 'https://app.test', 'Sec-Fetch-Mode': 'cors' } }],
    answers: [{ status: 200, headers: { 'Access-Control-Allow-Origin': 'https://other.test' }, body: {} }],
    rule: 'response/cors-rejected',
    at: { at: 'response.header', name: 'Access-Control-Allow-Origin' },
    beside: true,
  },
]
