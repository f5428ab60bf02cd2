// The variables that send a program's traffic through the proxy and make it trust the CA, by runtime; and npm's traces undone.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { delimiter, join, sep } from 'node:path'
import { getCACertificates } from 'node:tls'
import { startedByOwnScript } from './command.ts'

export type Variables = Readonly<Record<string, string>>

/** Both cases: curl and wget read only the lower case for http URLs, others only the upper. */
const proxyNames = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'WS_PROXY', 'WSS_PROXY']

/** Read a whole bundle in place of the system's: they need every other root as well. */
const bundleNames = [
  'SSL_CERT_FILE', // OpenSSL, Python ssl, httpx, aiohttp, Ruby, Go on Unix
  'REQUESTS_CA_BUNDLE', // Python requests
  'CURL_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'PIP_CERT',
  'AWS_CA_BUNDLE',
  'CARGO_HTTP_CAINFO',
  'PERL_LWP_SSL_CA_FILE',
  'HTTPLIB2_CA_CERTS',
  'GRPC_DEFAULT_SSL_ROOTS_FILE_PATH',
  'CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE',
  'NIX_SSL_CERT_FILE',
  'DENO_CERT',
]

/** Variables that would send the traffic around the proxy or defeat the bundle. */
export const removed = ['SSL_CERT_DIR', 'CURL_CA_PATH', 'GIT_SSL_CAPATH']

const certificate = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]+-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g

/** Certificates in a file that a variable names; none where it cannot be read. */
function certificatesIn(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').match(certificate) ?? []
  } catch {
    return []
  }
}

/**
 * One file with everything trusted so far (the company's bundle, if a variable names one) and our CA. Each certificate
 * once: in a shell that is set up already, the variables name the file that is written here.
 */
export function writeBundle(
  dataDir: string,
  caFile: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const named = [...bundleNames, 'NODE_EXTRA_CA_CERTS'].flatMap((name) => env[name] ?? [])
  const system = getCACertificates('system')
  const roots = (system.length > 0 ? system : getCACertificates('bundled')).map((pem) => pem.trim())
  const all = new Set([...[caFile, ...new Set(named)].flatMap(certificatesIn), ...roots])
  const file = join(dataDir, 'ca-bundle.pem')
  // Programs that run may be reading it.
  const draft = `${file}.${process.pid}.tmp`
  writeFileSync(draft, `${[...all].join('\n')}\n`, { mode: 0o600 })
  renameSync(draft, file)
  return file
}

/** What is set for a child; `keepNoProxy` leaves NO_PROXY as it is. */
export function captureVariables(proxyUrl: string, caFile: string, bundle: string, keepNoProxy: boolean): Variables {
  const variables: Record<string, string> = {}
  for (const name of proxyNames) {
    variables[name] = proxyUrl
    variables[name.toLowerCase()] = proxyUrl
  }
  variables.GLOBAL_AGENT_HTTP_PROXY = proxyUrl
  variables.CGI_HTTP_PROXY = proxyUrl
  // Node 24 and later (22.21 as well) read the proxy variables only when asked to.
  variables.NODE_USE_ENV_PROXY = '1'
  variables.NODE_EXTRA_CA_CERTS = caFile
  for (const name of bundleNames) variables[name] = bundle
  if (!keepNoProxy) {
    variables.NO_PROXY = ''
    variables.no_proxy = ''
  }
  variables.TELLTALE_PROXY = proxyUrl
  return variables
}

/** The environment as it was before `npm run telltale` changed it: npm's variables gone, PATH without its folders. */
export function withoutNpm(env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  if (!startedByOwnScript(env)) return { ...env }
  const left: Record<string, string | undefined> = {}
  for (const [name, value] of Object.entries(env)) {
    if (!/^npm_/i.test(name) && !['NODE', 'INIT_CWD', 'COLOR'].includes(name)) left[name] = value
  }
  const added = [`${sep}node_modules${sep}.bin`, `${sep}node-gyp-bin`]
  left.PATH = (env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !added.some((end) => folder.endsWith(end)))
    .join(delimiter)
  return left
}
