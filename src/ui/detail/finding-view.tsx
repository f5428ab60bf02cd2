// One finding, opened: cause, evidence, the server's words, what differs from a call that worked, and the fix.

import type { Finding } from '../../diagnose/finding.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { compare } from '../actions.ts'
import { Icon } from '../icons.tsx'
import { masked } from '../model.ts'
import { formatTime } from '../units.ts'
import { maskText } from '../viewers/secret-ranges.ts'
import { visible } from '../visible.ts'
import { certainty } from './certainty.ts'
import { DifferenceTable } from './difference-table.tsx'
import { EvidenceList } from './evidence-list.tsx'
import { FixCard } from './fix-card.tsx'
import { followEvidence, whereOf } from './follow-evidence.ts'
import { LinkOut } from './link-out.tsx'
import { muteMenu } from './mute-menu.ts'
import { Prose } from './prose.tsx'
import { RulePanel } from './rule-panel.tsx'

type Props = {
  readonly finding: Finding
  readonly exchange: Exchange
  /** The endpoint key, once it is known. */
  readonly endpoint: string | undefined
}

export function FindingView({ finding, exchange, endpoint }: Props) {
  const { quote, differential, fix, references } = finding
  const shown = (text: string) => visible(masked.value ? maskText(text) : text)
  return (
    <article class="finding">
      <header class="ft">
        <Icon name={finding.level} label={finding.level} class={finding.level.slice(0, 1)} />
        <h3>{visible(finding.title)}</h3>
        <button
          type="button"
          class="btn icon"
          aria-label="Mute this finding"
          title="Mute this finding"
          aria-haspopup="menu"
          onClick={(event) =>
            void muteMenu(event.currentTarget, { rule: finding.ruleId, host: exchange.server.host, endpoint })
          }
        >
          <Icon name="mute" />
        </button>
        <p class="id">
          <span>{finding.ruleId}</span>
          <span>{certainty(finding)}</span>
        </p>
      </header>
      <Prose text={shown(finding.explanation)} />
      {finding.evidence.length > 0 ? (
        <>
          <h4 class="lab">Evidence</h4>
          <EvidenceList finding={finding} />
        </>
      ) : null}
      {quote ? (
        <>
          <h4 class="lab">In the server's own words</h4>
          <blockquote>
            <p>“{shown(quote.text)}”</p>
            <footer>
              <button
                type="button"
                class="link"
                onClick={() => followEvidence(finding, { location: quote.location, value: quote.text })}
              >
                {whereOf(quote)}
              </button>
              {quote.code ? <span>code {visible(quote.code)}</span> : null}
              {quote.requestId ? <span>request id {quote.requestId}</span> : null}
              {quote.docUrl ? <LinkOut title="Their documentation" url={quote.docUrl} /> : null}
            </footer>
          </blockquote>
        </>
      ) : null}
      {differential && differential.differences.length > 0 ? (
        <>
          <h4 class="lab">
            {differential.differences.length === 1 ? 'The only difference' : 'What differs'} from the call that worked
            at {formatTime(differential.startedDateTime)}
            <button type="button" class="link go-to" onClick={() => compare(differential.against, exchange.id)}>
              Compare all
            </button>
          </h4>
          <DifferenceTable differential={differential} exchange={exchange} />
        </>
      ) : null}
      {fix ? <FixCard fix={fix} exchange={exchange} /> : null}
      {references.length > 0 ? (
        <footer class="foot">
          {references.map(({ title, url }) => (
            <LinkOut key={url} title={title} url={url} />
          ))}
        </footer>
      ) : null}
      <RulePanel finding={finding} host={exchange.server.host} endpoint={endpoint} />
    </article>
  )
}
