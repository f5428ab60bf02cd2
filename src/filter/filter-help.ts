// The help of the filter language, for docs/filter.md and the popover beside the filter field.
import { type Property, properties } from './properties.ts'

/** One line of the popover: what to type and what it finds. */
export type HelpLine = { readonly example: string; readonly help: string }

export const grammarHelp: readonly HelpLine[] = [
  {
    example: 'users',
    help: 'A bare word: the URL contains it; with the switch Everywhere, field lines, content or a message do. Case never matters.',
  },
  { example: '"two words"', help: 'In quotes: spaces, parentheses and signs are part of the text; `\\"` is a quote.' },
  { example: '/v\\d+\\/users/', help: 'Between slashes: a regular expression for the URL. Write a space as `\\s`.' },
  {
    example: 'domain:api.test status:5xx',
    help: 'Terms beside each other must all be true; `AND` may stand between them.',
  },
  { example: 'status:401 OR status:403', help: 'One of them is enough. AND binds before OR.' },
  { example: '-type:image', help: 'A minus (or `NOT`) in front: must not be true.' },
  { example: '(is:failed OR status>=500) -mark:1', help: 'Parentheses group.' },
  { example: 'status:401,403', help: 'Several values of one property: one of them is enough.' },
  { example: 'body:/err(or)?_\\d+/', help: 'A regular expression for the value of a property; also `path~/…/`.' },
  {
    example: 'domain=localhost:3000',
    help: '`:` is the property’s usual way of matching, `=` the whole value, `!=` the opposite.',
  },
]

function names({ name, aliases }: Property): string {
  const also = aliases.map((alias) => `\`${alias}\``).join(', ')
  return also === '' ? `\`${name}\`` : `\`${name}\` (${also})`
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

/** docs/filter.md, whole. */
export function filterHelp(): string {
  const values = properties.filter((property) => property.type === 'word')
  return [
    '# The filter language',
    '',
    'One language for the filter field of the page, `telltale list FILTER`, `telltale export FILTER` and the `filter=` parameter of the API.',
    'This page is made from the table in `src/filter/property-table.ts`; a test keeps it equal.',
    '',
    '## Putting terms together',
    '',
    row(['Example', 'Meaning']),
    row(['---', '---']),
    ...grammarHelp.map(({ example, help }) => row([`\`${example}\``, help])),
    '',
    '## Properties',
    '',
    row(['Property (also)', 'Example', 'Meaning']),
    row(['---', '---', '---']),
    ...properties.map((property) => row([names(property), `\`${property.example}\``, property.help])),
    '',
    '`larger-than`, `smaller-than`, `slower-than` and `faster-than` are comparisons by themselves.',
    '',
    '## Fixed values',
    '',
    ...values.map(
      (property) => `- \`${property.name}:\` ${property.values?.map((value) => `\`${value}\``).join(', ')}`,
    ),
    '',
    '## Good to know',
    '',
    '- Sizes: `500`, `10k`, `1.5mb`, `64ki`. Durations: `300ms` (or `300`), `2s`, `1m`.',
    '- `header:NAME` finds the field; `header:NAME=text` a part of its value; `header:x-*` any field whose name begins so.',
    '- URLs are found through an index. `body:`, `message:`, `everywhere:`, `header:` and regular expressions look at one exchange after the other, newest first; results appear while the search runs, which rests when nobody asks for it any more.',
    '- Everywhere is a switch beside the field and `--everywhere` in the terminal: each bare word `users` then means `everywhere:users`, each `/…/` `everywhere~/…/`.',
    '- In a terminal put the filter in single quotes, or the shell takes `>`, `(`, `*`, `!` and double quotes for its own: `telltale list \'body:"two words" size>1k\'`.',
    '- Content is searched after content coding was removed, and as it was kept: what was cut or shed is not found.',
    '- Regular expressions run in time proportional to the text, whatever the pattern. For that they know no references back and no looking ahead or behind. One that has far too much to do for each character is stopped after some 50 ms, and the search says so.',
    '- `AND`, `OR` and `NOT` are written in capitals (also `&&`, `||`, `!`): `or` is a word to look for.',
    '- `localhost:3000` and `page=2` are bare words. Where a word looks like a property, put it in quotes.',
    '- A mistake is shown at its place in the text; nothing is filtered until it is mended.',
    '',
  ].join('\n')
}
