// Begins the page: trades the code for a token, reads settings, opens the live connection and draws.
import { effect } from '@preact/signals'
import { render } from 'preact'
import { App } from './app.tsx'
import { call, unlock } from './connection.ts'
import { followFilter } from './filter/active-filter.ts'
import { followList, takeMessage } from './list/exchange-list.ts'
import { listFilter } from './list/list-state.ts'
import { takeSocketMessages, watchedExchange } from './live-messages.ts'
import { openLiveSocket } from './live-socket.ts'
import { live, settings, status } from './model.ts'
import { readSessions } from './sessions/session-list.ts'
import { applyDensity } from './shell/column-menu.ts'
import { takeDroppedFiles } from './shell/import-file.tsx'
import { listenToKeys } from './shell/keyboard.ts'
import { countSaved } from './shell/saved-count.ts'
import { applyTheme } from './shell/top-bar.tsx'
import { followTree } from './tree/tree-reading.ts'
import './styles/tokens.css'
import './styles/base.css'
import './styles/controls.css'
import './styles/shell.css'
import './styles/filter.css'
import './styles/tree.css'
import './styles/grid.css'
import './styles/overlays.css'
import './styles/first-run.css'

async function begin(): Promise<void> {
  const root = document.getElementById('app')
  if (!root) return
  render(<App />, root)
  listenToKeys()
  if (!(await unlock())) {
    live.value = 'locked'
    return
  }
  try {
    ;[settings.value, status.value] = await Promise.all([call('GET /api/settings'), call('GET /api/status')])
  } catch {
    // The live connection keeps trying and says so; what it brings later is taken then.
  }
  effect(applyTheme)
  effect(applyDensity)
  followFilter()
  followList()
  followTree()
  const socket = openLiveSocket(
    (message) => {
      if (message.type === 'hello' || message.type === 'status') status.value = message.status
      if (message.type === 'messages') takeSocketMessages(message)
      else takeMessage(message)
    },
    (state) => {
      live.value = state
    },
  )
  effect(() => {
    const exchangeId = watchedExchange.value
    socket.watch({ filter: listFilter.value, ...(exchangeId === undefined ? {} : { exchangeId }) })
  })
  takeDroppedFiles()
  void countSaved()
  void readSessions()
}

void begin()
