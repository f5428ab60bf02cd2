// Whether a failure is about credentials, and the small pieces every auth rule needs to say so.
import type { Edit } from '../exchange/edit.ts'
import { businessRefusal } from './business-refusal.ts'
import type { Context } from './context.ts'
import { isForOneRequest } from './credential-identity.ts'
import type { Credential } from './credentials.ts'
import { requestHeader, responseHeader, status } from './evidence.ts'
import type { Evidence, Level } from './finding.ts'
import type { CredentialPrint } from './past.ts'
import { redactSecret } from './redact.ts'
import type { Subject } from './subject.ts'
import { words } from './word-lists.ts'

/** Statuses by which servers complain of a credential once their words say so. */
const complaining = new Set([400, 403, 422])

/**
 * Members of the content are called keys, tokens and passwords too: "Password is required", "invalid key: foo". Beside a
 * credential that was sent, such words are about the content.
 */
const aboutContent =
  /(?<!(?:api|access|auth|authorization|bearer|app|application|client|secret)[ _-]?)\b(?:(?:missing|invalid|unknown|unexpected) key\b\s*[:'"`([]|(?:password|token|key)s? (?:is |was |are )?(?:required|missing)\b)/gi

/** A request that signs in carries its credential as content, under whatever names. */
export const isSignIn = ({ method, path, request }: Subject): boolean =>
  method === 'POST' &&
  request.hasBody &&
  /\/(?:users\/)?(?:log|sign)[-_]?in\/?$|\/(?:sessions?|authenticate|auth|token)\/?$/i.test(path)

/** A recording from which the credential was removed: the server calls wrong what it would else call missing. */
export const wasRemoved = ({ imported, error }: Subject): boolean =>
  imported &&
  /\b(?:invalid|incorrect|wrong|bad|expired|revoked|not valid|unknown)\b/i.test(
    error?.message?.replaceAll('_', ' ') ?? '',
  )

/** 401, or another refusal whose words are about authentication (catalogue 2.1). */
export function isAuthFailure(subject: Subject): boolean {
  if (subject.outcome.is !== 'failure' || subject.failure) return false
  if (subject.status === 401) return true
  if (subject.status >= 300 && !complaining.has(subject.status)) return false
  const { errorText, credentials } = subject
  if (!words.authn.test(errorText) || businessRefusal(errorText)) return false
  if (subject.status < 300 || subject.status === 403 || credentials.length === 0 || isSignIn(subject)) return true
  return words.authn.test(errorText.replace(aboutContent, ' '))
}

/** A refusal that a spoilt credential could have caused. */
export const mayBeAuth = (subject: Subject): boolean =>
  subject.outcome.is === 'failure' &&
  !subject.failure &&
  (subject.status < 300 || [400, 401, 403, 404, 407, 422].includes(subject.status))

/** Level of a fault in a credential: an error where it may have caused the failure. */
export const credentialLevel = (subject: Subject): Level => (mayBeAuth(subject) ? 'error' : 'warning')

export function credentialEvidence(print: CredentialPrint, context: Context): Evidence {
  const value = `${print.scheme ? `${print.scheme} ` : ''}${redactSecret(print.value, context.fingerprint)}`
  if (print.location === 'query') return { location: { at: 'request.query', name: print.name }, value }
  if (print.location === 'body') return { location: { at: 'request.body', pointer: `/${print.name}` }, value }
  if (print.location === 'userinfo') return { location: { at: 'request.line' }, value }
  if (print.location === 'certificate') return { location: { at: 'connection' }, value }
  const name = print.location === 'cookie' ? 'Cookie' : print.name
  return {
    location: { at: 'request.header', name, ...(print.index === undefined ? {} : { index: print.index }) },
    value,
  }
}

/** Status, challenge and the credentials that were sent (or the absence of Authorization). */
export function authEvidence(subject: Subject, context: Context): Evidence[] {
  const sent = context.prints.slice(0, 3).map((print) => credentialEvidence(print, context))
  const challenge = subject.response?.header('www-authenticate')
  return [
    status(subject),
    ...(sent.length > 0 ? sent : [requestHeader(subject, 'Authorization', context)]),
    ...(challenge === undefined ? [] : [responseHeader(subject, 'WWW-Authenticate', context)]),
  ]
}

/** The edit that puts another value where this credential stands, scheme kept. */
export function replaceCredential(subject: Subject, credential: Credential, value: string): Edit | undefined {
  const { location, name, scheme } = credential
  if (location === 'header') return { op: 'set-header', name, value: scheme ? `${scheme} ${value}` : value }
  if (location === 'query') return { op: 'set-query', name, value }
  if (location === 'body' && !subject.form) return { op: 'set-json', pointer: `/${name}`, value }
  const cookies = location === 'cookie' ? subject.request.headers[credential.index ?? -1] : undefined
  const pair = `${name}=${credential.value}`
  return cookies?.value.includes(pair)
    ? { op: 'set-header', name: cookies.name, value: cookies.value.replace(pair, () => `${name}=${value}`) }
    : undefined
}

/** The same request with a hole where its credential stands; nothing where one is made anew for each request. */
export function holeFor(
  subject: Subject,
  credential: Credential | undefined,
  hole: string,
): { edits?: readonly Edit[] } {
  const edit =
    credential && !isForOneRequest(credential) ? replaceCredential(subject, credential, `{{${hole}}}`) : undefined
  return edit ? { edits: [edit] } : {}
}

/** The edit that makes this request carry a credential that was accepted before; none for what holds for one request only. */
export function reuseCredential(print: CredentialPrint): Edit | undefined {
  if (isForOneRequest(print)) return undefined
  const whole = print.scheme ? `${print.scheme} ${print.value}` : print.value
  if (print.location === 'header') return { op: 'set-header', name: print.name, value: whole }
  return print.location === 'query' ? { op: 'set-query', name: print.name, value: print.value } : undefined
}

/** `the header Authorization (Bearer)`. */
export function whereOf(print: Pick<Credential, 'location' | 'name' | 'scheme'>): string {
  const scheme = print.scheme ? ` (${print.scheme})` : ''
  if (print.location === 'header') return `the header ${print.name}${scheme}`
  if (print.location === 'query') return `the query parameter ${print.name}`
  if (print.location === 'body') return `the body member ${print.name}`
  return print.location === 'cookie' ? `the cookie ${print.name}` : `the ${print.location}`
}
