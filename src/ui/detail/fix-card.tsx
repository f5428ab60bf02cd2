// What to do about a finding: in words, as a patch of the request, and one button that opens it in the editor.
import type { Fix } from '../../diagnose/finding.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { edit } from '../actions.ts'
import { Icon } from '../icons.tsx'
import { masked } from '../model.ts'
import { holePieces, type PatchLine, patchLines } from './edit-lines.ts'
import { maskField, maskUrls } from './masking.ts'
import { ProseText } from './prose.tsx'

const kinds: { readonly [K in Fix['kind']]: string } = {
  complete: 'ready to send',
  template: 'needs a value only you have',
  advice: '',
}

function shownValue({ name, value }: PatchLine): string {
  if (!masked.value) return value
  // A hole is no secret: it says which value is missing.
  if (value.includes('{{')) return value
  if (name.startsWith('?')) return maskUrls(`${name}=${value}`).slice(name.length + 1)
  if (name === 'URL' || name === 'path') return maskUrls(value)
  return name.startsWith('/') ? value : maskField(name, value)
}

export function FixCard({ fix, exchange }: { fix: Fix; exchange: Exchange }) {
  const steps = fix.text.split('\n').filter((step) => step.trim() !== '')
  const edits = fix.edits ?? []
  return (
    <section class="fix" aria-label="Fix">
      <header>
        Fix
        <span class="q">{kinds[fix.kind]}</span>
        <span class="grow" />
        {edits.length > 0 ? (
          <button type="button" class="btn go" onClick={() => edit(exchange.id, edits)}>
            <Icon name="edit" />
            Open in editor
          </button>
        ) : null}
      </header>
      {steps.length > 1 ? (
        <ol>
          {steps.map((step) => (
            <li key={step}>
              <span>
                <ProseText text={step} />
              </span>
            </li>
          ))}
        </ol>
      ) : (
        <p class="step">
          <ProseText text={fix.text} />
        </p>
      )}
      {edits.length > 0 ? (
        <div class="patch">
          {patchLines(exchange.request, edits).map((line, i) => (
            <div key={i} class={line.op === '-' ? 'del' : 'add'}>
              {line.op} {line.name}:{' '}
              {holePieces(shownValue(line)).map((piece, at) =>
                piece.hole ? (
                  <span key={at} class={piece.remembered ? 'known' : 'hole'}>
                    {piece.text}
                  </span>
                ) : (
                  piece.text
                ),
              )}
            </div>
          ))}
        </div>
      ) : null}
    </section>
  )
}
