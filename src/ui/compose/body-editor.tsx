// The text editor of a body: CodeMirror with JSON understood and its errors marked; loaded when first needed.
import { defaultKeymap, indentWithTab } from '@codemirror/commands'
import { json } from '@codemirror/lang-json'
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from '@codemirror/language'
import { type Diagnostic, linter, lintGutter } from '@codemirror/lint'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { Compartment, EditorState } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { listJson } from '../viewers/list-json.ts'

const theme = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'var(--surface-0)', color: 'var(--text-1)' },
  '.cm-scroller': { font: 'var(--t-code)', overflow: 'auto' },
  '.cm-gutters': {
    backgroundColor: 'var(--surface-0)',
    color: 'var(--text-3)',
    border: '0',
    font: 'var(--t-meta)',
    lineHeight: '20px',
  },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--surface-2)' },
  '.cm-cursor': { borderLeftColor: 'var(--text-1)' },
  '&.cm-focused': { outline: 'none' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--found) !important' },
  '.cm-matchingBracket': { backgroundColor: 'var(--accent-tint)', outline: '1px solid var(--accent-mid)' },
  '.cm-panels': { backgroundColor: 'var(--surface-1)', color: 'var(--text-1)', borderColor: 'var(--line)' },
  '.cm-panels input, .cm-panels button': { font: 'var(--t-ui)', color: 'inherit', background: 'var(--surface-0)' },
  '.cm-tooltip': { backgroundColor: 'var(--overlay)', color: 'var(--text-1)', border: '1px solid var(--line-strong)' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--error-mark) 1px',
    textUnderlineOffset: '3px',
  },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--error-mark)' },
})
const tints = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--code-key)' },
  { tag: tags.string, color: 'var(--code-string)' },
  { tag: tags.number, color: 'var(--code-number)' },
  { tag: [tags.bool, tags.null, tags.keyword], color: 'var(--code-literal)' },
  { tag: tags.punctuation, color: 'var(--code-punct)' },
])

/** Typing over a selection by the browser's own editing would leave styled elements behind, which the page forbids. */
const replaceTyped = EditorView.domEventHandlers({
  beforeinput: (event, view) => {
    const { selection } = view.state
    if (event.inputType !== 'insertText' || !event.data || view.composing || selection.main.empty) return false
    event.preventDefault()
    view.dispatch(view.state.replaceSelection(event.data), { userEvent: 'input.type', scrollIntoView: true })
    return true
  },
})

export type EditorLanguage = 'json' | 'text'
type Props = {
  readonly value: string
  readonly language: EditorLanguage
  readonly label: string
  readonly onValue: (value: string) => void
}

/** An unset `{{variable}}` is no JSON; where one stands outside a string the errors it causes would only confuse. */
const checkJson = ({ state: { doc } }: EditorView): Diagnostic[] => {
  const text = doc.toString()
  if (text.trim() === '' || /:\s*\{\{[^{}]*\}\}/.test(text)) return []
  const { problem } = listJson(text)
  if (!problem) return []
  const line = doc.line(Math.min(problem.line, doc.lines))
  const from = Math.min(line.from + problem.column - 1, line.to)
  return [{ from, to: Math.min(from + 1, doc.length), severity: 'error', message: problem.message }]
}

const languageOf = (language: EditorLanguage) =>
  language === 'json' ? [json(), linter(checkJson, { delay: 200 }), lintGutter()] : []

export function BodyEditor({ value, language, label, onValue }: Props) {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | undefined>(undefined)
  const told = useRef(onValue)
  told.current = onValue
  // What was told and has not come back yet: only a value from elsewhere (undo, laying out) may replace what is typed.
  const own = useRef(new Set([value]))
  const grammar = useRef(new Compartment())
  useLayoutEffect(() => {
    const element = host.current
    if (!element) return
    // In a shadow root the editor's styles are adopted sheets: the page's policy forbids style elements.
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' })
    const editor = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: value,
        extensions: [
          lineNumbers(),
          foldGutter(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          highlightSelectionMatches(),
          search({ top: true }),
          EditorView.lineWrapping,
          syntaxHighlighting(tints),
          theme,
          grammar.current.of(languageOf(language)),
          replaceTyped,
          EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false' }),
          // Undo belongs to the whole composer, so the editor keeps no history of its own; Esc then Tab leaves it.
          keymap.of([
            ...searchKeymap,
            ...foldKeymap,
            ...defaultKeymap.filter(({ key }) => key !== 'Mod-Enter'),
            indentWithTab,
          ]),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged) return
            const text = update.state.doc.toString()
            own.current.add(text)
            told.current(text)
          }),
        ],
      }),
    })
    view.current = editor
    return () => {
      editor.destroy()
      view.current = undefined
    }
  }, [])
  useLayoutEffect(() => {
    view.current?.dispatch({ effects: grammar.current.reconfigure(languageOf(language)) })
  }, [language])
  useLayoutEffect(() => {
    const editor = view.current
    if (!editor) return
    const text = editor.state.doc.toString()
    if (text === value) own.current = new Set([value])
    if (text === value || own.current.has(value)) return
    own.current = new Set([value])
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } })
  }, [value])
  return <div class="body-editor" ref={host} />
}
