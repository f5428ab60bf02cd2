// `telltale show ID`: one exchange in the terminal, or a part of it for another program.

import { redactionHash, redactionKey } from '../desk/redaction-key.ts'
import { type Exchange, responseOf } from '../exchange/exchange.ts'
import type { Content } from '../exchange/message.ts'
import type { ExportContext, ExportItem } from '../formats/format.ts'
import { har } from '../formats/har.ts'
import { redactItem, writeFile } from '../formats/write-file.ts'
import { describeOptions, limits, type OptionName, readOptions, refusal } from '../options.ts'
import { decodeNow } from '../store/content.ts'
import type { Captures } from './captures.ts'
import { type Command, places } from './command.ts'
import { exchangeText } from './exchange-text.ts'
import { findCaptures } from './find-captures.ts'
import { findId } from './find-id.ts'
import { painter, safeJson, safeText } from './terminal-text.ts'
import { write } from './write-out.ts'

const allowed: readonly OptionName[] = ['headers', 'body', 'request', 'har', 'json', 'with-secrets', 'data-dir', 'help']

const usage = `usage: telltale show ID [OPTIONS]

Shows one exchange with its findings; ID as "telltale list" prints it, the end
of it, or "last". Credentials and cookies are replaced by placeholders unless
--with-secrets is given.

${describeOptions(allowed)}
`

export function exportContext(version: string, secrets: boolean, dataDir: string): ExportContext {
  return {
    version,
    secrets,
    hash: redactionHash(redactionKey(dataDir)),
    decode(octets, codings) {
      const { octets: plain, cut, error } = decodeNow(octets, codings, limits.decodedContent)
      return cut || error !== undefined ? undefined : plain
    },
  }
}

/** The exchange with its octets. */
async function findItem(captures: Captures, id: string): Promise<ExportItem> {
  const entry = await captures.entry(await findId(captures, id))
  if (!entry) throw refusal(`There is no exchange ${JSON.stringify(id)}; "telltale list" prints the ids.`)
  const { exchange, findings } = entry
  const [request, response] = [
    await captures.content(exchange, 'request'),
    await captures.content(exchange, 'response'),
  ]
  return { exchange, findings, request, response, messages: await captures.messages(exchange) }
}

const decoded = (
  content: Content | undefined,
  octets: Uint8Array | undefined,
  { decode }: ExportContext,
): Uint8Array | undefined =>
  octets && content && content.codings.length > 0 ? (decode(octets, content.codings) ?? octets) : octets

/** What is shown: decoded, and redacted unless secrets were asked for. */
function presented(item: ExportItem, context: ExportContext): ExportItem {
  if (!context.secrets) return redactItem(item, context)
  const request = decoded(item.exchange.request.content, item.request, context)
  const response = decoded(responseOf(item.exchange)?.content, item.response, context)
  return { ...item, request, response }
}

function withoutBody(exchange: Exchange, ofRequest: boolean): string {
  const message = ofRequest ? exchange.request : responseOf(exchange)
  if (!message) return 'There is no response.'
  const { content } = message
  const isEmpty = content.kept === 'none' && content.why === 'empty'
  return `The ${ofRequest ? 'request' : 'response'} ${isEmpty ? 'has no body' : 'has a body, but it was not kept'}.`
}

export const run: Command = async (args, environment) => {
  const { stdout, env, version } = environment
  const options = readOptions(args, allowed)
  if (options.flag('help')) {
    stdout.write(usage)
    return 0
  }
  const [id, ...others] = options.positionals
  if (id === undefined || others.length > 0) throw refusal('Say which exchange: telltale show ID.', 2)
  const [one, another] = (['headers', 'body', 'har', 'json'] as const).filter(options.flag)
  if (another) throw refusal(`--${one} and --${another} do not go together.`, 2)
  if (options.flag('request') && !options.flag('body')) throw refusal('--request goes with --body.', 2)
  const captures = await findCaptures(options, environment)
  if (!captures) throw refusal(`There is no exchange ${JSON.stringify(id)}: nothing has been captured yet.`)
  try {
    const item = await findItem(captures, id)
    const context = exportContext(version, options.flag('with-secrets'), places(options, environment).dataDir)
    if (options.flag('har')) {
      for await (const piece of writeFile(har, [item], context)) {
        const text = (typeof piece === 'string' ? piece : new TextDecoder().decode(piece)).trimEnd()
        await write(stdout, stdout.isTTY ? safeText(text) : text)
      }
      await write(stdout, '\n')
      return 0
    }
    const shown = presented(item, context)
    if (options.flag('body')) {
      const octets = options.flag('request') ? shown.request : shown.response
      if (!octets) throw refusal(withoutBody(shown.exchange, options.flag('request')))
      // A terminal gets text it cannot be steered by; a pipe gets the octets.
      await write(stdout, stdout.isTTY ? `${safeText(new TextDecoder().decode(octets))}\n` : octets)
      return 0
    }
    if (options.flag('json')) {
      const { exchange, findings } = shown
      const messages = [...(shown.messages ?? [])]
      await write(stdout, `${safeJson({ exchange, findings, ...(messages.length > 0 ? { messages } : {}) })}\n`)
      return 0
    }
    await write(stdout, exchangeText(shown, options.flag('headers') ? 'headers' : 'all', painter(stdout, env)))
    return 0
  } finally {
    await captures.close()
  }
}
