// The exact lines that send a program's traffic through the proxy, per runtime; pure.

export type SetupLine = {
  readonly name: string
  readonly note: string
  /** Shell lines; one is copied at a time. */
  readonly lines: readonly string[]
}

/** A path as a POSIX shell takes it: quoted only when it has to be. */
export function quoted(path: string): string {
  return /^[\w@%+=:,./~-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}

export function setupLines(proxyUrl: string, caFile: string): readonly SetupLine[] {
  const proxy = proxyUrl.replace(/\/$/, '')
  const ca = quoted(caFile)
  const { hostname, port } = URL.canParse(proxy) ? new URL(proxy) : { hostname: '127.0.0.1', port: '8080' }
  return [
    {
      name: 'This shell',
      note: 'and its children',
      lines: [
        `export HTTP_PROXY=${proxy} HTTPS_PROXY=${proxy} http_proxy=${proxy} https_proxy=${proxy} CURL_CA_BUNDLE=${ca} NODE_EXTRA_CA_CERTS=${ca} REQUESTS_CA_BUNDLE=${ca} SSL_CERT_FILE=${ca}`,
      ],
    },
    { name: 'curl', note: 'one call', lines: [`curl -x ${proxy} --cacert ${ca} https://example.com/`] },
    {
      name: 'Node',
      note: '22.21 and later',
      lines: [`HTTP_PROXY=${proxy} HTTPS_PROXY=${proxy} NODE_USE_ENV_PROXY=1 NODE_EXTRA_CA_CERTS=${ca} node app.js`],
    },
    {
      name: 'Python',
      note: 'requests, httpx',
      lines: [`HTTP_PROXY=${proxy} HTTPS_PROXY=${proxy} REQUESTS_CA_BUNDLE=${ca} SSL_CERT_FILE=${ca} python app.py`],
    },
    { name: 'Go, Ruby, PHP', note: '', lines: [`HTTP_PROXY=${proxy} HTTPS_PROXY=${proxy} SSL_CERT_FILE=${ca} ./app`] },
    {
      name: 'Java',
      note: '17 and later',
      lines: [
        `keytool -importcert -noprompt -alias telltale -file ${ca} -keystore telltale.p12 -storepass changeit`,
        `java -Dhttp.proxyHost=${hostname} -Dhttp.proxyPort=${port} -Dhttps.proxyHost=${hostname} -Dhttps.proxyPort=${port} -Dhttp.nonProxyHosts= -Djavax.net.ssl.trustStore=telltale.p12 -Djavax.net.ssl.trustStorePassword=changeit -jar app.jar`,
      ],
    },
  ]
}

/** A step of the first run, from what the proxy has really seen. */
export type Step = {
  readonly name: string
  readonly words: string
  readonly state: 'done' | 'failed' | 'now' | 'later'
  readonly remedy?: string
}

export type Seen = {
  readonly proxied: boolean
  readonly connect: boolean
  readonly tlsOpened: boolean
  readonly tlsRejected: boolean
}

/** The checklist: what happened, stopping at the first thing that has not, with the one line that mends it. */
export function steps(
  proxyUrl: string,
  caFile: string,
  seen: Seen,
  rejectedBy: readonly string[],
  recording: 'on' | 'paused' | 'stopped',
): readonly Step[] {
  const ca = quoted(caFile)
  const address = proxyUrl.replace(/^https?:\/\//, '').replace(/\/$/, '')
  const reached = seen.proxied || seen.connect
  const refused = seen.tlsRejected && !seen.tlsOpened
  const hosts = [...new Set(rejectedBy)].slice(-3).join(', ')
  const list: Step[] = [
    { name: 'Proxy is listening', words: `${address}, on this machine only.`, state: 'done' },
    reached
      ? { name: 'A client reached the proxy', words: 'Its requests come through here.', state: 'done' }
      : {
          name: 'Waiting for a client',
          words: 'Nothing has reached the proxy yet. Start your program with one of the lines on the right.',
          state: 'now',
        },
  ]
  if (seen.connect)
    list.push({ name: 'It asked for a tunnel', words: 'The first step of every HTTPS call.', state: 'done' })
  if (refused)
    list.push(
      {
        name: 'The client does not trust the certificate',
        words: `It hung up when it saw the certificate${hosts ? ` for ${hosts}` : ''}; the server was not called. Give this one process the certificate and start it again:`,
        state: 'failed',
        remedy: `export NODE_EXTRA_CA_CERTS=${ca} REQUESTS_CA_BUNDLE=${ca} SSL_CERT_FILE=${ca} CURL_CA_BUNDLE=${ca}`,
      },
      { name: 'Waiting for it to try again', words: 'The list follows what happens; nothing to reload.', state: 'now' },
    )
  else if (seen.tlsOpened)
    list.push({ name: 'HTTPS is readable', words: 'The client trusts the certificate.', state: 'done' })
  if (recording !== 'on' && reached)
    list.push({
      name: 'Recording is off',
      words: 'Traffic flows, but nothing is kept. Press p to go on.',
      state: 'failed',
    })
  list.push({ name: 'First exchange', words: '', state: reached && !refused && recording === 'on' ? 'now' : 'later' })
  return list
}
