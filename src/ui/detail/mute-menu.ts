// The menu that silences a rule, everywhere or for one host, and takes that back.
import type { Mute } from '../../api/contract.ts'
import type { Finding } from '../../diagnose/finding.ts'
import { failed } from '../actions.ts'
import { call } from '../connection.ts'
import { say } from '../model.ts'
import { type MenuItem, openMenuUnder } from '../shell/menu.tsx'

async function save(mutes: readonly Mute[], told: string): Promise<void> {
  try {
    await call('PUT /api/mutes', { body: { mutes } })
    say(told)
  } catch (error) {
    failed('Could not save what is muted')(error)
  }
}

export async function muteMenu(button: HTMLElement, finding: Finding, host: string): Promise<void> {
  let mutes: readonly Mute[] = []
  try {
    mutes = (await call('GET /api/mutes')).mutes
  } catch (error) {
    failed('Could not read what is muted')(error)
    return
  }
  const rule = finding.ruleId
  const family = `${rule.split('/')[0]}/*`
  const since = new Date().toISOString()
  const add = (mute: Mute, told: string) => void save([...mutes, mute], told)
  const muted = mutes.map(
    (mute): MenuItem => ({
      label: `${mute.rule}${mute.host ? ` for ${mute.host}` : ''}`,
      icon: 'undo',
      run: () =>
        void save(
          mutes.filter((other) => other !== mute),
          `${mute.rule} is shown again`,
        ),
    }),
  )
  openMenuUnder(button, 'Mute', () => [
    {
      label: `Mute ${rule} for ${host}`,
      icon: 'mute',
      run: () => add({ rule, host, since }, `${rule} is muted for ${host}`),
    },
    { label: `Mute ${rule} everywhere`, icon: 'mute', run: () => add({ rule, since }, `${rule} is muted`) },
    {
      label: `Mute all of ${family} for ${host}`,
      icon: 'mute',
      run: () => add({ rule: family, host, since }, `${family} is muted for ${host}`),
    },
    ...(muted.length > 0 ? (['line', { heading: 'Show again' }, ...muted] as const) : []),
  ])
}
