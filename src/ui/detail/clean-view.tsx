// No finding: what that rests on, said from what was really asked and what there was to compare with.
import type { Checked } from '../../diagnose/checked.ts'
import { type Exchange, responseOf } from '../../exchange/exchange.ts'
import type { Message } from '../../exchange/message.ts'
import { Icon } from '../icons.tsx'
import { formatSize, plural } from '../units.ts'
import { shownAgainMenu } from './mute-menu.ts'

/** Whether the rules could read what was sent or received, in a sentence; `complete` where nothing of it was missed. */
function contentSaid(side: string, message: Message | undefined, read: boolean) {
  if (!message) return undefined
  const { content } = message
  if (content.bodySize === 0) return undefined
  if (content.kept === 'none')
    return {
      complete: false,
      text: `The ${side} (${formatSize(content.bodySize)}) was not kept: its content was not read`,
    }
  if (content.kept === 'truncated')
    return { complete: false, text: `Only the first ${formatSize(content.keptSize)} of the ${side} were kept and read` }
  return read
    ? { complete: true, text: `The ${side} was read whole, ${formatSize(content.bodySize)}` }
    : {
        complete: false,
        text: `The ${side} is too large for the rules, or could not be decoded: its content was not read`,
      }
}

function Line({ complete, children }: { complete: boolean; children: preact.ComponentChildren }) {
  return (
    <li>
      {complete ? <Icon name="pass" small class="ok" /> : <Icon name="note" small class="n" label="note" />}
      <span>{children}</span>
    </li>
  )
}

function What({ exchange, checked }: { exchange: Exchange; checked: Checked }) {
  const rules = checked.groups.reduce((sum, { rules: own }) => sum + own, 0)
  const contents = [
    contentSaid('request', exchange.request, checked.read.request),
    contentSaid('response', responseOf(exchange), checked.read.response),
  ]
  return (
    <>
      <p class="prose">{plural(rules, 'rule')} looked at this call and none had anything to say:</p>
      <ul class="checked" aria-label="What was checked">
        {checked.groups.map(({ group, title, rules: own }) => (
          <Line key={group} complete>
            {title} <span class="qq">{plural(own, 'rule')}</span>
          </Line>
        ))}
      </ul>
      <ul class="checked" aria-label="What it was checked against">
        {contents.map((said) =>
          said ? (
            <Line key={said.text} complete={said.complete}>
              {said.text}
            </Line>
          ) : null,
        )}
        <Line complete={checked.worked > 0}>
          {checked.worked > 0
            ? `Compared with ${plural(checked.worked, 'other call')} of this endpoint that worked`
            : 'No other call of this endpoint that worked is known: changes from what is usual cannot be seen yet'}
          <code class="endpoint">{checked.endpoint}</code>
        </Line>
        {checked.muted > 0 ? (
          <Line complete={false}>
            {plural(checked.muted, 'rule is', 'rules are')} muted here{' '}
            <button type="button" class="link" onClick={({ currentTarget: button }) => void shownAgainMenu(button)}>
              Show again
            </button>
          </Line>
        ) : null}
      </ul>
    </>
  )
}

export function CleanView({ exchange, checked }: { exchange: Exchange; checked: Checked | undefined }) {
  const { state } = exchange.outcome
  const running = state === 'waiting' || state === 'receiving'
  return (
    <div class="finding clean">
      <h3>
        {running ? null : <Icon name="pass" class="ok" />}
        {running ? 'Still running' : 'Nothing wrong found'}
      </h3>
      {running ? (
        <p class="prose">The rules look at a call when it has ended. Nothing has been checked yet.</p>
      ) : exchange.kind === 'tunnel' ? (
        <p class="prose">This connection was passed through unread, so only its set-up was checked.</p>
      ) : checked ? (
        <What exchange={exchange} checked={checked} />
      ) : null}
    </div>
  )
}
