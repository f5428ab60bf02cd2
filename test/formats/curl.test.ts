// Commands written for a shell reach the program octet for octet; pasted commands are read and never run.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { fromCurl, toCurl } from '../../src/formats/curl.ts'
import { quoteCmd, quotePosix } from '../../src/formats/shell-quote.ts'
import { splitBash, splitCmd } from '../../src/formats/shell-words.ts'
import { exchangeWith, strings } from './nasty-strings.ts'

t.test(`${strings.length} nasty strings pass through a real bash unchanged`, (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'telltale-curl-'))
  t.teardown(() => rmSync(dir, { recursive: true }))
  // A function takes the arguments exactly as bash hands them to a program.
  const script = ['curl() { printf "%s\\0" "$@"; }', ...strings.map((text) => `curl ${quotePosix(text)}`)].join('\n')
  const seen = execFileSync('bash', ['--norc'], { cwd: dir, input: script }).toString().split('\0')
  t.same(seen.slice(0, -1), strings)
  t.notOk(existsSync(join(dir, 'PWNED')), 'nothing inside a string was run')
  t.end()
})

t.test('whole commands with nasty headers, methods and bodies pass through bash and come back from fromCurl', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'telltale-curl-'))
  t.teardown(() => rmSync(dir, { recursive: true }))
  const shown = strings
    .filter((text) => !/[\r\n\0\u0100-\u{10ffff}\u0080-\u00ff]/u.test(text))
    .map((text) => text.trim())
  const bodies = strings.filter((text) => text !== '' && !/[\u0001\u0007\u001b\u007f]/.test(text))
  const cases = bodies.map((_, i) =>
    exchangeWith({
      method: 'PURGE',
      url: `http://127.0.0.1:9/x?n=${i}&q='$(touch%20PWNED)[1]`,
      headers: [
        { name: "X-'`$&", value: shown[i % shown.length] ?? '' },
        { name: 'Content-Type', value: 'text/plain' },
      ],
    }),
  )
  const commands = cases.map((exchange, i) => toCurl(exchange, new TextEncoder().encode(bodies[i]), { shell: 'bash' }))
  const script = `curl() { printf '%s\\0' "$#" "$@"; }\n${commands.join('\n')}\n`
  const seen = execFileSync('bash', ['--norc'], { cwd: dir, input: script, maxBuffer: 1 << 26 })
    .toString()
    .split('\0')
  let wrong = 0
  for (const [i, exchange] of cases.entries()) {
    const argv = seen.splice(0, Number(seen.shift()))
    const value = exchange.request.headers[0]?.value ?? ''
    const expected = value === '' ? "X-'`$&;" : `X-'\`$&: ${value}`
    if (argv[0] !== exchange.request.url || !argv.includes(expected) || argv.at(-1) !== bodies[i]) wrong++
    for (const shell of ['bash', 'cmd'] as const) {
      const command = toCurl(exchange, new TextEncoder().encode(bodies[i]), { shell })
      if (command.includes('telltale-body')) continue
      const back = fromCurl(command)
      if ('error' in back) {
        console.log('B', command, back)
        wrong++
      } else if (
        back.request.method !== 'PURGE' ||
        JSON.stringify(back.request.body) !== JSON.stringify({ text: bodies[i] })
      )
        wrong++
    }
  }
  t.equal(wrong, 0)
  t.notOk(existsSync(join(dir, 'PWNED')))
  t.end()
})

t.test('cmd.exe never sees a quoted region, and its argument splitting gives the string back', (t) => {
  const plain = strings.filter((text) => /^[\x20-\x7e]*$/.test(text))
  t.ok(plain.length > 150)
  for (const text of plain) {
    const quoted = quoteCmd(text)
    const bare = quoted.replace(/\^./g, '')
    if (/["&|<>()%!^]/.test(bare)) t.fail(`unescaped: ${quoted}`)
    const split = splitCmd(`x ${quoted} y`)
    if ('error' in split || split.words[1] !== text || split.words[2] !== 'y') t.fail(`lost: ${JSON.stringify(text)}`)
  }
  t.pass(`${plain.length} strings`)
  t.end()
})

t.test('in a batch file a percent sign is doubled, and nothing else is different', (t) => {
  t.equal(quoteCmd('a%PATH%b', 'in a batch file'), '^"a%%PATH%%b^"')
  t.equal(quoteCmd('a%PATH%b'), '^"a^%PATH^%b^"')
  for (const text of strings.filter((one) => /^[\x20-\x7e]*$/.test(one)))
    t.equal(quoteCmd(text, 'in a batch file').replaceAll('%%', '^%'), quoteCmd(text), JSON.stringify(text))
  t.end()
})

t.test('our own splitting of bash words agrees with bash', (t) => {
  for (const text of strings) {
    const split = splitBash(`curl ${quotePosix(text)}`)
    if ('error' in split || split.words[1] !== text) t.fail(JSON.stringify(text))
  }
  t.pass()
  t.end()
})

t.test(
  'a real curl sends the recorded request: method, target, fields and octets (bash and PowerShell forms)',
  async (t) => {
    const got: { method: string; url: string; headers: IncomingHttpHeaders; raw: string[]; body: Buffer }[] = []
    const server = createServer(async (request, response) => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part)
      got.push({
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        raw: request.rawHeaders,
        body: Buffer.concat(parts),
      })
      response.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.teardown(() => server.close())
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const dir = mkdtempSync(join(tmpdir(), 'telltale-curl-'))
    t.teardown(() => rmSync(dir, { recursive: true }))
    const bodies = [
      new TextEncoder().encode('{"a":"it\'s \\"quoted\\"\\n","b":"@file"}'),
      Uint8Array.from({ length: 700 }, (_, i) => i % 256),
      new TextEncoder().encode('Zo\u00eb\r\n\t\u{1f600}'),
      new TextEncoder().encode('x'.repeat(150_000)),
      new TextEncoder().encode('@/etc/passwd'),
      new Uint8Array(0),
    ]
    const run = (command: string, args: string[], input: string): Promise<void> =>
      new Promise((resolve, reject) => {
        const child = spawn(command, args, { cwd: dir, stdio: ['pipe', 'ignore', 'ignore'] })
        child.on('exit', (code) =>
          code === 0 ? resolve() : reject(new Error(`${command} ${code}: ${input.slice(0, 300)}`)),
        )
        child.stdin.end(input)
      })
    for (const [i, body] of bodies.entries()) {
      const exchange = exchangeWith({
        method: i === 5 ? 'GET' : i % 2 ? 'PUT' : 'POST',
        url: `${base}/a/../b?x[]=${i}&y={1,2}`,
        headers: [
          { name: 'X-One', value: `it's "${i}"` },
          { name: 'X-One', value: 'two' },
          { name: 'X-Empty', value: '' },
        ],
      })
      await run('bash', ['--norc'], toCurl(exchange, body, { shell: 'bash' }))
      const powershell = toCurl(exchange, body, { shell: 'powershell' })
      const config = /@'\n([\s\S]*)\n'@ \| curl\.exe --config -$/.exec(powershell)?.[1] ?? ''
      if (!config.includes('@telltale-body.bin')) await run('curl', ['--config', '-'], config)
      for (const request of got.splice(0)) {
        t.equal(request.method, exchange.request.method)
        t.equal(request.url, `/a/../b?x[]=${i}&y={1,2}`)
        t.ok(request.body.equals(body), `body ${i}`)
        t.same(
          request.raw.filter((_, n) => /^x-one$/i.test(request.raw[n - 1] ?? '')),
          [`it's "${i}"`, 'two'],
        )
        t.equal(request.headers['x-empty'], '')
        t.equal(request.headers['user-agent'], undefined)
        t.equal(request.headers['content-type'], undefined)
      }
    }
  },
)

t.test('PowerShell gets nothing beyond ASCII through a pipe', (t) => {
  const plain = toCurl(exchangeWith({ headers: [{ name: 'X', value: "it's" }] }), undefined, { shell: 'powershell' })
  t.match(plain, /^@'\nurl = "[\s\S]*header = "X: it's"\n[\s\S]*'@ \| curl\.exe --config -$/)
  const accents = toCurl(exchangeWith({ headers: [{ name: 'X', value: 'caf\u00c3\u00a9' }] }), undefined, {
    shell: 'powershell',
  })
  t.match(
    accents,
    /^\[IO\.File\]::WriteAllText\("\$PWD\/telltale-curl\.txt", @'\n[\s\S]*X: caf\u00e9"\n[\s\S]*'@\)\ncurl\.exe --config telltale-curl\.txt$/,
  )
  const body = toCurl(exchangeWith({ method: 'POST' }), new TextEncoder().encode('caf\u00e9'), { shell: 'powershell' })
  t.match(body, /^\[IO\.File\]::WriteAllBytes\([^\n]*Y2Fmw6k=[^\n]*\n@'\n[\s\S]*data-binary = "@telltale-body\.bin"/)
  t.end()
})

t.test('reads what people paste', (t) => {
  const read = (command: string) => {
    const result = fromCurl(command)
    if ('error' in result) throw new Error(result.error)
    return result
  }
  const post = read(
    `$ curl -sS -XPOST https://api.test/v1 \\\n  -H 'Content-Type: application/json' -H "Authorization: Bearer $TOKEN" --data-raw '{"a":1}' | jq .`,
  )
  t.same(post.request, {
    method: 'POST',
    url: 'https://api.test/v1',
    headers: [
      { name: 'Content-Type', value: 'application/json' },
      { name: 'Authorization', value: 'Bearer {{TOKEN}}' },
    ],
    body: { text: '{"a":1}' },
  })
  t.equal(post.notes.length, 2)
  t.same(read('curl -G api.test/s -d q=1 --data-urlencode "n=a b&c" -k').request, {
    method: 'GET',
    url: 'http://api.test/s?q=1&n=a%20b%26c',
    headers: [],
  })
  t.same(read('curl -u user:pass -I -L https://a.test').request, {
    method: 'HEAD',
    url: 'https://a.test',
    headers: [{ name: 'Authorization', value: 'Basic dXNlcjpwYXNz' }],
    followRedirects: true,
  })
  const form = read(`curl https://a.test -F name=Zoe -F 'doc={"a":1};type=application/json'`).request
  t.match(form.headers[0]?.value, /^multipart\/form-data; boundary=/)
  t.match(form.body, { text: /name="doc"\r\nContent-Type: application\/json\r\n\r\n\{"a":1\}\r\n/ })
  t.same(
    read(`curl --json '{"x":1}' https://a.test`).request.headers.map(({ name }) => name),
    ['Content-Type', 'Accept'],
  )
  const chrome = `curl ^"https://a.test/?a=1^&b=2^" ^\n  -H ^"x: ^\\^"q^\\^"^" ^\n  --data-raw ^"^{^\\^"a^\\^":1^}^"`
  t.same(read(chrome).request, {
    method: 'POST',
    url: 'https://a.test/?a=1&b=2',
    headers: [
      { name: 'x', value: '"q"' },
      { name: 'Content-Type', value: 'application/x-www-form-urlencoded' },
    ],
    body: { text: '{"a":1}' },
  })
  t.end()
})

t.test('nothing is read, written or run by an import', (t) => {
  const refused = [
    '-d @/etc/passwd x; touch P',
    '--data-binary @x u',
    '-K conf u',
    '--config conf u',
    '-T file u',
    '-o out u',
    '-F f=@/etc/passwd u',
    '-F f=</etc/passwd u',
    '-H @h u',
    '-b jar u',
    '--data-urlencode n@f u',
    '--json @f u',
    '"$(id)" u',
    '`id`',
    '-H "a: `id`" u',
    '<(id)',
    '-O u',
    "'unclosed",
    '--no-such-option u',
    '-d',
  ]
  for (const rest of refused) {
    const result = fromCurl(`curl ${rest}`)
    t.match(result, { error: /^\S.*\.$/s }, rest)
  }
  t.match(fromCurl('wget https://a.test'), { error: /must begin with curl/ })
  t.match(fromCurl('curl file:///etc/passwd'), { error: /Only http/ })
  t.notOk(existsSync('P'))
  t.end()
})
