// One of the two sessions that are compared: which it is, when and where it was captured, and the choice of another.
import { formatCount, formatMoment, formatTime, plural } from '../units.ts'
import { type CountedSession, sessions } from './session-list.ts'

type Props = {
  readonly letter: 'A' | 'B'
  readonly name: 'Before' | 'After'
  readonly session: CountedSession | undefined
  readonly onChange: (id: string) => void
}

export function SessionSide({ letter, name, session, onChange }: Props) {
  const { git } = session ?? {}
  return (
    <section aria-label={name}>
      <p class="line">
        <span class="ab">{letter}</span>
        <label class="line grow">
          <span class="q">{name}</span>
          <select
            class="sel small grow"
            value={session?.id ?? ''}
            onChange={({ currentTarget }) => onChange(currentTarget.value)}
          >
            {session ? null : <option value="">gone</option>}
            {sessions.value
              .filter(({ id, exchanges }) => exchanges > 0 || id === session?.id)
              .map((each) => (
                <option key={each.id} value={each.id}>
                  {each.name} ({formatTime(each.startedDateTime)}, {formatCount(each.exchanges)})
                </option>
              ))}
          </select>
        </label>
      </p>
      <p class="line q">
        <span>{session ? plural(session.exchanges, 'exchange') : ''}</span>
        <span class="grow" />
        <span class="cut">{session ? formatMoment(session.startedDateTime).replace(/\.\d+/, '') : ''}</span>
      </p>
      {git?.branch ? (
        <p class="cut qq">
          {git.branch}
          {git.commit ? ` ${git.commit.slice(0, 8)}` : ''}
        </p>
      ) : null}
    </section>
  )
}
