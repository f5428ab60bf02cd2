// Saved filters: kept by name in the settings file, taken and forgotten from one menu.
import { changeSettings } from '../actions.ts'
import { activeFilter, clearFilter, filterText } from '../filter/active-filter.ts'
import { say, settings } from '../model.ts'
import { type MenuItem, openMenuUnder } from './menu.tsx'
import { askName } from './name-field.tsx'

async function saveCurrent(filter: string): Promise<void> {
  const name = await askName('Save filter as', filter.slice(0, 40))
  if (name === undefined) return
  const others = settings.value.savedFilters.filter((each) => each.name !== name)
  changeSettings({ savedFilters: [...others, { name, filter }] })
  say(`Saved the filter “${name}”`)
}

export function openSavedFilters(button: HTMLElement): void {
  const now = activeFilter.value
  openMenuUnder(button, 'Saved filters', () => [
    ...settings.value.savedFilters.map(
      (saved): MenuItem => ({
        label: saved.name,
        hint: saved.filter,
        checked: saved.filter === now,
        run: () => {
          clearFilter()
          filterText.value = saved.filter
        },
      }),
    ),
    ...(settings.value.savedFilters.length > 0 ? (['line'] as const) : []),
    {
      label: now === '' ? 'Filter something to save it' : 'Save this filter',
      icon: 'save',
      disabled: now === '',
      run: () => void saveCurrent(now),
    },
    ...settings.value.savedFilters
      .filter((saved) => saved.filter === now)
      .map(
        (saved): MenuItem => ({
          label: `Forget “${saved.name}”`,
          icon: 'trash',
          run: () => changeSettings({ savedFilters: settings.value.savedFilters.filter((each) => each !== saved) }),
        }),
      ),
  ])
}
