// Reads the command line's options about the wire into its settings; every file is read here, so that a wrong one is told at once.
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { type Options, refusal } from '../options.ts'
import { parseMode } from '../proxy/mode.ts'
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
  try {
    new X509Certificate(text)
  } catch {
    throw refusal(`--${option}: ${path} holds no certificate in PEM form.`, 2)
  }
  return text
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
  const clientCertificates = options.list('client-cert').map((text) => {
    const at = text.indexOf('=')
    if (at < 1) throw refusal(`--client-cert takes HOST=FILE, not "${text}".`, 2)
    const pem = readPem(text.slice(at + 1), 'client-cert', environment)
    if (!pem.includes('PRIVATE KEY-----'))
      throw refusal(`--client-cert: ${text.slice(at + 1)} holds no private key beside the certificate.`, 2)
    return { host: text.slice(0, at), pem }
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
