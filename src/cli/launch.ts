// Starts the whole: lock, authority, wire, desk; owns restarts of the desk and the orderly end. Shared by start, run and check.
import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { DeskSettings, DeskToWire, WireToDesk } from '../bridge/messages.ts'
import { createOutbox } from '../bridge/outbox.ts'
import { releaseAtRest } from '../bridge/release-at-rest.ts'
import type { Session } from '../exchange/session.ts'
import { limits, type Options, refusal } from '../options.ts'
import { loadAuthority } from '../proxy/authority.ts'
import { createWire } from '../proxy/wire.ts'
import { type LockInfo, lockDataDir } from '../store/lock.ts'
import { boundYoungGeneration, deskMemory } from './bound-memory.ts'
import { type CommandEnvironment, type Places, places, runLine } from './command.ts'
import { compiledThread } from './compile-cache.ts'
import { openFilesNotice } from './open-files.ts'
import { inDataDir, prepareDataDir, readToken, unusable } from './prepare-data-dir.ts'
import { wireSettings } from './wire-options.ts'

export type Launched = {
  readonly proxyUrl: string
  /** Reverse listeners with ports of their own, and where each leads. */
  readonly reverse: readonly { readonly url: string; readonly to: string }[]
  readonly uiUrl: string
  readonly token: string
  /** The page's address with a one-time code in its fragment. */
  readonly pageLink: string
  readonly caFile: string
  readonly places: Places
  readonly session: Session
  /** Sentences that were said while starting. */
  readonly notices: readonly string[]
  close(): Promise<void>
}

export type LaunchTools = {
  /** A sentence for the terminal, also after the start. */
  readonly say: (text: string) => void
  readonly session?: Partial<Session>
}

/** ms since the end began: until the desk is told, until it stops trying to write to the store, until it is not waited for. */
const closingMs = { wire: 300, store: 900, desk: 2400 }

/** Characters, as for a session that is renamed. */
const longestName = 200

/** Desk restarts allowed within a minute; more means that it cannot run. */
const maxRestarts = 3

export async function launch(options: Options, environment: CommandEnvironment, tools: LaunchTools): Promise<Launched> {
  const place = places(options, environment)
  // Read everything that may be wrong before anything is opened.
  const settings = wireSettings(options, environment)
  const sessionName = options.text('session')?.trim() ?? ''
  if (sessionName.length > longestName) throw refusal(`--session takes a name of at most ${longestName} characters.`, 2)
  prepareDataDir(place.dataDir)
  boundYoungGeneration()
  releaseAtRest()
  const startedAt = new Date().toISOString()
  const info: LockInfo = { pid: process.pid, startedAt, ui: '', proxy: '' }
  const lock = inDataDir(place.dataDir, () => lockDataDir(place.dataDir, info))
  if ('owner' in lock) {
    const { pid, ui } = lock.owner
    throw refusal(
      `Telltale already runs on ${place.dataDir} (process ${pid}${ui ? `, page ${ui}` : ''}); stop it, or choose another --data-dir.`,
    )
  }
  const undo: (() => Promise<void> | void)[] = [() => lock.release()]
  let closing = false
  try {
    const authority = loadAuthority(place.certsDir, { repair: !options.given('certs') })
    const notices = [...authority.notices]
    const fewFiles = openFilesNotice()
    if (fewFiles) notices.push(fewFiles)
    for (const notice of notices) tools.say(notice)
    const token = inDataDir(place.dataDir, () => readToken(place.tokenFile))
    const session: Session = {
      id: `${Date.now().toString(36)}${randomBytes(4).toString('hex')}`,
      name: sessionName || defaultName(environment.cwd, startedAt),
      startedDateTime: startedAt,
      cwd: environment.cwd,
      kind: 'capture',
      ...tools.session,
    }
    let post: (message: WireToDesk, transfer?: ArrayBuffer[]) => void = () => undefined
    const outbox = createOutbox((message, transfer) => post(message, transfer), {
      sessionId: session.id,
      maxOctets: limits.outboxOctets,
    })
    const wire = createWire(settings, outbox, authority)
    undo.unshift(() => wire.close())
    const [bound, ...others] = await wire.listen()
    if (!bound) throw refusal('The proxy could not open a port.')
    const proxyUrl = urlOf(bound)
    const ways = settings.modes.filter((mode) => mode.kind === 'reverse' && mode.port !== undefined)
    const reverse = others.map((one, index) => ({ url: urlOf(one), to: (ways[index] as { url: string }).url }))

    const deskSettings = (uiPort: number, fixed: boolean): DeskSettings => ({
      version: environment.version,
      dataDir: place.dataDir,
      session,
      uiHost: '127.0.0.1',
      uiPort,
      uiPortFixed: fixed,
      proxyUrl,
      caFile: authority.caFile,
      runLine: runLine(place, options, environment),
      pageDir: place.pageDir,
      token,
      maxContent: options.number('max-content'),
      maxStore: options.number('max-store'),
      maxExchanges: options.number('max-exchanges'),
      durable: options.flag('durable'),
    })

    let worker: Worker | undefined
    undo.unshift(async () => void (await worker?.terminate()))
    let stopped: () => void = () => undefined
    const restarts: number[] = []

    function startDesk(data: DeskSettings): Promise<{ uiUrl: string; code: string }> {
      return new Promise((resolve, reject) => {
        const desk = new Worker(
          new URL(import.meta.url.endsWith('.ts') ? '../desk.ts' : '../desk.js', import.meta.url),
          { workerData: data, resourceLimits: deskMemory, ...compiledThread() },
        )
        worker = desk
        let up = false
        desk.on('message', (message: DeskToWire) => {
          if (message.type === 'ready') {
            up = true
            post = (toDesk, transfer) => desk.postMessage(toDesk, transfer)
            resolve(message)
          } else if (message.type === 'unusable') {
            // A sentence of ours ends with a full stop; what the system said is put into one.
            reject(message.message.endsWith('.') ? refusal(message.message) : unusable(place.dataDir, message.message))
            if (post === dropped) void desk.terminate()
          } else if (message.type === 'taken') outbox.taken(message.sequence)
          else if (message.type === 'recording') outbox.setRecording(message.on)
          else if (message.type === 'say') tools.say(message.text)
          else if (message.type === 'stopped') stopped()
          else
            wire.send(message.request).then(
              (id) => post({ type: 'sent', call: message.call, id }),
              (error: Error) => post({ type: 'sent', call: message.call, error: error.message }),
            )
        })
        desk.on('error', (error) => reject(error))
        desk.on('exit', () => {
          stopped()
          reject(refusal('The desk ended before it was ready.'))
          // One that never stood has not crashed: whoever waits for it has been told.
          if (up && !closing && worker === desk && post !== dropped) crashed(data)
        })
      })
    }

    const dropped = (): void => outbox.lost()
    /** A crash of the desk stops recording, not proxying. */
    function crashed(data: DeskSettings): void {
      if (closing) return
      post = dropped
      outbox.lost()
      const now = performance.now()
      while (restarts.length > 0 && (restarts[0] ?? 0) < now - 60_000) restarts.shift()
      if (restarts.length >= maxRestarts) {
        tools.say(
          'The recorder crashed again and stays off; traffic still flows, nothing more is recorded. Start Telltale anew.',
        )
        return
      }
      restarts.push(now)
      tools.say('The recorder crashed; traffic still flows. Starting it again …')
      startDesk(data).then(
        () => tools.say('The recorder runs again; what passed meanwhile is missing.'),
        () => crashed(data),
      )
    }

    const uiPort = options.number('ui-port')
    const queued: WireToDesk[] = []
    post = (message) => queued.push(message)
    const ready = await startDesk(deskSettings(uiPort, options.given('ui-port') && uiPort !== 0))
    for (const message of queued) post(message)
    const port = Number(new URL(ready.uiUrl).port)
    wire.forbid([{ port }])
    lock.update({ ...info, ui: ready.uiUrl, proxy: proxyUrl })
    const statusTimer = setInterval(() => {
      if (post !== dropped) post({ type: 'wire-status', status: wire.status() })
    }, 1000)
    statusTimer.unref()
    // From now on a restarted desk must take the same port: the page is waiting there.
    const again = deskSettings(port, true)
    worker?.removeAllListeners('exit')
    worker?.on('exit', () => {
      stopped()
      if (!closing) crashed(again)
    })

    // A fault in one exchange, or in Node itself (its stream over stream asserts when a peer vanishes), must not end the others.
    const contain = (error: unknown): void =>
      tools.say(`Inside Telltale: ${error instanceof Error ? error.message.split('\n')[0] : error}`)
    process.on('uncaughtException', contain)

    for (const [name, url] of [
      ['port', proxyUrl],
      ['ui-port', ready.uiUrl],
    ] as const) {
      const taken = Number(new URL(url).port)
      if (!options.given(name) && taken !== options.number(name))
        tools.say(`port ${options.number(name)} is in use, so ${taken} was taken.`)
    }

    return {
      proxyUrl,
      reverse,
      uiUrl: ready.uiUrl,
      token,
      pageLink: `${ready.uiUrl}/#code=${ready.code}`,
      caFile: authority.caFile,
      places: place,
      session,
      notices,
      async close() {
        closing = true
        clearInterval(statusTimer)
        const begun = Date.now()
        // What runs is ended and told at once; a client that reads slowly may have a little longer than the desk waits for.
        const closed = wire.close()
        await Promise.race([closed, wait(closingMs.wire, undefined, { ref: false })])
        outbox.flush()
        if (post !== dropped) {
          const done = new Promise<boolean>((resolve) => {
            stopped = () => resolve(true)
          })
          post({ type: 'stop', until: begun + closingMs.store })
          if (!(await Promise.race([done, wait(begun + closingMs.desk - Date.now(), false, { ref: false })])))
            tools.say('The recorder did not end in time; what it had not kept yet is lost.')
        }
        await closed
        await worker?.terminate()
        lock.release()
        process.off('uncaughtException', contain)
      },
    }
  } catch (error) {
    closing = true
    for (const step of undo) await step()
    throw error
  }
}

const urlOf = ({ host, port }: { readonly host: string; readonly port: number }): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`

/** `checkout-service, 22 Nov 14:02`: where, and when. */
function defaultName(cwd: string, startedAt: string): string {
  const folder = cwd.split(/[\\/]/).filter(Boolean).at(-1) ?? 'capture'
  const when = new Date(startedAt).toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  })
  return `${folder}, ${when}`
}
