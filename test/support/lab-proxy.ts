// The real wire, the real fold and the real rules in one process: traffic goes in by sockets, findings come out.
import { createHash } from 'node:crypto'
import { createDiagnosis } from '../../src/diagnose/diagnose.ts'
import type { Finding } from '../../src/diagnose/finding.ts'
import type { Observed } from '../../src/diagnose/observed.ts'
import { type Exchange, responseOf } from '../../src/exchange/exchange.ts'
import type { Content } from '../../src/exchange/message.ts'
import type { WireSettings } from '../../src/proxy/wire-settings.ts'
import { decodeNow } from '../../src/store/content.ts'
import { startWire, type WireHouse } from './wire-house.ts'

export type Judged = { readonly exchange: Exchange; readonly observed: Observed; readonly findings: readonly Finding[] }

export type LabProxy = {
  readonly port: number
  readonly caPem: string
  readonly house: WireHouse
  /** Waits until `count` exchanges that belong to a case are over, diagnoses them in their order, and answers all. */
  judge(belongs: (exchange: Exchange) => boolean, count: number, wanted?: readonly string[]): Promise<readonly Judged[]>
  close(): Promise<void>
}

const hash = (octets: Uint8Array | string) => createHash('sha256').update(octets).digest('hex')
/** Octets of decoded content that rules look at. */
const cap = 4 * 1024 * 1024

const isOver = ({ outcome }: Exchange): boolean => outcome.state === 'complete' || outcome.state === 'failed'
const endOf = ({ startedDateTime, marks }: Exchange): number => Date.parse(startedDateTime) + (marks.end ?? 0)

/** Time limits of the lab are short, so that faults which are silence end soon. */
export async function startLabProxy(settings: Partial<WireSettings> = {}): Promise<LabProxy> {
  const limits = { connectMs: 800, handshakeMs: 800, responseMs: 1200 }
  const house = await startWire({ limits, ...settings })

  function observedOf(exchange: Exchange): Observed {
    const side = (content: Content | undefined, name: 'request' | 'response') => {
      if (!content || content.kept === 'none') return undefined
      const wire = house.content(exchange.id, name)
      const { octets, error } = decodeNow(wire, content.codings, cap)
      return { wire, octets: error === undefined ? octets : wire, error }
    }
    const request = side(exchange.request.content, 'request')
    const response = side(responseOf(exchange)?.content, 'response')
    return {
      exchange,
      ...(request ? { request: request.octets, requestWire: request.wire } : {}),
      ...(response ? { response: response.octets, responseWire: response.wire } : {}),
      ...(request?.error === undefined ? {} : { requestDecodeError: request.error }),
      ...(response?.error === undefined ? {} : { responseDecodeError: response.error }),
    }
  }

  async function over(belongs: (exchange: Exchange) => boolean, count: number): Promise<Exchange[]> {
    const limit = Date.now() + 20_000
    for (;;) {
      house.outbox.flush()
      const found = house.exchanges().filter((exchange) => belongs(exchange) && isOver(exchange))
      if (found.length >= count) return found.toSorted((a, b) => endOf(a) - endOf(b))
      if (Date.now() > limit) {
        const seen = house.exchanges().filter(belongs)
        throw new Error(
          `${found.length} of ${count} exchanges are over: ${JSON.stringify(seen.map((one) => one.outcome))}`,
        )
      }
      await new Promise((done) => setTimeout(done, 10))
    }
  }

  return {
    port: house.port,
    caPem: house.authority.caPem,
    house,
    async judge(belongs, count, wanted = []) {
      const failures: string[] = []
      const diagnosis = createDiagnosis(
        { hash, now: Date.now, onRuleFailure: (rule, _id, error) => failures.push(`${rule}: ${error}`) },
        { wanted },
      )
      const exchanges = await over(belongs, count)
      const all = exchanges.map(observedOf)
      const found = new Map<string, readonly Finding[]>()
      for (const observed of all)
        for (const { exchangeId, findings } of diagnosis.observe(observed)) found.set(exchangeId, findings)
      if (failures.length > 0) throw new Error(failures.join('; '))
      return all.map((observed) => ({
        exchange: observed.exchange,
        observed,
        findings: found.get(observed.exchange.id) ?? [],
      }))
    },
    close: () => house.close(),
  }
}
