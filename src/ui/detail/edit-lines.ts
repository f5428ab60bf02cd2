// A list of edits as the lines of a patch: what is taken away, what comes in its place, and what the user must fill in.
import type { Edit } from '../../exchange/edit.ts'
import { fieldValues, type Request } from '../../exchange/message.ts'

export type PatchLine = { readonly op: '-' | '+'; readonly name: string; readonly value: string }

const one = (op: PatchLine['op'], name: string, value: string): PatchLine => ({ op, name, value })

function query(request: Request, name: string): PatchLine[] {
  const url = URL.canParse(request.url) ? new URL(request.url) : undefined
  return (url?.searchParams.getAll(name) ?? []).map((value) => one('-', `?${name}`, value))
}

function linesOf(request: Request, edit: Edit): PatchLine[] {
  const old = (name: string) => fieldValues(request.headers, name).map((value) => one('-', name, value))
  switch (edit.op) {
    case 'set-header':
      return [...old(edit.name), one('+', edit.name, edit.value)]
    case 'remove-header':
      return old(edit.name)
    case 'set-query':
      return [...query(request, edit.name), one('+', `?${edit.name}`, edit.value)]
    case 'remove-query':
      return query(request, edit.name)
    case 'rename-query': {
      const gone = query(request, edit.name)
      return [...gone, ...gone.map(({ value }) => one('+', `?${edit.value}`, value))]
    }
    case 'set-json':
      return [one('+', edit.pointer, JSON.stringify(edit.value))]
    case 'remove-json':
      return [one('-', edit.pointer, '')]
    case 'set-method':
      return [one('-', 'method', request.method), one('+', 'method', edit.value)]
    case 'set-url':
      return [one('-', 'URL', request.url), one('+', 'URL', edit.value)]
    case 'set-path': {
      const path = URL.canParse(request.url) ? new URL(request.url).pathname : request.target
      return [one('-', 'path', path), one('+', 'path', edit.value)]
    }
    case 'set-body':
      return [one('+', 'body', 'text' in edit ? edit.text : `${edit.base64.length} characters of base64`)]
    default:
      return edit satisfies never
  }
}

export function patchLines(request: Request, edits: readonly Edit[]): PatchLine[] {
  return edits.flatMap((edit) => linesOf(request, edit))
}

/** `remembered`: the value stands in a recorded call and is put in when the request is sent. */
export type HolePiece = { readonly text: string; readonly hole: boolean; readonly remembered: boolean }

/** Text cut at its `{{holes}}`; a hole's text is the name of the value that is missing. */
export function holePieces(text: string): HolePiece[] {
  return text
    .split(/\{\{([^{}]+)\}\}/)
    .map((piece, i) => {
      const hole = i % 2 === 1
      const remembered = hole && /^secret:[0-9a-f]{8}$/.test(piece)
      return { text: remembered ? 'recorded value' : hole ? piece.trim() : piece, hole, remembered }
    })
    .filter(({ text: piece }) => piece !== '')
}
