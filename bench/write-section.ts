// Puts the results of one benchmark into bench/results.md, between its two markers, and leaves the rest as it is.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const heading =
  '# What was measured\n\nEach section is written by the benchmark of that name: `npm run bench -- NAME`.\n'

/** `name` is the benchmark's; the section is made at the end of the file where there is none yet. */
export function writeSection(name: string, lines: readonly string[]): void {
  const file = join(import.meta.dirname, 'results.md')
  const text = existsSync(file) ? readFileSync(file, 'utf8') : heading
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const section = `${open}\n${lines.join('\n').trim()}\n${close}`
  const [from, to] = [text.indexOf(open), text.indexOf(close)]
  const whole =
    from === -1 || to < from
      ? `${text.trimEnd()}\n\n## ${name}\n\n${section}\n`
      : text.slice(0, from) + section + text.slice(to + close.length)
  writeFileSync(file, whole)
}
