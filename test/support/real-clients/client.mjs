// Node's fetch, https.request and http.get through the proxy of the environment. Arguments: HTTPS URL, HTTP URL.
import { get } from 'node:http'
import { request } from 'node:https'

const [, , secure, plain] = process.argv
const headers = { 'Content-Type': 'application/json', 'User-Agent': 'node-https/24.1' }
const text = async (response) => {
  let whole = ''
  for await (const part of response) whole += part
  return whole
}

const fetched = await fetch(`${secure}?node=fetch`, {
  method: 'POST',
  body: '{"total":1}',
  headers: { ...headers, 'User-Agent': 'node-fetch/24.1' },
})
console.log(fetched.status, await fetched.text())
await new Promise((done) => {
  const sent = request(`${secure}?node=tls`, { method: 'PUT', headers }, async (response) => {
    console.log(response.statusCode, await text(response))
    done()
  })
  // Without a length: the body goes in chunks.
  sent.write('{"total"')
  sent.end(':1}')
})
get(`${plain}?node=plain`, { headers: { 'User-Agent': 'node-http/24.1' } }, async (response) => {
  console.log(response.statusCode, await text(response))
})
