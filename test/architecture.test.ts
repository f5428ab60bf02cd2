// Holds the house to its plan: who may import whom, which file knows which package, what is pure, and how files are named.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const src = join(root, 'src')

/** The rooms each room may import (itself always); `types` only as types. The same table stands in ARCHITECTURE.md. */
const allowed: Readonly<Record<string, { readonly values: readonly string[]; readonly types?: readonly string[] }>> = {
  exchange: { values: [] },
  http: { values: ['exchange'] },
  http2: { values: [] },
  filter: { values: ['exchange', 'http'], types: ['api', 'diagnose'] },
  diagnose: { values: ['exchange', 'http'] },
  formats: { values: ['exchange', 'http', 'replay'], types: ['diagnose'] },
  contract: { values: ['exchange', 'http'] },
  replay: { values: ['exchange', 'http'] },
  api: { values: ['exchange'], types: ['diagnose'] },
  bridge: { values: ['exchange'] },
  proxy: { values: ['exchange', 'http', 'http2', 'bridge'] },
  store: { values: ['exchange', 'filter'], types: ['api', 'diagnose'] },
  server: { values: ['api', 'exchange', 'filter', 'formats', 'replay', 'diagnose', 'contract', 'store'] },
  ui: { values: ['api', 'exchange', 'http', 'filter', 'formats', 'replay'], types: ['diagnose'] },
  desk: { values: ['api', 'bridge', 'diagnose', 'exchange', 'filter', 'formats', 'http', 'replay', 'server', 'store'] },
  cli: {
    values: ['api', 'bridge', 'diagnose', 'exchange', 'filter', 'formats', 'http', 'proxy', 'replay', 'store', 'desk'],
  },
}

/** Only these files may import these packages. */
const doors: Readonly<Record<string, readonly string[]>> = {
  'node-forge': ['proxy/certificates.ts'],
  ws: ['proxy/websocket.ts', 'server/live.ts'],
  'node:sqlite': ['store/database.ts'],
  lowdb: ['store/settings.ts'],
  express: ['server/server.ts'],
}

const pure = ['exchange', 'http', 'http2', 'filter', 'diagnose', 'formats', 'contract', 'replay', 'api']
const bannedNames = new Set(['index', 'types', 'utils', 'util', 'helpers', 'common', 'shared', 'base', 'manager'])

type Import = { readonly from: string; readonly to: string; readonly typeOnly: boolean }

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? files(path) : /\.tsx?$/.test(entry.name) ? [path] : []
  })
}

const statement = /^\s*(?:import|export)\s+(type\s)?(?:([^'"]*?)\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(statement)].map(([, type, names = '', plain, dynamic]) => {
    const list = /^\{([\s\S]*)\}$/
      .exec(names.trim())?.[1]
      ?.split(',')
      .map((name) => name.trim())
      .filter(Boolean)
    const typeOnly =
      type !== undefined || (list !== undefined && list.length > 0 && list.every((name) => name.startsWith('type ')))
    return { from: relative(src, file), to: plain ?? dynamic ?? '', typeOnly }
  })
}

const all = files(src)
const imports = all.flatMap(importsOf)
const roomOf = (path: string) => (path.includes('/') ? (path.split('/')[0] ?? '') : 'entry')
const target = (one: Import) => relative(src, resolve(src, dirname(one.from), one.to))

t.test('every import goes where the plan allows', async (t) => {
  const local = imports.filter((one) => one.to.startsWith('.'))
  t.ok(local.length > 100, 'imports were found')
  const wrong = local.filter((one) => {
    const [from, to] = [roomOf(one.from), roomOf(target(one))]
    if (from === to || from === 'entry') return false
    const rule = allowed[from]
    if (!rule) return true
    if (to === 'entry') return !['cli', 'desk'].includes(from)
    return !rule.values.includes(to) && !(one.typeOnly && rule.types?.includes(to))
  })
  t.same(
    wrong.map((one) => `${one.from} -> ${target(one)}${one.typeOnly ? ' (type)' : ''}`),
    [],
  )
})

t.test('no file is in an import cycle', async (t) => {
  const graph = new Map<string, string[]>()
  for (const one of imports)
    if (one.to.startsWith('.')) graph.set(one.from, [...(graph.get(one.from) ?? []), target(one)])
  const state = new Map<string, 'open' | 'done'>()
  const cycles: string[] = []
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'done') return
    if (state.get(file) === 'open') {
      cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '))
      return
    }
    state.set(file, 'open')
    for (const next of graph.get(file) ?? []) visit(next, [...path, file])
    state.set(file, 'done')
  }
  for (const file of graph.keys()) visit(file, [])
  t.same(cycles, [])
})

t.test('a package is known to its one file', async (t) => {
  for (const [name, where] of Object.entries(doors)) {
    const users = imports.filter((one) => one.to === name || one.to.startsWith(`${name}/`)).map((one) => one.from)
    t.same(
      users.filter((file) => !where.includes(file)),
      [],
      name,
    )
    t.ok(users.length > 0, `${name} is used`)
  }
})

t.test('pure rooms import nothing of Node', async (t) => {
  const wrong = imports.filter((one) => pure.includes(roomOf(one.from)) && one.to.startsWith('node:'))
  t.same(
    wrong.map((one) => `${one.from} -> ${one.to}`),
    [],
  )
})

t.test(
  'node:http is not imported for its values: an import evaluates all its exports, and with them undici',
  async (t) => {
    const wrong = imports.filter((one) => one.to === 'node:http' && !one.typeOnly)
    t.same(
      wrong.map((one) => one.from),
      [],
    )
  },
)

t.test('every file says in its first line what it is for, and is named for what it holds', async (t) => {
  for (const file of all) {
    const name = basename(file)
      .replace(/\.d?\.?tsx?$/, '')
      .replace(/\.worker$/, '')
    const text = readFileSync(file, 'utf8').replace(/^#!.*\n/, '')
    const ok = /^(\/\/ \S|\/\*\* ?\S|\/\* \S)/.test(text) && /^[a-z0-9-]+$/.test(name) && !bannedNames.has(name)
    if (!ok) t.fail(relative(root, file))
  }
  t.pass(`${all.length} files looked at`)
})

t.test('every rule is in the list, and its id is its path', async (t) => {
  const list = readFileSync(join(src, 'diagnose', 'rules.ts'), 'utf8')
  const rules = files(join(src, 'diagnose', 'rules'))
  t.ok(rules.length >= 14)
  for (const file of rules) {
    const id = relative(join(src, 'diagnose', 'rules'), file).replace(/\.ts$/, '')
    const text = readFileSync(file, 'utf8')
    if (!text.includes(`'${id}'`)) t.fail(`${id}: the id in the file is another`)
    if (!list.includes(`./rules/${id}.ts`)) t.fail(`${id} is missing from rules.ts`)
  }
})

t.test('docs/api.md names every call of the contract', async (t) => {
  const contract = readFileSync(join(src, 'api', 'contract.ts'), 'utf8')
  const paths = [...contract.matchAll(/^ {2}'(?:GET|POST|PUT|PATCH|DELETE) ([^']+)'/gm)].map(([, path = '']) => path)
  const text = readFileSync(join(root, 'docs', 'api.md'), 'utf8')
  t.ok(paths.length > 20)
  t.same(
    paths.filter((path) => !text.includes(path)),
    [],
  )
})

t.test('no key, no machine path and no unfinished work stands in the sources', async (t) => {
  for (const file of [...all, ...files(join(root, 'bench'))]) {
    const text = readFileSync(file, 'utf8')
    if (/\b(TODO|FIXME|XXX|HACK)\b/.test(text)) t.fail(`${relative(root, file)} names unfinished work`)
    if (/-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/]{40}/.test(text))
      t.fail(`${relative(root, file)} holds a private key`)
  }
  t.pass('looked')
})
