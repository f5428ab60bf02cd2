// What the composer holds besides its draft, and the sending of it; read at the moment of acting, for keys are faster than drawing.
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { ComposedRequest } from '../../api/contract.ts'
import { fromCurl } from '../../formats/from-curl.ts'
import { environment, say } from '../model.ts'
import { type Draft, draftOf } from './draft.ts'
import { type DraftHistory, draftHistory } from './draft-history.ts'
import { missingValues, requestOf } from './draft-request.ts'
import type { Sending } from './result-side.tsx'
import { finished, sendRequest } from './send-draft.ts'
import type { Outcome } from './send-many.ts'
import type { Start } from './start-draft.ts'

export type Extra = 'none' | 'curl' | 'save' | 'many'

export type Composing = {
  readonly history: DraftHistory
  /** Where the editing began: what is marked as edited differs from it. */
  readonly before: Signal<Draft>
  readonly known: ReadonlySignal<ReadonlyMap<string, string>>
  readonly filled: Signal<ReadonlyMap<string, string>>
  readonly sending: Signal<Sending>
  readonly extra: Signal<Extra>
  readonly curlProblem: Signal<string>
  fill(name: string, value: string): void
  /** Whether every value is there; otherwise says which are not. */
  ready(): boolean
  send(): Promise<void>
  /** The request with its variables as they are written, for keeping. */
  unfilled(): ComposedRequest
  sendOne(nth: number, signal: AbortSignal): Promise<Outcome>
  takeCurl(text: string): void
  /** Undo, redo and Send; answers whether the key was one of them. */
  takeKey(event: KeyboardEvent): boolean
  stop(): void
}

const newBoundary = () => `telltale-${crypto.randomUUID()}`

export function composing(start: Start): Composing {
  const history = draftHistory(start.draft)
  const before = signal<Draft>(start.draft)
  const filled = signal<ReadonlyMap<string, string>>(new Map())
  const sending = signal<Sending>({ state: 'idle' })
  const extra = signal<Extra>('none')
  const curlProblem = signal('')
  const known = computed<ReadonlyMap<string, string>>(
    () => new Map(environment.value?.variables.map(({ name, value }) => [name, value]) ?? []),
  )
  let running: AbortController | undefined

  const values = () => new Map([...filled.peek(), ...known.peek()])
  const refuse = (why: string) => {
    sending.value = { state: 'refused', why }
  }
  const ready = (): boolean => {
    const missing = missingValues(history.draft.peek(), values())
    if (missing.length === 0) return true
    refuse(`${missing.length === 1 ? 'A value is' : 'Values are'} missing: ${missing.join(', ')}.`)
    document.querySelector<HTMLInputElement>('.holes input')?.focus()
    return false
  }
  const request = () => requestOf(history.draft.peek(), values(), newBoundary())
  const send = async () => {
    if (sending.peek().state === 'sending' || !ready()) return
    const own = new AbortController()
    running?.abort()
    running = own
    sending.value = { state: 'sending', since: Date.now() }
    try {
      const id = await sendRequest(request())
      const detail = await finished(id, () => {}, own.signal)
      if (detail) sending.value = { state: 'done', detail }
    } catch (error) {
      if (!own.signal.aborted) refuse(error instanceof Error ? error.message : String(error))
    }
  }
  return {
    history,
    before,
    known,
    filled,
    sending,
    extra,
    curlProblem,
    fill(name, value) {
      filled.value = new Map(filled.peek()).set(name, value)
    },
    ready,
    send,
    unfilled: () => requestOf(history.draft.peek(), new Map(), newBoundary()),
    async sendOne(_, stopped) {
      const id = await sendRequest(request())
      const detail = await finished(id, () => {}, stopped)
      return { status: detail?.row.status ?? 0, duration: detail?.row.duration ?? 0 }
    },
    takeCurl(text) {
      const read = fromCurl(text)
      if ('error' in read) {
        curlProblem.value = read.error
        extra.value = 'curl'
        return
      }
      const next = draftOf(read.request)
      history.change(next)
      before.value = next
      extra.value = 'none'
      curlProblem.value = ''
      document.querySelector<HTMLInputElement>('.composer-frame .url-field input')?.focus()
      say(read.notes.length > 0 ? `Filled in from cURL. ${read.notes.join(' ')}` : 'Filled in from cURL')
    },
    takeKey({ ctrlKey, metaKey, shiftKey, key }) {
      if (!ctrlKey && !metaKey) return false
      if (key === 'Enter') void send()
      else if (!shiftKey && key.toLowerCase() === 'z') history.undo()
      else if ((shiftKey && key.toLowerCase() === 'z') || key === 'y') history.redo()
      else return false
      return true
    },
    stop() {
      running?.abort()
    },
  }
}
