// Something on the way forbids this connection: no route, a local firewall, or a web filter's own page.

import { status } from '../../evidence.ts'
import { failureCause, failureEvidence } from '../../failure-cause.ts'
import type { Evidence } from '../../finding.ts'
import { inside } from '../../html-page.ts'
import { type Protection, protectionPage } from '../../protection-page.ts'
import type { Rule, Verdict } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

const filterPage =
  /blocked by|web ?filter|zscaler|fortinet|fortiguard|forcepoint|sophos|barracuda|cisco umbrella|palo alto networks|access to this (?:site|page|web ?site) (?:is|has been) (?:blocked|denied)/i

export const blocked: Rule = {
  id: 'network/blocked',
  rank: 1,
  level: 'error',
  title: 'The network blocks this connection',
  summary:
    'Fires when there is no route or no permission to connect (EHOSTUNREACH, ENETUNREACH, EACCES, EPERM), and on the page of a web filter in place of the API’s answer.',
  references: [
    {
      title: 'RFC 1122 §3.2.2.1: Destination Unreachable',
      url: 'https://www.rfc-editor.org/rfc/rfc1122#section-3.2.2.1',
    },
  ],
  needs: ['failure-or-page'],
  scope: 'exchange',
  check(subject) {
    const { host, port } = subject.exchange.server
    if (failureCause(subject) === 'local-limit') {
      return {
        title: 'This machine has no room left for another connection',
        brief: 'Local limit reached',
        explanation: `The operating system refused to open another connection (${subject.failure?.code}): a limit of open files, sockets or memory of this machine is reached. The API was never asked.`,
        evidence: failureEvidence(subject),
        fix: { kind: 'advice', text: 'Raise the limit (ulimit -n), or let the client open fewer connections at once.' },
      }
    }
    if (failureCause(subject) === 'unreachable') {
      if (subject.failure?.code === 'ECONNRESET') return cutAtOnce(subject)
      const local = /^E(?:ACCES|PERM|ADDRNOTAVAIL|INVAL)$/.test(subject.failure?.code ?? '')
      return {
        title: `${host}:${port} cannot be reached from here`,
        brief: local ? 'Blocked on this machine' : 'No route to the host',
        explanation: local
          ? `The operating system of this machine did not allow the connection to ${host}:${port}: a local firewall, a sandbox or a policy forbids it.`
          : `A router or this machine itself answered that there is no way to ${host}: the network has no route there, a firewall rejects it, or the VPN it needs is off.`,
        evidence: failureEvidence(subject),
        fix: {
          kind: 'advice',
          text: local
            ? 'Look at the firewall and sandbox rules of this machine for the program that runs Telltale.'
            : 'Check the network, the VPN and the firewall between this machine and the host.',
        },
      }
    }
    const protection = protectionPage(subject)
    if (protection) return protectedBy(protection, host, status(subject))
    const { response } = subject
    if (!response || (subject.status !== 403 && subject.status !== 200) || response.truncated) return undefined
    if (!response.mediaType.includes('html') || !/^\s*<(?:!doctype html|html)/i.test(response.text)) return undefined
    const accept = subject.request.header('accept') ?? ''
    if (/text\/html/i.test(accept) || subject.request.header('sec-fetch-mode') === 'navigate') return undefined
    const page = response.text.slice(0, 20_000)
    // An article may name a filter; a filter's own page says so in its title or heading.
    const found = filterPage.exec(subject.status === 200 ? `${inside(page, 'title')} ${inside(page, 'h1')}` : page)
    if (!found) return undefined
    return {
      level: subject.outcome.is === 'failure' ? 'error' : 'warning',
      title: `A web filter answered in place of ${host}`,
      brief: 'Blocked by a web filter',
      explanation: `This page was not written by ${host}: a filter between this machine and the API answered with its own notice (“${found[0]}”). The request never arrived.`,
      evidence: [status(subject), { location: { at: 'response.body' }, value: found[0] }],
      fix: { kind: 'advice', text: `Ask whoever runs the network to allow ${host}, or use another network.` },
    }
  },
  examples: [
    {
      name: 'no route to the host',
      fires: true,
      primary: true,
      exchanges: [{ request: 'GET https://10.9.9.9/', failure: { phase: 'connect', code: 'EHOSTUNREACH' } }],
      brief: 'No route to the host',
    },
    {
      name: 'the page of a web filter with status 403',
      fires: true,
      exchanges: [
        {
          request: 'GET https://api.test/items',
          headers: { Accept: 'application/json' },
          status: 403,
          answerHeaders: { 'Content-Type': 'text/html' },
          answer: '<html><body><h1>Web Page Blocked</h1>Blocked by FortiGuard Web Filter</body></html>',
        },
      ],
      brief: 'Blocked by a web filter',
    },
    {
      name: 'cut in the very moment of connecting',
      fires: true,
      exchanges: [{ request: 'GET https://api.test/', failure: { phase: 'connect', code: 'ECONNRESET' } }],
      brief: 'Cut while connecting',
    },
    {
      name: 'a bot check in front of the API',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'GET https://api.test/items',
          headers: { Authorization: 'Bearer tok_live_5f3a9c1e7b2d4860' },
          status: 403,
          answerHeaders: { 'Content-Type': 'text/html', Server: 'cloudflare', 'cf-mitigated': 'challenge' },
          answer: '<!DOCTYPE html><title>Just a moment...</title>Enable JavaScript and cookies to continue',
        },
      ],
      brief: 'Bot check in the way',
    },
    {
      name: 'an API that refuses with its own words',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/items',
          status: 403,
          answer: { message: 'Your account is blocked by an admin' },
        },
      ],
    },
    {
      name: 'a program reading an article about filters',
      fires: false,
      exchanges: [
        {
          request: 'GET https://news.test/a',
          status: 200,
          answerHeaders: { 'Content-Type': 'text/html' },
          answer:
            '<html><head><title>News</title></head><body>How Zscaler works, and what is blocked by it</body></html>',
        },
      ],
    },
    {
      name: 'a person reading an article about filters',
      fires: false,
      exchanges: [
        {
          request: 'GET https://news.test/a',
          headers: { Accept: 'text/html' },
          status: 200,
          answerHeaders: { 'Content-Type': 'text/html' },
          answer: '<html><body>How Zscaler works</body></html>',
        },
      ],
    },
  ],
}

/** A reset in answer to the very attempt to connect: hosts that are up refuse, or accept; only something between cuts. */
function cutAtOnce(subject: Subject): Verdict {
  const { host, port } = subject.exchange.server
  return {
    confidence: 0.75,
    title: `The connection to ${host}:${port} was cut as it was made`,
    brief: 'Cut while connecting',
    explanation: `The attempt to connect to ${host}:${port} was answered with a reset. A host that is up accepts or refuses; a reset at this moment comes from something between, such as a firewall that does not want this connection.`,
    evidence: failureEvidence(subject),
    fix: {
      kind: 'advice',
      text: `Try another network, and ask whoever runs this one whether ${host}:${port} is blocked.`,
    },
  }
}

/** A site's own shield: it looks at address, TLS and behaviour, never at credentials. */
function protectedBy({ product, challenge, evidence }: Protection, host: string, answer: Evidence): Verdict {
  return {
    confidence: 0.95,
    title: challenge
      ? `${product} wants a browser to prove itself before ${host} answers`
      : `${product} blocked this client before ${host}`,
    brief: challenge ? 'Bot check in the way' : 'Blocked by a protection',
    explanation: `${product}, which protects ${host}, answered in its place${
      challenge ? ' with a check that only a browser can pass' : ' and refused this client'
    }. It judges address, TLS and behaviour, not credentials: the API never saw the request, and other credentials would not help.`,
    evidence: [answer, evidence],
    fix: {
      kind: 'advice',
      text: 'Use the address meant for API clients, ask the provider to allow this client, and send an honest User-Agent; a proxy or a cloud network as the source often triggers this.',
    },
  }
}
