// Silences a rule for an endpoint, for a host or everywhere, and takes that back.
import type { Mute } from '../../api/contract.ts'
import { failed } from '../actions.ts'
import { call } from '../connection.ts'
import { say } from '../model.ts'
import { type MenuItem, openMenuUnder } from '../shell/menu.tsx'

/** Where a finding stands; `endpoint` is its endpoint key, once it is known. */
export type MutePlace = { readonly rule: string; readonly host: string; readonly endpoint: string | undefined }

async function save(mutes: readonly Mute[], told: string): Promise<void> {
  try {
    await call('PUT /api/mutes', { body: { mutes } })
    say(told)
  } catch (error) {
    failed('Could not save what is muted')(error)
  }
}

async function held(): Promise<readonly Mute[] | undefined> {
  try {
    return (await call('GET /api/mutes')).mutes
  } catch (error) {
    failed('Could not read what is muted')(error)
    return undefined
  }
}

const where = ({ host, endpoint }: Mute): string =>
  endpoint ? ` for ${endpoint}` : host ? ` for ${host}` : ' everywhere'

/** What can be silenced of a rule from here, the narrowest first. */
function muteChoices({ rule, host, endpoint }: MutePlace): readonly (Mute & { readonly label: string })[] {
  const since = new Date().toISOString()
  const family = `${rule.split('/')[0]}/*`
  const choices: Mute[] = [
    ...(endpoint === undefined ? [] : [{ rule, endpoint, since }]),
    { rule, host, since },
    { rule, since },
    { rule: family, host, since },
  ]
  return choices.map((mute) => ({
    ...mute,
    label: `Mute ${mute.rule === family ? `all of ${family}` : rule}${where(mute)}`,
  }))
}

function again(mutes: readonly Mute[]): MenuItem[] {
  return mutes.map((mute) => ({
    label: `${mute.rule}${where(mute)}`,
    icon: 'undo',
    run: () =>
      void save(
        mutes.filter((other) => other !== mute),
        `${mute.rule} is shown again`,
      ),
  }))
}

export async function muteMenu(button: HTMLElement, place: MutePlace): Promise<void> {
  const mutes = await held()
  if (!mutes) return
  openMenuUnder(button, 'Mute', () => [
    ...muteChoices(place).map(({ label, ...mute }): MenuItem => {
      return { label, icon: 'mute', run: () => void save([...mutes, mute], `${mute.rule} is muted${where(mute)}`) }
    }),
    ...(mutes.length > 0 ? (['line', { heading: 'Show again' }, ...again(mutes)] as const) : []),
  ])
}

/** Everything that is muted, to take back. */
export async function shownAgainMenu(button: HTMLElement): Promise<void> {
  const mutes = await held()
  if (mutes) openMenuUnder(button, 'Muted', () => [{ heading: 'Show again' }, ...again(mutes)])
}
