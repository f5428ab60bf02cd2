// The sheet that explains the filter language, made from the table the language itself is made from.
import { grammarHelp } from '../../filter/filter-help.ts'
import { properties } from '../../filter/properties.ts'
import { openDialog } from '../model.ts'
import { Overlay } from '../shell/overlay.tsx'
import { filterText } from './active-filter.ts'

/** An example can be tried: it is put into the field. */
function Example({ text }: { text: string }) {
  return (
    <button
      type="button"
      class="link"
      title="Try it"
      onClick={() => {
        filterText.value = text
        openDialog.value = undefined
      }}
    >
      <code>{text}</code>
    </button>
  )
}

/** Sentences of the table write what is typed between backticks. */
function Words({ text }: { text: string }) {
  return <>{text.split('`').map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</>
}

export function FilterHelpSheet() {
  return (
    <Overlay name="Filter language" class="filter-sheet">
      <table>
        <tbody>
          {grammarHelp.map(({ example, help }) => (
            <tr key={example}>
              <th scope="row">
                <Example text={example} />
              </th>
              <td>
                <Words text={help} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <h3>What can be asked for</h3>
      <table>
        <tbody>
          {properties.map((property) => (
            <tr key={property.name}>
              <th scope="row">
                <Example text={property.example} />
              </th>
              <td>
                <Words text={property.help} />
                {property.aliases.length > 0 && <span class="qq"> Also {property.aliases.join(', ')}.</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Overlay>
  )
}
