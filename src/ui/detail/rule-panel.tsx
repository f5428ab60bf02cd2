// The rule behind a finding: why it matters, when it is no problem, where it is written, and how to silence it.
import { useState } from 'preact/hooks'
import type { RuleNote } from '../../api/contract.ts'
import type { Finding } from '../../diagnose/finding.ts'
import { call } from '../connection.ts'
import { Icon } from '../icons.tsx'
import { LinkOut } from './link-out.tsx'
import { muteMenu } from './mute-menu.ts'
import { Prose } from './prose.tsx'

type Props = { readonly finding: Finding; readonly host: string; readonly endpoint: string | undefined }

/** The examples are written as names; here they stand in a sentence of their own. */
const sentence = (name: string) => name.charAt(0).toUpperCase() + name.slice(1)

export function RulePanel({ finding, host, endpoint }: Props) {
  const [note, setNote] = useState<RuleNote | Error | undefined>(undefined)
  const { ruleId: rule, references } = finding
  const [group = '', name = ''] = rule.split('/')
  const read = () => {
    if (note && !(note instanceof Error)) return
    call('GET /api/rules/:group/:name', { params: { group, name } }).then(setNote, (error) =>
      setNote(error instanceof Error ? error : new Error(String(error))),
    )
  }
  return (
    <details class="rule" onToggle={({ currentTarget: element }) => element.open && read()}>
      <summary>
        About this rule <span class="qq">{rule}</span>
      </summary>
      {note instanceof Error ? <p class="prose">The rule could not be read: {note.message}</p> : null}
      {note && !(note instanceof Error) ? (
        <>
          <h4 class="lab">{note.title}</h4>
          <Prose text={note.summary} />
          <h4 class="lab">When this is no problem</h4>
          {note.silent.length > 0 ? (
            <>
              <p class="prose">The rule already stays silent for:</p>
              <ul class="silent">
                {note.silent.map((each) => (
                  <li key={each}>{sentence(each)}</li>
                ))}
              </ul>
            </>
          ) : null}
          <p class="prose">
            If it is none here either, mute it: for this endpoint, for this host, or everywhere.{' '}
            <button
              type="button"
              class="btn line-btn"
              aria-haspopup="menu"
              onClick={({ currentTarget: button }) => void muteMenu(button, { rule, host, endpoint })}
            >
              <Icon name="mute" />
              Mute
            </button>
          </p>
          <p class="foot">
            {note.references
              .filter(({ url }) => !references.some((one) => one.url === url))
              .map(({ title, url }) => (
                <LinkOut key={url} title={title} url={url} />
              ))}
          </p>
        </>
      ) : null}
    </details>
  )
}
