// Makes the subject of a diagnosis from an observed exchange and what the history has learned.
import { type Exchange, responseOf } from '../exchange/exchange.ts'
import type { Failure } from '../exchange/failure.ts'
import { type Credential, credentialsOf } from './credentials.ts'
import type { EndpointKey } from './endpoint-key.ts'
import { endpointOf } from './endpoint-of.ts'
import { extractError } from './extract-error.ts'
import type { ExtractedError } from './extracted-error.ts'
import { type Jwt, readJwt } from './jwt.ts'
import type { Learned } from './learned.ts'
import type { Observed } from './observed.ts'
import { type Pair, queryOf, readPairs } from './pairs.ts'
import { isScrubbed } from './scrubbed.ts'
import { judgeOutcome, type SemanticOutcome } from './semantic-outcome.ts'
import { readSide, type Side } from './side.ts'
import { authorityEnd, type Site, siteOf } from './site.ts'
import type { Subject } from './subject.ts'

/** Characters of an error that word lists look at. */
const maxWords = 4000
const none: readonly never[] = []

/** What a subject reads of itself is made when first asked for. A class, because nothing else makes objects so fast. */
class ReadSubject implements Subject {
  declare readonly exchange: Exchange
  declare readonly id: string
  declare readonly time: number
  declare readonly method: string
  declare readonly site: Site | undefined
  declare readonly origin: string
  declare readonly host: string
  declare readonly path: string
  declare readonly request: Side
  declare readonly response: Side | undefined
  declare readonly status: number
  declare readonly failure: Failure | undefined
  declare readonly messages: Subject['messages']
  declare readonly duration: number | undefined
  declare readonly live: boolean
  declare readonly imported: boolean
  declare readonly headersStripped: boolean
  declare readonly whole: boolean
  declare private readonly learned: Learned
  /** Those that may be undefined once made are wrapped. */
  declare private madeUrl: { readonly is: URL | undefined } | undefined
  declare private madeQuery: readonly Pair[] | undefined
  declare private madeForm: { readonly is: readonly Pair[] | undefined } | undefined
  declare private madeCredentials: readonly Credential[] | undefined
  declare private madeJwts: readonly Jwt[] | undefined
  declare private madeScrubbed: boolean | undefined
  declare private madeError: { readonly is: ExtractedError | undefined } | undefined
  declare private madeErrorText: string | undefined
  declare private madeOutcome: SemanticOutcome | undefined
  declare private madeEndpoint: EndpointKey | undefined

  constructor(observed: Observed, learned: Learned) {
    const { exchange } = observed
    const { request, server, origin, outcome } = exchange
    const answer = responseOf(exchange)
    const end = authorityEnd(request.url)
    const site = siteOf(request.url, end)
    const asked = readSide(request, observed.request, observed.requestWire, observed.requestDecodeError)
    const answered =
      answer && answer.status > 0
        ? readSide(answer, observed.response, observed.responseWire, observed.responseDecodeError)
        : undefined
    this.exchange = exchange
    this.id = exchange.id
    this.time = Date.parse(exchange.startedDateTime)
    this.method = request.method
    this.site = site
    this.origin = site ? site.origin : `${server.host}:${server.port}`
    this.host = site ? site.hostname : server.host
    this.path = pathOf(request.url, end)
    this.request = asked
    this.response = answered
    this.status = answered && answer ? answer.status : 0
    this.failure = outcome.state === 'failed' ? outcome.failure : undefined
    this.messages = exchange.kind === 'websocket' ? (observed.messages ?? none) : none
    this.duration = exchange.marks.end
    this.live = origin.by !== 'import'
    this.imported = origin.by === 'import'
    this.headersStripped = origin.by === 'import' && (answer?.headers.length ?? 0) < 3
    this.whole = !asked.truncated && answered?.truncated !== true
    this.learned = learned
    this.madeUrl = undefined
    this.madeQuery = undefined
    this.madeForm = undefined
    this.madeCredentials = undefined
    this.madeJwts = undefined
    this.madeScrubbed = undefined
    this.madeError = undefined
    this.madeErrorText = undefined
    this.madeOutcome = undefined
    this.madeEndpoint = undefined
  }

  get url(): URL | undefined {
    this.madeUrl ??= { is: URL.parse(this.exchange.request.url) ?? undefined }
    return this.madeUrl.is
  }

  get query(): readonly Pair[] {
    this.madeQuery ??= queryOf(this.exchange.request.url)
    return this.madeQuery
  }

  get form(): readonly Pair[] | undefined {
    const { request } = this
    if (request.mediaType !== 'application/x-www-form-urlencoded') return undefined
    this.madeForm ??= { is: request.truncated ? undefined : readPairs(request.text) }
    return this.madeForm.is
  }

  get credentials(): readonly Credential[] {
    this.madeCredentials ??= credentialsOf(this)
    return this.madeCredentials
  }

  get jwts(): readonly Jwt[] {
    this.madeJwts ??= tokensOf(this.credentials, this.learned)
    return this.madeJwts
  }

  get scrubbed(): boolean {
    this.madeScrubbed ??= isScrubbed(this, this.credentials)
    return this.madeScrubbed
  }

  get error(): ExtractedError | undefined {
    this.madeError ??= { is: extractError(this) }
    return this.madeError.is
  }

  get errorText(): string {
    this.madeErrorText ??= wordsOf(this.error)
    return this.madeErrorText
  }

  get outcome(): SemanticOutcome {
    this.madeOutcome ??= judgeOutcome(this, this.learned)
    return this.madeOutcome
  }

  get endpoint(): EndpointKey {
    this.madeEndpoint ??= endpointOf(this, this.learned)
    return this.madeEndpoint
  }
}

export const subjectOf = (observed: Observed, learned: Learned = {}): Subject => new ReadSubject(observed, learned)

function tokensOf(credentials: readonly Credential[], { jwtOf = readJwt }: Learned): readonly Jwt[] {
  if (!credentials.some(({ value }) => value.includes('eyJ'))) return none
  return credentials.flatMap((one) => jwtOf(one) ?? [])
}

function wordsOf(found: ExtractedError | undefined): string {
  if (!found) return ''
  const parts = [found.code, found.message, ...found.fields.flatMap((field) => [field.code, field.message])]
  return parts.filter(Boolean).join(' ').slice(0, maxWords).toLowerCase()
}

/** The path of an absolute URL as it was written; `end` is where its authority ends. */
function pathOf(url: string, end: number): string {
  if (end < 0 || !/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) return url.split(/[?#]/)[0] ?? '/'
  const query = url.indexOf('?', end)
  const hash = url.indexOf('#', end)
  const stop = query < 0 ? hash : hash < 0 ? query : Math.min(query, hash)
  return url.slice(end, stop < 0 ? undefined : stop) || '/'
}
