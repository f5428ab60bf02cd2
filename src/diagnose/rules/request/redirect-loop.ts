// Redirects that lead in a circle, or on and on.
import type { Context } from '../../context.ts'
import { responseHeader, status } from '../../evidence.ts'
import type { Past } from '../../past.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

/** Most clients give up soon after this many. */
const tooMany = 5
const together = 30_000

export const redirectLoop: Rule = {
  id: 'request/redirect-loop',
  rank: 1,
  level: 'error',
  title: 'The redirects lead in a circle',
  summary: 'Fires when a chain of redirects comes back to an address it had passed, or has five links or more.',
  references: [rfc9110('15.4', 'Redirection 3xx')],
  needs: ['redirect'],
  scope: 'group',
  check(subject, context) {
    if (subject.status < 301 || subject.status > 308 || subject.status === 304) return undefined
    const target = targetOf(subject.response?.header('location'), subject.exchange.request.url)
    if (target === undefined) return undefined
    const chain = chainBefore(subject, context)
    const circle = chain.length > 0 && chain.some((past) => past.url === target && past.method === subject.method)
    if (!circle && chain.length + 1 < tooMany) return undefined
    return {
      title: circle
        ? 'The redirects come back to where they began'
        : `This is redirect number ${chain.length + 1} in a row`,
      brief: circle ? 'Redirects in a circle' : 'Too many redirects',
      explanation: circle
        ? `This response sends the client to ${target.split('?')[0]}, which had sent it here before. The client would go round until it gives up. A cookie that is not kept, or two rules that contradict each other (http and https, with and without www or slash), do this.`
        : `The client was sent on ${chain.length + 1} times in a row. Most clients give up about here.`,
      evidence: [
        status(subject),
        responseHeader(subject, 'Location', context),
        ...chain.slice(-4).map((past) => ({
          location: { at: 'response.status' as const },
          value: String(past.status),
          exchange: past.id,
        })),
      ],
      related: chain.map((past) => past.id),
      fix: {
        kind: 'advice',
        text: 'Ask the final address directly; on the server, look for two rewrite rules that undo each other.',
      },
    }
  },
  examples: [
    {
      name: 'two addresses that redirect to each other',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/a', status: 302, answerHeaders: { Location: '/b' } },
        { request: 'GET https://api.test/b', status: 302, answerHeaders: { Location: '/a' } },
      ],
      brief: 'Redirects in a circle',
    },
    {
      name: 'five in a row',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/1', status: 301, answerHeaders: { Location: '/2' } },
        { request: 'GET https://api.test/2', status: 301, answerHeaders: { Location: '/3' } },
        { request: 'GET https://api.test/3', status: 301, answerHeaders: { Location: '/4' } },
        { request: 'GET https://api.test/4', status: 301, answerHeaders: { Location: '/5' } },
        { request: 'GET https://api.test/5', status: 301, answerHeaders: { Location: '/6' } },
      ],
      brief: 'Too many redirects',
    },
    {
      name: 'http to https, then to the slash',
      fires: false,
      exchanges: [
        { request: 'GET http://api.test/a', status: 301, answerHeaders: { Location: 'https://api.test/a' } },
        { request: 'GET https://api.test/a', status: 301, answerHeaders: { Location: 'https://api.test/a/' } },
      ],
    },
    {
      name: 'the same redirect asked twice',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/a', times: 2, status: 302, answerHeaders: { Location: '/b' } }],
    },
  ],
}

function targetOf(location: string | undefined, base: string): string | undefined {
  return location !== undefined && URL.canParse(location, base) ? new URL(location, base).href : undefined
}

/** The redirects that led here, oldest first. */
function chainBefore(subject: Subject, context: Context): Past[] {
  const recent = context.redirects.filter(
    (past) => subject.time - past.time <= together && past.status >= 301 && past.status <= 308,
  )
  const chain: Past[] = []
  let url = subject.exchange.request.url
  let until = recent.length
  while (chain.length < 20) {
    const at = recent.findLastIndex((past, index) => index < until && leadsTo(past, url))
    const found = recent[at]
    if (!found) break
    chain.unshift(found)
    url = found.url
    until = at
  }
  return chain
}

function leadsTo(past: Past, url: string): boolean {
  const { outcome } = past.exchange
  const headers = outcome.state === 'complete' ? outcome.response.headers : []
  return targetOf(headers.find((line) => line.name.toLowerCase() === 'location')?.value, past.url) === url
}
