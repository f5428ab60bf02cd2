// The bar under the top: the filter field, the chips, saved filters, how many are shown, columns and place of details.
import { setPageSetting } from '../actions.ts'
import { Icon } from '../icons.tsx'
import { storeCount } from '../list/leaving.ts'
import { searching, total } from '../list/list-state.ts'
import { detailPlacement } from '../model.ts'
import { openColumnMenu } from '../shell/column-menu.ts'
import { openSavedFilters } from '../shell/saved-filters.ts'
import { treeFolded, treeOverlay } from '../tree/folding.ts'
import { formatCount } from '../units.ts'
import { clearFilter, isFiltered, pressedChips, scope, sessionScope, toggleChip } from './active-filter.ts'
import { chipCounts } from './chip-counts.ts'
import { chips } from './chips.ts'
import { FilterField } from './filter-field.tsx'

function Chips() {
  return (
    <fieldset class="chips" aria-label="Quick filters">
      {chips.map((chip) => {
        const count = chipCounts.value[chip.name]
        return (
          <button
            key={chip.name}
            type="button"
            class="chip"
            aria-pressed={pressedChips.value.has(chip.name)}
            title={`Only exchanges ${chip.explanation}: ${chip.filter}`}
            onClick={() => toggleChip(chip.name)}
          >
            {chip.icon && <Icon small name={chip.icon} class={chip.icon} />}
            {chip.name}
            {count !== undefined && <b>{formatCount(count)}</b>}
          </button>
        )
      })}
    </fieldset>
  )
}

/** What narrows the list besides text and chips, each with a way out. */
function Scopes() {
  const scopes = [
    scope.value && { name: scope.value.name, clear: () => (scope.value = undefined) },
    sessionScope.value && { name: `Session ${sessionScope.value.name}`, clear: () => (sessionScope.value = undefined) },
  ].filter((each) => each !== undefined)
  return (
    <>
      {scopes.map((each) => (
        <button
          key={each.name}
          type="button"
          class="chip scope"
          aria-pressed="true"
          aria-label={`Leave ${each.name}`}
          title={`Only ${each.name}. Press to show all again.`}
          onClick={each.clear}
        >
          <span class="cut">{each.name}</span>
          <Icon small name="x" />
        </button>
      ))}
    </>
  )
}

export function FilterBar() {
  const all = storeCount.value
  return (
    <div class="filterbar">
      <button
        type="button"
        class="btn icon tree-button"
        aria-label="Hosts"
        title="Hosts and clients"
        aria-expanded={treeOverlay.value || !treeFolded.value}
        onClick={() => (treeOverlay.value = !treeOverlay.value)}
      >
        <Icon name="hosts" />
      </button>
      <FilterField />
      <Scopes />
      <Chips />
      <span class="sep" />
      <button
        type="button"
        class="chip"
        aria-label="Saved filters"
        aria-haspopup="menu"
        onClick={(event) => openSavedFilters(event.currentTarget)}
      >
        <span>
          Saved<span class="narrow-hides"> filters</span>
        </span>
        <Icon small name="down" />
      </button>
      <span class="grow" />
      <span class="q shown-count">
        {isFiltered.value && `${formatCount(total.value)} of `}
        {formatCount(all)}
        <span class="narrow-hides"> {all === 1 ? 'exchange' : 'exchanges'}</span>
        {searching.value &&
          `, searched ${formatCount(searching.value.scanned)} of ${formatCount(searching.value.candidates)}`}
      </span>
      {isFiltered.value && (
        <button type="button" class="btn" title="Show all again (x)" onClick={clearFilter}>
          Clear
        </button>
      )}
      <button
        type="button"
        class="btn icon"
        aria-label="Columns"
        title="Columns"
        aria-haspopup="menu"
        onClick={(event) => openColumnMenu(event.currentTarget)}
      >
        <Icon name="columns" />
      </button>
      <button
        type="button"
        class="btn icon dock-button"
        aria-label={detailPlacement.value === 'right' ? 'Details below' : 'Details on the right'}
        title={detailPlacement.value === 'right' ? 'Details below' : 'Details on the right'}
        onClick={() => setPageSetting('detailPlacement', detailPlacement.value === 'right' ? 'below' : 'right')}
      >
        <Icon name={detailPlacement.value === 'right' ? 'below' : 'dock'} />
      </button>
    </div>
  )
}
