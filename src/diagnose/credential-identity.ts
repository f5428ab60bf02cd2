// Tells who a credential names from what it proves for one request only: signatures, responses and tickets differ each time.
import type { Credential } from './credentials.ts'

/** Schemes whose value is made for one request, and the part of it that names the key or user; `''` where none does. */
const schemes: readonly (readonly [scheme: RegExp, identity: RegExp])[] = [
  // AWS Signature Version 4 and those built like it.
  [/^(?:AWS4|TC3|GOOG4|ACS3|HMAC)-/i, /Credential=([^/,\s]+)/],
  // RFC 9421's forerunner, RFC 7616, RFC 5849, Hawk.
  [/^signature$/i, /keyId="([^"]+)"/i],
  [/^digest$/i, /username="([^"]*)"/i],
  [/^oauth$/i, /oauth_token="([^"]+)"|oauth_consumer_key="([^"]+)"/],
  [/^hawk$/i, /\bid="([^"]+)"/],
  // AWS Signature Version 2, Azure Storage, Alibaba Cloud: `key:signature`.
  [/^(?:AWS|SharedKey|SharedKeyLite|acs|OSS|COS|Qiniu|UCloud)$/i, /^([^:]+):/],
  [/^(?:negotiate|ntlm|kerberos|scram-sha-\d+)$/i, /(?!)/],
]
/** Members that hold a signature alone. */
const signature = /(?:^|[-_])sign(?:ature)?$|^sig$|[a-z]Signature$/i

/** What stays the same from one request to the next. */
export function identityOf({ scheme, name, value }: Credential): string {
  if (scheme !== undefined) {
    // Nearly all are of these.
    if (scheme === 'Bearer' || scheme === 'Basic' || scheme === 'token') return value
    const known = schemes.find(([look]) => look.test(scheme))
    if (!known) return value
    const match = known[1].exec(value)
    return `${scheme.toLowerCase()} ${match?.[1] ?? match?.[2] ?? ''}`
  }
  return signature.test(name) ? `signature in ${name.toLowerCase()}` : value
}

/** It proves nothing for any other request, nor for the same one later. */
export const isForOneRequest = (credential: Credential): boolean => identityOf(credential) !== credential.value
