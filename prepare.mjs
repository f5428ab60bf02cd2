// Gets a fresh clone ready before `npm start` and `npm test`: packages, the pinned Node, the page, the test runner.
// Runs on whatever Node the machine has (20 or later), so: plain JavaScript, nothing imported from node_modules.
// Everything it says goes to stderr, so that `npm start --silent -- --json` stays pure JSON on stdout.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))
const at = (...parts) => join(root, ...parts)
const say = (text) => process.stderr.write(`telltale: ${text}\n`)
const changed = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0)

function stop(text) {
  say(text)
  process.exit(1)
}

function run(command, args, why) {
  const env = {
    ...process.env,
    PATH: `${at('node_modules', '.bin')}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH}`,
  }
  const { status, error, stdout } = spawnSync(command, args, {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (error || status !== 0) {
    process.stderr.write(stdout ?? '')
    stop(`${why} failed${error ? `: ${error.message}` : ` (exit ${status}); the lines above say why`}.`)
  }
}

/** The newest change below a folder, in ms since 1970. */
function newest(folder) {
  let latest = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs)
  }
  return latest
}

function install() {
  const installed = changed(at('node_modules', '.package-lock.json'))
  if (installed > 0 && installed >= changed(at('package-lock.json'))) return
  say('installing packages (the first time takes about half a minute) …')
  const npm = process.env.npm_execpath
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  if (npm) run(process.execPath, [npm, ...args], 'installing packages')
  else run('npm', args, 'installing packages')
}

/** The `node` package brings the runtime this project is developed on; without its install script only the machine's is left. */
function checkRuntime() {
  const bin = at('node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node')
  const found = spawnSync(existsSync(bin) ? bin : 'node', ['-v'], { encoding: 'utf8' }).stdout?.trim() ?? ''
  const [major = 0, minor = 0] = found.replace('v', '').split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 18)) return
  stop(
    `needs Node 22.18 or later but would run on ${found || 'none'}: the pinned runtime was not installed because install scripts ` +
      'are switched off. Run "npm rebuild node --ignore-scripts=false", or use a newer Node.',
  )
}

function buildPage() {
  const built = changed(at('dist', 'page', 'index.html'))
  const rooms = ['ui', 'api', 'exchange', 'http', 'filter', 'formats', 'replay', 'diagnose']
  const sources = rooms.map((room) => at('src', room)).filter((folder) => existsSync(folder))
  if (built > Math.max(changed(at('vite.config.ts')), changed(at('package-lock.json')), ...sources.map(newest))) return
  say('building the page …')
  run(at('node_modules', '.bin', 'vite'), ['build', '--logLevel', 'warn'], 'building the page')
}

/** Node could run the sources as they are, but takes 30 MiB more for it. */
function buildProgram() {
  const built = changed(at('dist', 'src', 'main.js'))
  if (built > Math.max(changed(at('tsconfig.build.json')), changed(at('package-lock.json')), newest(at('src')))) return
  say('building the program …')
  run(at('node_modules', '.bin', 'tsc'), ['-p', 'tsconfig.build.json'], 'building the program')
}

/** tap reads its plugin list when it is built; `npm ci` undoes that. */
function buildTestRunner() {
  const built = at('node_modules', '@tapjs', 'test', 'test-built', 'dist', 'esm', 'index.js')
  if (changed(built) > changed(at('.taprc')) && !readFileSync(built, 'utf8').includes('@tapjs/typescript')) return
  say('preparing the test runner …')
  run(at('node_modules', '.bin', 'tap'), ['build'], 'preparing the test runner')
}

if (Number(process.versions.node.split('.')[0]) < 20)
  stop(`needs Node 20 or later to start; this is ${process.version}.`)
install()
checkRuntime()
if (process.argv.includes('page')) buildPage()
if (process.argv.includes('program')) buildProgram()
if (process.argv.includes('tests')) buildTestRunner()
