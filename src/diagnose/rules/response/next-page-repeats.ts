// A page of a list that names itself as the next one: a client that follows it never comes to the end.
import { bodyMember, inSession, requestLine } from '../../evidence.ts'
import { asObject, asText, type JsonObject, pointerPart } from '../../json-value.ts'
import { clock, count } from '../../phrases.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

/** Members that hold what is to be sent for the next page, and objects they stand in. */
const cursors = /^(?:next_?(?:cursor|page|page_?token|token)|continuation_?token|end_?cursor)$/i
const holders = /^(?:meta|metadata|paging|pagination|page_?info|response_metadata|cursors|_?links)$/i
/** Parameters that ask for a page. */
const asked =
  /^(?:page(?:_?(?:no|num|number|token))?|(?:next_?|page_?|start_?)?cursor|(?:next_?|continuation_?)?token|after|next)$/i
/** Where a server also says whether there is more, its word counts. */
const more = /^(?:has_?more|has_?next(?:_?page)?|more|is_?truncated)$/i

type Next = { readonly pointer: string; readonly value: string }

const holdersOf = (body: JsonObject): readonly (readonly [at: string, holder: JsonObject])[] => [
  ['', body],
  ...Object.entries(body).flatMap(([name, value]) => {
    const inner = holders.test(name) ? asObject(value) : undefined
    return inner ? [[`/${pointerPart(name)}`, inner] as const] : []
  }),
]

/** A cursor that is the one this page was asked with, or an address that is its own. */
function nextOf(subject: Subject, body: JsonObject): Next | undefined {
  const { url } = subject.exchange.request
  for (const [at, holder] of holdersOf(body)) {
    for (const [name, value] of Object.entries(holder)) {
      const pointer = `${at}/${pointerPart(name)}`
      const address = name === 'next' ? (asText(value) ?? asText(asObject(value)?.href)) : undefined
      if (address !== undefined && /^(?:https?:\/)?\//.test(address) && URL.parse(address, url)?.href === url)
        return { pointer, value: address }
      const token = cursors.test(name) ? asText(value) : undefined
      if (token !== undefined && subject.query.some(({ name, value }) => value === token && asked.test(name)))
        return { pointer, value: token }
    }
  }
  return undefined
}

export const nextPageRepeats: Rule = {
  id: 'response/next-page-repeats',
  rank: 2,
  level: 'warning',
  title: 'The next page is this page again',
  summary:
    'Fires when a page of a list names as the next page the very cursor it was asked with, or its own address, and does not say that there is no more. A client that goes on until there is no next page goes round for ever.',
  references: [rfc(8288, '3.3', 'Relation Type')],
  needs: ['response-json'],
  on: 'success',
  scope: 'exchange',
  check(subject, context) {
    const body = asObject(subject.response?.value)
    if (subject.method !== 'GET' || subject.exchange.request.url.indexOf('?') < 0 || !body) return undefined
    const next = nextOf(subject, body)
    if (!next) return undefined
    if (
      holdersOf(body).some(([, holder]) =>
        Object.entries(holder).some(([name, value]) => more.test(name) && value === false),
      )
    )
      return undefined
    const earlier = context.sameRequest.slice(-5)
    return {
      confidence: 0.9,
      brief: 'Next page is this one',
      explanation: `This page was asked for with the cursor that it names as the next one, so whoever follows it gets the same page again.${
        earlier.length > 0 ? ` The client has asked for it ${count(context.sameRequest.length, 'time')} before.` : ''
      } Either the server hands out the cursor of this page instead of the next, or the page before this one was the last.`,
      evidence: [
        requestLine(subject, context),
        bodyMember('response.body', next.pointer, next.value, context),
        ...earlier.map((past) => inSession(`the same page at ${clock(past.time)}`, past.id)),
      ],
      related: earlier.map(({ id }) => id),
      fix: {
        kind: 'advice',
        text: 'End the loop when the cursor stays the same or a page is empty, and cap the number of pages; tell the provider of this answer.',
      },
    }
  },
  examples: [
    {
      name: 'a cursor that stays the same',
      fires: true,
      level: 'warning',
      exchanges: [
        {
          request: 'GET https://api.test/items?cursor=abc',
          status: 200,
          answer: { items: [1], next_cursor: 'abc', has_more: true },
          times: 3,
        },
      ],
    },
    {
      name: 'an address that is its own',
      fires: true,
      exchanges: [
        {
          request: 'GET https://api.test/items?page=2',
          status: 200,
          answer: { data: [1], links: { self: '/items?page=2', next: '/items?page=2' } },
        },
      ],
    },
    {
      name: 'a cursor that leads on',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/items?cursor=abc', status: 200, answer: { items: [1], next_cursor: 'abd' } },
      ],
    },
    {
      name: 'the end, with the cursor to come back with',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/sync?cursor=abc',
          status: 200,
          answer: { entries: [], next_cursor: 'abc', has_more: false },
        },
      ],
    },
    {
      name: 'another parameter that happens to be the next page’s number',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/items?page=1&per_page=2', status: 200, answer: { items: [1], next_page: 2 } },
      ],
    },
  ],
}
