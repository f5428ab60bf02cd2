// The sheet of all keys, made from the table the keys are in.
import { keys } from './keyboard.ts'
import { Overlay } from './overlay.tsx'

const groups = ['Move', 'Look', 'Act', 'Page'] as const

export function HelpSheet() {
  return (
    <Overlay name="Keyboard shortcuts" class="help">
      {groups.map((group) => (
        <section key={group}>
          <h3>{group}</h3>
          <dl>
            {keys
              .filter((key) => key.group === group && key.does !== '')
              .map((key) => (
                <div key={key.does}>
                  <dt>
                    {(key.written ?? key.keys).map((each) => (
                      <kbd key={each}>{each}</kbd>
                    ))}
                  </dt>
                  <dd>{key.does}</dd>
                </div>
              ))}
          </dl>
        </section>
      ))}
      <p>
        In comparisons <kbd>[</kbd> and <kbd>]</kbd> go to the previous and next difference; in the editor{' '}
        <kbd>Ctrl</kbd> <kbd>Enter</kbd> sends. Single keys are off while you type.
      </p>
    </Overlay>
  )
}
