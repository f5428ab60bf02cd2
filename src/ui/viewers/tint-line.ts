// Colours one line of text by its language: spans of a class, in order, without overlaps.
import { stringEnd } from './list-json.ts'

export type Language = 'json' | 'markup' | 'css' | 'script' | 'graphql' | 'none'
export type Span = { readonly from: number; readonly to: number; readonly tint: string }

/** Lines beyond this many characters are shown plain: tinting them costs more than it helps. */
const longestTinted = 4000

type Pattern = { readonly tint: string; readonly expression: RegExp }
const patterns: { readonly [L in Exclude<Language, 'json' | 'none'>]: readonly Pattern[] } = {
  markup: [
    { tint: 'jc', expression: /<!--.*?(?:-->|$)/y },
    { tint: 'jp', expression: /<\/?|\/?>|<[!?]/y },
    { tint: 'js', expression: /"[^"]*"|'[^']*'/y },
    { tint: 'jn', expression: /&[#\w]+;/y },
  ],
  css: [
    { tint: 'jc', expression: /\/\*.*?(?:\*\/|$)/y },
    { tint: 'js', expression: /"[^"]*"|'[^']*'/y },
    { tint: 'jl', expression: /@[\w-]+|![\w-]+/y },
    { tint: 'jn', expression: /#[\da-f]{3,8}\b|-?\d*\.?\d+[a-z%]*/iy },
    { tint: 'jp', expression: /[{}:;,()]/y },
  ],
  script: [
    { tint: 'jc', expression: /\/\/.*$|\/\*.*?(?:\*\/|$)/y },
    { tint: 'js', expression: /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`?/y },
    {
      tint: 'jl',
      expression:
        /\b(?:async|await|break|case|catch|class|const|continue|default|delete|do|else|export|extends|false|finally|for|from|function|if|import|in|instanceof|let|new|null|of|return|static|super|switch|this|throw|true|try|typeof|undefined|var|void|while|yield)\b/y,
    },
    { tint: 'jn', expression: /\b\d[\w.]*/y },
    { tint: 'jp', expression: /[{}()[\];,.]/y },
  ],
  graphql: [
    { tint: 'jc', expression: /#.*$/y },
    { tint: 'js', expression: /"(?:[^"\\]|\\.)*"/y },
    { tint: 'jl', expression: /\b(?:query|mutation|subscription|fragment|on|true|false|null)\b|@\w+/y },
    { tint: 'jn', expression: /\$\w+|\b-?\d[\d.]*/y },
    { tint: 'jp', expression: /[{}()[\]:!=,.]/y },
  ],
}
const word = /[\w-]+|\s+/y

function jsonSpans(line: string): Span[] {
  const spans: Span[] = []
  let at = line.length - line.trimStart().length
  while (at < line.length) {
    const char = line[at] ?? ''
    if (char === '"') {
      const end = stringEnd(line, at)
      const to = end === -1 ? line.length : end
      spans.push({ from: at, to, tint: line.startsWith(': ', to) ? 'jk' : 'js' })
      at = to
    } else {
      const match = /[-\d][\d.eE+-]*|[a-z]+|[{}[\]:,]/y
      match.lastIndex = at
      const text = match.exec(line)?.[0]
      if (text)
        spans.push({
          from: at,
          to: at + text.length,
          tint: /^[-\d]/.test(text) ? 'jn' : /^[a-z]/.test(text) ? 'jl' : 'jp',
        })
      at += text?.length ?? 1
    }
  }
  return spans
}

export function tintLine(line: string, language: Language): Span[] {
  if (language === 'none' || line.length > longestTinted) return []
  if (language === 'json') return jsonSpans(line)
  const spans: Span[] = []
  let at = 0
  while (at < line.length) {
    let length = 0
    for (const { tint, expression } of patterns[language]) {
      expression.lastIndex = at
      const text = expression.exec(line)?.[0]
      if (!text) continue
      spans.push({ from: at, to: at + text.length, tint })
      length = text.length
      break
    }
    if (length === 0) {
      word.lastIndex = at
      length = word.exec(line)?.[0].length ?? 1
    }
    at += length
  }
  return spans
}
