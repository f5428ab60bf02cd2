// The command line's grammar: what is understood, and the one sentence for what is not.
import t from 'tap'
import { describeOptions, type OptionName, options, parseSize, proxyOptions, readOptions } from '../src/options.ts'

const refused = (args: readonly string[], allowed: readonly OptionName[] = proxyOptions): string => {
  try {
    readOptions(args, allowed)
    return ''
  } catch (error) {
    t.equal((error as { exitStatus?: number }).exitStatus, 2)
    return (error as Error).message
  }
}

t.test('values, defaults, repetition and the rest', async (t) => {
  const read = readOptions(
    ['-p', '0', '--insecure', 'a.test', '--insecure=*.b.test', '--json', '--', 'npm', '--json'],
    proxyOptions,
  )
  t.equal(read.number('port'), 0)
  t.equal(read.number('ui-port'), 8081)
  t.ok(read.given('port'))
  t.notOk(read.given('ui-port'))
  t.same(read.list('insecure'), ['a.test', '*.b.test'])
  t.ok(read.flag('json'))
  t.same(read.rest, ['npm', '--json'])
  t.equal(read.number('max-content'), 8 * 1024 * 1024)
})

t.test('sizes', async (t) => {
  for (const [text, octets] of [
    ['500', 500],
    ['500k', 512000],
    ['8MiB', 8388608],
    ['1.5G', 1610612736],
    ['2mb', 2097152],
  ] as const)
    t.equal(parseSize(text), octets, text)
  for (const text of ['', 'k', '-1', '1x', 'NaN']) t.equal(parseSize(text), undefined, `"${text}"`)
})

t.test('mistakes get one sentence that names them', async (t) => {
  t.match(refused(['--porrt', '1']), /no option --porrt here/)
  t.match(refused(['--insec', 'a']), /did you mean --insecure/)
  t.match(refused(['--zzz']), /no option --zzz/)
  t.match(refused(['--port']), /port.*needs a value/)
  t.match(refused(['--port', 'abc']), /takes a port from 0 to 65535, not "abc"/)
  t.match(refused(['--port', '70000']), /0 to 65535/)
  t.match(refused(['--max-content', 'big']), /a size such as 8MiB/)
  t.match(refused(['--json=yes']), /--json takes no value/)
  for (const args of [['--port'], ['--zzz'], ['--json=1']]) t.notMatch(refused(args), /\n/)
})

t.test('help names every option it allows', async (t) => {
  const text = describeOptions(proxyOptions)
  for (const name of proxyOptions) t.ok(text.includes(`--${name}`), name)
  t.ok(Object.values(options).every((option) => option.help.length > 3))
})
