// Which environment fills in the variables, and the way to where they are edited.
import { changeSettings } from '../actions.ts'
import { openDialog, settings, view } from '../model.ts'
import { savedPart } from '../saved/saved-part.ts'

/** No name of an environment: names are trimmed. */
const editing = ' edit'

export function EnvironmentChoice() {
  const { environments, activeEnvironment } = settings.value
  return (
    <label class="line">
      <span class="q">Environment</span>
      <select
        class="sel small"
        value={activeEnvironment ?? ''}
        onChange={({ currentTarget: select }) => {
          if (select.value !== editing) return changeSettings({ activeEnvironment: select.value })
          openDialog.value = undefined
          savedPart.value = 'environments'
          view.value = 'saved'
        }}
      >
        <option value="">none</option>
        {environments.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
        <option value={editing}>edit environments…</option>
      </select>
    </label>
  )
}
