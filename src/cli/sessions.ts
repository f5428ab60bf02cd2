// `telltale sessions`: capture sessions in the terminal: listed, compared, deleted.
import type { EndpointDifference, SeenEndpoint } from '../api/session-comparison.ts'
import type { Session } from '../exchange/session.ts'
import { describeOptions, type OptionName, readOptions, refusal } from '../options.ts'
import type { Captures } from './captures.ts'
import { type Command, places } from './command.ts'
import { findCaptures } from './find-captures.ts'
import { shownDuration, shownTime } from './table.ts'
import { columnsOf, cutTo, type Paint, painter, safeJson, safeLine, widthOf } from './terminal-text.ts'
import { sessionsWithoutSecrets } from './without-secrets.ts'

const allowed: readonly OptionName[] = ['json', 'data-dir', 'help']

const usage = `usage: telltale sessions [OPTIONS]
       telltale sessions compare BEFORE [AFTER] [OPTIONS]
       telltale sessions delete SESSION [OPTIONS]

Lists the capture sessions, newest first; says by endpoint what differs between
two of them (AFTER is the newest one unless given), what worked and fails now
first; or removes one with its exchanges. A session is named by its id or its
name. To export one: telltale export session:NAME -o FILE

${describeOptions(allowed)}
`

/** Characters of a command line that the list shows. */
const mostOfCommand = 100

type Counted = Session & { readonly exchanges: number }

/** @throws Refusal when none, or more than one, is named so. */
function find(sessions: readonly Counted[], given: string): Counted {
  const exact = sessions.find(({ id }) => id === given)
  if (exact) return exact
  const wanted = given.toLowerCase()
  const same = sessions.filter(({ name }) => name.toLowerCase() === wanted)
  const fitting = same.length > 0 ? same : sessions.filter(({ name }) => name.toLowerCase().includes(wanted))
  const [only, another] = fitting
  if (!only) throw refusal(`There is no session ${JSON.stringify(given)}; "telltale sessions" lists them.`)
  if (another)
    throw refusal(`${JSON.stringify(given)} fits ${fitting.length} sessions: name one by its id, such as ${only.id}.`)
  return only
}

function listLine(session: Counted, paint: Paint, width = Number.POSITIVE_INFINITY): string {
  const { git, command } = session
  const branch = git?.branch === undefined ? '' : `  ${git.branch}${git.commit ? ` ${git.commit.slice(0, 8)}` : ''}`
  const line = command?.join(' ') ?? ''
  const ran = line === '' ? '' : `  ${line.length > mostOfCommand ? `${line.slice(0, mostOfCommand)}…` : line}`
  const begin = [
    session.id,
    shownTime(session.startedDateTime, Date.now()).padStart(19),
    `${session.exchanges}`.padStart(8),
  ]
  const room = width - begin.join('  ').length - 2
  const name = cutTo(safeLine(session.name), room)
  const rest = cutTo(safeLine(branch + ran), room - columnsOf(name))
  return `${paint('dim', begin.slice(0, 2).join('  '))}  ${begin[2]}  ${paint('bold', name)}${paint('dim', rest)}`
}

const marks = {
  'fails now': ['✖ fails now', 'red'],
  'works now': ['✔ works now', 'green'],
  gone: ['− only before', 'cyan'],
  new: ['+ only after', 'cyan'],
  answers: ['~ answers', 'yellow'],
  findings: ['~ findings', 'yellow'],
  shape: ['~ content', 'yellow'],
  slower: ['▲ slower', 'yellow'],
  faster: ['▼ faster', 'green'],
  count: ['# calls', 'dim'],
} as const

const answersOf = (one: SeenEndpoint | undefined): string =>
  one ? one.answers.map(({ answer, count }) => (count === 1 ? answer : `${answer} ×${count}`)).join(', ') : 'no call'

const findingsOf = (one: SeenEndpoint | undefined): string =>
  one?.findings.map(({ rule, count }) => (count === 1 ? rule : `${rule} ×${count}`)).join(', ') || 'no finding'

/** `response +/total`, `request /quantity: number → string`. */
const shapeOf = ({ shape }: EndpointDifference): string =>
  shape
    .map(({ side, pointer, before, after }) => {
      if (before === undefined) return `${side} +${pointer}`
      return after === undefined ? `${side} −${pointer}` : `${side} ${pointer || 'as a whole'}: ${before} → ${after}`
    })
    .join(', ')

function said(difference: EndpointDifference): string {
  const { kind, before, after } = difference
  if (kind === 'slower' || kind === 'faster')
    return `${shownDuration(before?.median ?? null)} → ${shownDuration(after?.median ?? null)}`
  if (kind === 'findings') return `${findingsOf(before)} → ${findingsOf(after)}`
  if (kind === 'shape') return shapeOf(difference)
  return `${answersOf(before)} → ${answersOf(after)}`
}

function differenceLine(difference: EndpointDifference, paint: Paint): string {
  const { kind, endpoint, after } = difference
  const [mark, style] = marks[kind]
  const also = kind !== 'shape' && difference.shape.length > 0 ? `; ${shapeOf(difference)}` : ''
  const causes = kind === 'fails now' || kind === 'answers' ? (after?.causes ?? []).join(' ') : ''
  return `${paint(style, mark.padEnd(13))}  ${safeLine(endpoint)}  ${safeLine(said(difference) + also)}${causes === '' ? '' : `  ${paint('dim', causes)}`}`
}

async function compare(captures: Captures, sessions: readonly Counted[], names: readonly string[]) {
  const [first, second] = names
  if (first === undefined || names.length > 2)
    throw refusal('Say which sessions: telltale sessions compare BEFORE [AFTER].', 2)
  const before = find(sessions, first)
  const newest = sessions.find(({ id, exchanges }) => exchanges > 0 && id !== before.id)
  const after = second === undefined ? newest : find(sessions, second)
  if (!after) throw refusal('There is no other session to compare it with.')
  return { before, after, ...(await captures.compareSessions(before.id, after.id)) }
}

export const run: Command = async (args, environment) => {
  const { stdout, stderr, env } = environment
  const options = readOptions(args, allowed)
  if (options.flag('help')) {
    stdout.write(usage)
    return 0
  }
  const [what, ...names] = options.positionals
  if (what !== undefined && what !== 'compare' && what !== 'delete')
    throw refusal(`"telltale sessions" takes compare or delete, not ${JSON.stringify(what)}.`, 2)
  if (what === 'delete' && names.length !== 1) throw refusal('Say which session: telltale sessions delete SESSION.', 2)
  const json = options.flag('json')
  const paint = painter(stdout, env)
  const captures = await findCaptures(options, environment)
  if (!captures) {
    const nothing = `nothing has been captured in ${places(options, environment).dataDir} yet.`
    if (what !== undefined) throw refusal(nothing)
    stderr.write(`telltale: ${nothing}\n`)
    return 0
  }
  try {
    const sessions = (await captures.sessions()).map(sessionsWithoutSecrets(places(options, environment).dataDir))
    if (what === undefined)
      for (const session of sessions)
        stdout.write(`${json ? safeJson(session) : listLine(session, paint, widthOf(stdout))}\n`)
    else if (what === 'delete') {
      const session = find(sessions, names[0] ?? '')
      const removed = await captures.removeSession(session.id)
      if (json) stdout.write(`${safeJson({ session: session.id, removed })}\n`)
      else
        stderr.write(
          `telltale: ${safeLine(session.name)} is deleted with ${removed} exchange${removed === 1 ? '' : 's'}.\n`,
        )
    } else {
      const { before, after, differences, same } = await compare(captures, sessions, names)
      if (json) stdout.write(`${safeJson({ before: before.id, after: after.id, differences, same })}\n`)
      else {
        stdout.write(`before ${listLine(before, paint)}\nafter  ${listLine(after, paint)}\n\n`)
        for (const difference of differences) stdout.write(`${differenceLine(difference, paint)}\n`)
        stdout.write(
          `${differences.length} endpoint${differences.length === 1 ? '' : 's'} differ${differences.length === 1 ? 's' : ''}, ${same} ${same === 1 ? 'does' : 'do'} not.\n`,
        )
      }
    }
    return 0
  } finally {
    await captures.close()
  }
}
