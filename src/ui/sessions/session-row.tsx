// One endpoint that differs: what became of it, and the ways to its exchanges on both sides.
import type { EndpointDifference, SeenEndpoint } from '../../api/session-comparison.ts'
import { compare, reveal } from '../actions.ts'
import { maskUrls } from '../detail/masking.ts'
import { Icon } from '../icons.tsx'
import { masked } from '../model.ts'
import { formatDuration, plural } from '../units.ts'
import { namesOf, words } from './change-words.ts'
import { openedEndpoint, showExchanges } from './compared-sessions.ts'
import { EndpointChanges } from './endpoint-changes.tsx'
import type { CountedSession } from './session-list.ts'

type Props = {
  readonly difference: EndpointDifference
  readonly before: CountedSession
  readonly after: CountedSession
}

function Calls({
  seen,
  session,
  filter,
  where,
}: {
  seen: SeenEndpoint | undefined
  session: CountedSession
  filter: string
  where: string
}) {
  if (!seen) return <span class="qq">no call</span>
  const calls = plural(seen.count, 'call')
  return (
    <>
      <button
        type="button"
        class="link"
        aria-label={`${calls} ${where}`}
        title="Show them in the traffic"
        onClick={() => showExchanges(session, filter)}
      >
        {calls}
      </button>
      <span class="q">{seen.median === null ? '' : formatDuration(seen.median)}</span>
    </>
  )
}

export function SessionRow({ difference, before, after }: Props) {
  const { kind, filter } = difference
  const { word, sign, icon } = words[kind]
  const { method, host, path } = namesOf(difference)
  const shown = masked.value ? maskUrls(path) : path
  const [one, other] = [difference.before?.example, difference.after?.example]
  const open = () => {
    openedEndpoint.name = difference.endpoint
    if (one !== undefined && other !== undefined) compare(one, other)
    else void reveal(one ?? other ?? '')
  }
  const name = `${method} ${host}${shown}`
  return (
    <tr class={`srow ${sign === '+' ? 'add' : sign === '−' ? 'del' : ''}`}>
      <td class="skind">
        <span class="line">
          <b class="sign">{sign}</b>
          {icon ? <Icon name={icon} small class={icon === 'error' ? 'e' : 'ok'} /> : null}
          <span class={icon === 'error' ? 'b et' : 'b'}>{word}</span>
        </span>
      </td>
      <th scope="row">
        <button
          type="button"
          class="sopen"
          data-endpoint={difference.endpoint}
          aria-label={one !== undefined && other !== undefined ? `Compare ${name}` : `Open ${name}`}
          title={`${
            one !== undefined && other !== undefined
              ? 'Compare the newest of both side by side'
              : 'Open the newest of its exchanges'
          }: ${name}`}
          onClick={open}
        >
          <b>{method}</b> <span class="q">{host}</span>
          <wbr />
          {shown}
        </button>
      </th>
      <td class="scalls">
        <Calls seen={difference.before} session={before} filter={filter} where={`before, ${name}`} />
      </td>
      <td class="scalls">
        <Calls seen={difference.after} session={after} filter={filter} where={`after, ${name}`} />
      </td>
      <td>
        <EndpointChanges difference={difference} />
      </td>
    </tr>
  )
}
