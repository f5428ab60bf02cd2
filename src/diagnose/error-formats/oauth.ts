// OAuth 2 error answers (RFC 6749 §5.2): `error` as a word, with description and link.
import { type ErrorFormat, given } from '../error-format.ts'
import { asWords } from '../json-value.ts'

const known =
  /^(?:invalid_(?:request|client|grant|scope|token|target|dpop_proof|redirect_uri|client_metadata)|unauthorized_client|unsupported_(?:grant|response|token)_type|insufficient_scope|access_denied|server_error|temporarily_unavailable|authorization_pending|slow_down|expired_token|interaction_required|login_required|consent_required|bad_verification_code|incorrect_client_credentials|redirect_uri_mismatch)$/

export const oauth: ErrorFormat = {
  name: 'OAuth 2',
  read({ body: json, mediaType, text }) {
    const body =
      mediaType === 'application/x-www-form-urlencoded' && text.length < 4000
        ? Object.fromEntries(new URLSearchParams(text))
        : json
    const error = asWords(body?.error)
    if (!body || error === undefined) return undefined
    const description = asWords(body.error_description)
    if (description === undefined && !known.test(error)) return undefined
    return given({
      code: error,
      message: description ?? error,
      docUrl: asWords(body.error_uri),
      pointer: json && (description === undefined ? '/error' : '/error_description'),
    })
  },
}
