// Code snippets send the request they were made from, octet for octet, run by the languages that are here.
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { snippets } from '../../src/formats/code-snippets.ts'
import { has, pythonWith, run } from '../support/programs.ts'
import { root } from '../support/telltale.ts'
import { nastyItem, nastyText } from './nasty-request.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)
const latin1 = (text: string) => Buffer.from(text).toString('latin1')
const odd = 'it\'s "q" \\ $HOME #{1+1} `x` $' + "{a} %s ''' ?> */ //"

/** Headers as they stand in an exchange: a character for each octet. */
const cases = [
  {
    name: 'text with every quote, and headers with them',
    method: 'PUT',
    path: "/it's/a?x=1&x=2&q=%20&d=$HOME&e=%27%22",
    body: utf8(nastyText),
    headers: [
      ['X-Odd', odd],
      ['Content-Type', 'text/plain; charset=utf-8'],
      ['X-Twice', 'one'],
      ['X-Twice', 'two'],
    ],
  },
  {
    name: 'octets that are no text',
    method: 'POST',
    path: '/binary',
    body: Uint8Array.from({ length: 300 }, (_, i) => i % 256),
    headers: [
      ['Content-Type', 'application/octet-stream'],
      ['Cookie', 'a=1; b="2"'],
    ],
  },
  { name: 'no body', method: 'GET', path: '/get?a=%2F&b=c+d#part', body: utf8(''), headers: [['Accept', '*/*']] },
  {
    name: 'a method of its own, numbers as written, a header in UTF-8',
    method: 'PATCH',
    path: '/json',
    body: utf8('{"a":1.0,"b":1e400,"c":12345678901234567890,"d":"\\u0041\\/","a":2}'),
    headers: [
      ['Content-Type', 'application/json'],
      ['X-Name', latin1('Zo\u00eb \u{1f600}')],
      ['X-Latin', 'caf\u00e9 "#{1+1}" $HOME \\'],
    ],
  },
] as const

/** `command` with `args` runs the file; what a compiler makes of it first is run in its place. */
type Runtime = {
  readonly file: string
  readonly command: string
  readonly args: readonly string[]
  readonly there: boolean
  readonly adapt?: (source: string) => string
  readonly compile?: (file: string, made: string) => readonly [command: string, ...args: string[]]
}

/** What can only send ASCII in a header says so. */
const asciiOnly = new Set(['java'])
/** Mono's HTTP client is older than the option that sends more than ASCII. */
const asciiHere = new Set([...asciiOnly, 'csharp'])

const python = (module: string): Runtime => {
  const command = pythonWith(module)
  return { file: 'a.py', command: command ?? 'python3', args: [], there: command !== undefined }
}
const runtimes: Readonly<Record<string, Runtime>> = {
  fetch: { file: 'a.mjs', command: process.execPath, args: [], there: true },
  axios: { file: 'a.mjs', command: process.execPath, args: [], there: true },
  'python-requests': python('requests'),
  'python-httpx': python('httpx'),
  go: { file: 'a.go', command: 'go', args: ['run'], there: has('go', ['version']) },
  java: { file: 'Main.java', command: 'java', args: [], there: has('java', ['-version']) },
  php: {
    file: 'a.php',
    command: 'php',
    args: [],
    there: has('php', ['-r', 'exit(function_exists("curl_init") ? 0 : 1);']),
  },
  ruby: { file: 'a.rb', command: 'ruby', args: [], there: has('ruby') },
  csharp: {
    file: 'a.cs',
    command: 'mono',
    args: [],
    there: has('mcs') && has('mono') && existsSync('/usr/lib/mono/4.5/System.Net.Http.dll'),
    adapt: forMono,
    compile: (file, made) => ['mcs', '-nologo', '-r:System.Net.Http.dll', `-out:${made}`, file],
  },
}

/** Mono's compiler knows C# 7, without statements outside a class and `using` declarations. */
function forMono(source: string): string {
  const lines = source.split('\n').filter((line) => !/TryAddWithoutValidation.*(\\u00[89a-f]|[^ -~])/.test(line))
  const isImport = (line: string) => /^using [\w.]+;$/.test(line)
  const uses = lines.filter((line) => line.startsWith('using var ')).length
  const body = lines
    .filter((line) => !isImport(line))
    .map((line) =>
      line
        .replace(/new HttpClient\(new SocketsHttpHandler .*\);$/, 'new HttpClient();')
        .replace(/^using (var .*);$/, 'using ($1) {'),
    )
  return `${lines.filter(isImport).join('\n')}
class Program {
  static async System.Threading.Tasks.Task Run() {
${body.join('\n')}${'}'.repeat(uses)}
  }
  static void Main() { Run().Wait(); }
}
`
}

type Received = {
  readonly method: string
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
}

const received = new Map<string, Received>()
const server = createServer(async (request, response) => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  const { rawHeaders: raw, method = '', url = '' } = request
  const headers = raw.flatMap((name, i): [string, string][] =>
    i % 2 === 0 ? [[name.toLowerCase(), raw[i + 1] ?? '']] : [],
  )
  const [, id = '', target = ''] = /^\/([^/]*)(.*)$/s.exec(url) ?? []
  received.set(id, { method, target, headers, body: Buffer.concat(parts) })
  response.end('ok')
})
// Compilers on a busy machine take their time.
t.setTimeout(900_000)
const dir = mkdtempSync(join(tmpdir(), 'telltale-snippets-'))
symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'))
t.before(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
t.teardown(() => {
  server.close()
  rmSync(dir, { recursive: true, force: true })
})

const valuesOf = (headers: readonly (readonly [string, string])[], name: string): string =>
  headers
    .filter(([own]) => own.toLowerCase() === name.toLowerCase())
    .map(([, value]) => value)
    .join(', ')

for (const { id, write } of snippets) {
  const runtime = runtimes[id]
  if (!runtime?.there) {
    t.test(`${id} was not run`, { skip: `nothing here runs it` }, async () => {})
    continue
  }
  t.test(`${id} sends the request it was made from`, { timeout: 500_000 }, async (t) => {
    const { port } = server.address() as AddressInfo
    for (const [n, { name, method, path, body, headers }] of cases.entries()) {
      const url = `http://127.0.0.1:${port}/${id}-${n}${path}`
      const file = join(dir, `${id}-${n}-${runtime.file}`)
      const source = write(nastyItem(url, body, headers, method))
      writeFileSync(file, runtime.adapt?.(source) ?? source)
      const options = { timeoutMs: 120_000, env: { ...process.env, NO_PROXY: '*', no_proxy: '*' } }
      const made = `${file}.exe`
      if (runtime.compile) {
        const [compiler, ...args] = runtime.compile(file, made)
        const compiled = await run(compiler, args, options)
        t.equal(compiled.status, 0, `${name}: compiled\n${compiled.stdout}${compiled.stderr}`.slice(0, 2000))
      }
      const ran = await run(runtime.command, [...runtime.args, runtime.compile ? made : file], options)
      const got = received.get(`${id}-${n}`)
      if (!got) {
        t.fail(`${name}: nothing came\n${ran.stderr.slice(0, 2000)}`)
        continue
      }
      t.equal(got.method, method, `${name}: method`)
      t.equal(decodeURIComponent(got.target), decodeURIComponent(path.replace(/#.*/, '')), `${name}: target`)
      t.ok(got.body.equals(Buffer.from(body)), `${name}: body\n${got.body.toString('latin1').slice(0, 300)}`)
      for (const field of new Set(headers.map(([own]) => own))) {
        const expected = valuesOf(headers, field)
        if (asciiHere.has(id) && /[^\x20-\x7e]/.test(expected)) continue
        t.equal(valuesOf(got.headers, field), expected, `${name}: ${field}`)
      }
    }
  })
}
