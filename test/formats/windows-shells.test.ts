// Commands written for Windows, run where they can be: cmd.exe is Wine's, PowerShell is whatever pwsh is here (and elsewhere
// the grammar that Visual Studio Code reads it by), curl is the real one.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import treeSitter, { type Node } from '@vscode/tree-sitter-wasm'
import t, { type Test } from 'tap'
import { toCurl } from '../../src/formats/curl.ts'
import { quoteCmd } from '../../src/formats/shell-quote.ts'
import { has } from '../support/programs.ts'
import { exchangeWith, printableStrings, strings } from './nasty-strings.ts'

function folder(t: Test): string {
  const dir = mkdtempSync(join(tmpdir(), 'telltale-windows-'))
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** As Wine's user.reg has them: values by name; a quote and a backslash are escaped. */
function valuesOf(registry: string): ReadonlyMap<string, string> {
  const plain = (text = '') => text.replace(/\\(.)/g, '$1')
  const found = registry.matchAll(/^"((?:\\.|[^"\\])*)"="((?:\\.|[^"\\])*)"$/gm)
  return new Map([...found].map(([, name, value]) => [plain(name), plain(value)]))
}

t.test(
  `${printableStrings.length} nasty strings pass through the cmd.exe of Wine unchanged`,
  { timeout: 230_000 },
  (t) => {
    const dir = folder(t)
    const prefix = join(dir, 'wine')
    const env = { ...process.env, WINEDEBUG: '-all', WINEPREFIX: prefix, WINEDLLOVERRIDES: 'mscoree,mshtml=' }
    const wine = (args: string[], timeout: number) =>
      execFileSync('wine', args, { cwd: dir, env, timeout, stdio: 'ignore' })
    const skipped = (why: string) => {
      t.pass('cmd.exe', { skip: why })
      t.end()
    }
    if (!has('wine')) return skipped('Wine is not here')
    const quoted = (text: string) => quoteCmd(text, 'in a batch file')
    // What reg.exe was given is read in the registry: two strings for each process, the first behind a number.
    const pairs = Array.from({ length: Math.ceil(printableStrings.length / 2) }, (_, i) => ({
      name: `${i} ${printableStrings[2 * i] ?? ''}`,
      value: printableStrings[2 * i + 1] ?? '',
    }))
    const lineOf = ({ name, value }: (typeof pairs)[number]) =>
      `reg add HKCU\\Software\\Nasty /f /v ${quoted(name)} /d ${quoted(value)} >nul`
    const arrived = () => {
      const registry = readFileSync(join(prefix, 'user.reg'), 'latin1')
      return valuesOf(registry.split('[Software\\\\Nasty]')[1]?.split(/\n\[/)[0] ?? '')
    }
    try {
      wine(['cmd', '/c', 'exit 0'], 60_000)
      // Wine on a busy machine was seen to lose one process of 250; what is wrongly quoted is lost each time.
      for (let left = pairs, tries = 0; left.length > 0 && tries < 3; tries++) {
        writeFileSync(join(dir, 'in.bat'), `@echo off\r\n${left.map(lineOf).join('\r\n')}\r\nexit /b 0\r\n`)
        wine(['cmd', '/c', 'in.bat'], 60_000)
        // The registry is written when the last program has ended.
        execFileSync('wineserver', ['-w'], { env, timeout: 30_000 })
        const there = arrived()
        left = left.filter(({ name }) => !there.has(name))
      }
    } catch (error) {
      // Wine that cannot start here, or not in time, says nothing about our commands.
      return skipped(`Wine does not run here: ${error}`)
    }
    t.same(Object.fromEntries(arrived()), Object.fromEntries(pairs.map(({ name, value }) => [name, value])))
    t.notOk(existsSync(join(dir, 'PWNED')), 'nothing inside a string was run')
    t.end()
  },
)

/** One command for each string: as content, and where it can be one, as a field value. */
const commands = (url: string) =>
  strings.map((text, i) => {
    const value = /^[\x20-\x7e\u00a0-\u00ff]*$/.test(text) ? text.trim() : ''
    const exchange = exchangeWith({ method: 'POST', url: `${url}/${i}`, headers: [{ name: 'X-Text', value }] })
    const command = toCurl(exchange, new TextEncoder().encode(text), { shell: 'powershell' })
    return { text, value, command, config: /@'\n([\s\S]*)\n'@/.exec(command)?.[1] ?? '' }
  })

t.test(
  `${strings.length} nasty strings pass through the configuration that PowerShell hands to a real curl`,
  async (t) => {
    const dir = folder(t)
    const got = new Map<number, { body: string; value: string }>()
    const server = createServer(async (request, response) => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part)
      const value = Buffer.from(String(request.headers['x-text'] ?? ''), 'latin1').toString()
      got.set(Number(request.url?.slice(1)), { body: Buffer.concat(parts).toString(), value })
      response.end()
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    t.teardown(() => server.close())
    const all = commands(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    const config = all.map(({ text, config }, i) => {
      if (!config.includes('@telltale-body.bin')) return config
      writeFileSync(join(dir, `${i}.bin`), text)
      return config.replace('@telltale-body.bin', `@${i}.bin`)
    })
    const curl = spawn('curl', ['--silent', '--config', '-'], { cwd: dir, stdio: ['pipe', 'ignore', 'inherit'] })
    const ended = new Promise((done) => curl.once('exit', done))
    curl.stdin.end(config.join('\nnext\nsilent\n'))
    t.equal(await ended, 0)
    t.same(
      all.map((_, i) => got.get(i)),
      all.map(({ text, value }) => ({ body: text, value })),
    )
  },
)

t.test(`${strings.length} nasty strings stay inside one verbatim string for the grammar of PowerShell`, async (t) => {
  const { Language, Parser } = treeSitter
  await Parser.init()
  const grammar = import.meta.resolve('@vscode/tree-sitter-wasm').replace(/[^/]+$/, 'tree-sitter-powershell.wasm')
  const parser = new Parser().setLanguage(await Language.load(fileURLToPath(grammar)))
  const shapes = new Map<string, string>()
  for (const { command, config } of commands('http://127.0.0.1:9')) {
    // The hyphen for standard input is an operator to this grammar, unlike to PowerShell (`kubectl apply -f -`).
    const tree = parser.parse(command.replace(/ -$/, " '-'"))?.rootNode
    const found = (type: string): string[] =>
      (tree?.descendantsOfType(type) ?? []).map((node: Node | null) => node?.text ?? '')
    const faults = [
      tree?.hasError !== false && 'it is not PowerShell',
      !isDeepStrictEqual(found('verbatim_here_string_characters'), [`@'\n${config}\n'@`]) &&
        'the string ends elsewhere',
      !isDeepStrictEqual(found('command_name'), ['curl.exe']) && 'another command is there',
    ]
    t.same(faults.filter(Boolean), [], command)
    shapes.set(tree?.toString() ?? '', command)
  }
  // All through the pipe; content in a file; content and configuration in files.
  t.equal(shapes.size, 3, 'whatever the text, nothing comes out of its string')
})

t.test(`${strings.length} nasty strings pass through PowerShell unchanged`, { timeout: 200_000 }, (t) => {
  if (!has('pwsh', ['-NoProfile', '-Command', 'exit 0'])) {
    t.pass('PowerShell', { skip: 'pwsh is not on the path' })
    return t.end()
  }
  const dir = folder(t)
  // A function in the place of the program keeps what it was given: on standard input, or in the file that it is pointed at.
  const curl = `function curl.exe {
  $text = if ($args[1] -eq '-') { @($input) -join "\`n" } else { [IO.File]::ReadAllText("$PWD/" + $args[1]) }
  [IO.File]::AppendAllText("$PWD/seen.txt", $text + [char]0)
}`
  const all = commands('http://127.0.0.1:9')
  writeFileSync(join(dir, 'all.ps1'), `\ufeff${[curl, ...all.map(({ command }) => command)].join('\n')}\n`)
  execFileSync('pwsh', ['-NoProfile', '-NonInteractive', '-File', 'all.ps1'], { cwd: dir, timeout: 180_000 })
  const seen = readFileSync(join(dir, 'seen.txt'), 'utf8').split('\0').slice(0, -1)
  t.same(
    seen.map((text) => text.trimEnd()),
    all.map(({ config }) => config.trimEnd()),
  )
  t.notOk(existsSync(join(dir, 'PWNED')), 'nothing inside a string was run')
  t.end()
})
