// Reads the command line's options about the wire into its settings; every file is read here, so that a wrong one is told at once.
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { createSecureContext } from 'node:tls'
import { type Options, refusal } from '../options.ts'
import { type Mode, parseMode } from '../proxy/mode.ts'
import type { WireSettings } from '../proxy/wire-settings.ts'
import type { CommandEnvironment } from './command.ts'

function readPem(file: string, option: string, environment: CommandEnvironment): string {
  if (file === '') throw refusal(`--${option} needs the name of a file.`, 2)
  const path = isAbsolute(file) ? file : resolve(environment.cwd, file)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder' : 'cannot be read'
    throw refusal(`--${option}: ${path} ${why}.`, 2)
  }
  const blocks = text.match(/-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----.+?(?:-----END [A-Z0-9 ]+-----|$)/gs) ?? []
  if (blocks.length === 0) throw refusal(`--${option}: ${path} holds no certificate in PEM form.`, 2)
  for (const [index, block] of blocks.entries()) {
    try {
      new X509Certificate(block)
    } catch {
      throw refusal(`--${option}: certificate ${index + 1} in ${path} is broken.`, 2)
    }
  }
  return text
}

/** A certificate with its key, as a handshake would need them. */
function readPair(file: string, option: string, environment: CommandEnvironment): string {
  const pem = readPem(file, option, environment)
  if (!pem.includes('PRIVATE KEY-----'))
    throw refusal(`--${option}: ${file} holds no private key beside the certificate.`, 2)
  try {
    createSecureContext({ cert: pem, key: pem })
  } catch (error) {
    const belongs = (error as NodeJS.ErrnoException).code !== 'ERR_OSSL_X509_KEY_VALUES_MISMATCH'
    const why = belongs ? 'cannot be read (is it protected by a password?)' : 'does not belong to the certificate'
    throw refusal(`--${option}: the key in ${file} ${why}.`, 2)
  }
  return pem
}

/** Ways in that would take each other's port. */
function checkModes(modes: readonly Mode[], options: Options): void {
  const reverse = modes.filter((mode) => mode.kind === 'reverse')
  const shared = reverse.filter(({ port }) => port === undefined)
  if (shared.length > 1 || (shared.length === 1 && modes.some(({ kind }) => kind === 'regular' || kind === 'socks5')))
    throw refusal('Two ways in on one port: give the reverse one its own with --mode reverse:PORT=URL.', 2)
  if (modes.filter(({ kind }) => kind === 'upstream').length > 1)
    throw refusal('There can be one --mode upstream:URL only.', 2)
  const ports = [options.number('port'), options.number('ui-port'), ...reverse.map(({ port }) => port ?? 0)]
  const twice = ports.find((port, index) => port !== 0 && ports.indexOf(port) !== index)
  if (twice !== undefined) throw refusal(`Port ${twice} is asked for twice; 0 chooses a free one.`, 2)
}

const hostPattern = /^(?:\*\.)?[^\s*/:]+$|^\[[0-9a-f:.]+\]$/i

function hosts(options: Options, name: 'insecure' | 'pass-through'): readonly string[] {
  const list = options.list(name)
  for (const host of list) {
    if (host === '*')
      throw refusal(`--${name} takes a host, or *.example.com; a bare * would switch it off for every host.`, 2)
    if (!hostPattern.test(host)) throw refusal(`--${name}: "${host}" is not a host name.`, 2)
  }
  return list
}

export function wireSettings(options: Options, environment: CommandEnvironment): WireSettings {
  const host = options.text('host') ?? '127.0.0.1'
  if (host === '') throw refusal('--host takes an address, such as 127.0.0.1.', 2)
  const proxyAuth = options.text('proxy-auth')
  if (!/^(127(\.\d+){3}|::1|localhost)$/.test(host) && !proxyAuth) {
    throw refusal(`--host ${host} opens the proxy to the network: give --proxy-auth USER:PASSWORD with it.`, 2)
  }
  if (proxyAuth !== undefined && !proxyAuth.includes(':')) throw refusal('--proxy-auth takes USER:PASSWORD.', 2)
  const modes = options.list('mode').map((text) => {
    try {
      return parseMode(text)
    } catch (error) {
      throw refusal((error as Error).message, 2)
    }
  })
  checkModes(modes, options)
  const clientCertificates = options.list('client-cert').map((text) => {
    const at = text.indexOf('=')
    if (at < 1) throw refusal(`--client-cert takes HOST=FILE, not "${text}".`, 2)
    return { host: text.slice(0, at), pem: readPair(text.slice(at + 1), 'client-cert', environment) }
  })
  const noProxy = environment.env.no_proxy ?? environment.env.NO_PROXY ?? ''
  return {
    host,
    port: options.number('port'),
    portFixed: options.given('port') && options.number('port') !== 0,
    modes,
    upstreamCa: options.list('upstream-ca').map((file) => readPem(file, 'upstream-ca', environment)),
    insecureHosts: hosts(options, 'insecure'),
    passThroughHosts: hosts(options, 'pass-through'),
    clientCertificates,
    noProxy: noProxy.split(/[\s,]+/).filter(Boolean),
    maxContent: options.number('max-content'),
    version: environment.version,
    ...(proxyAuth === undefined ? {} : { proxyAuth }),
  }
}
