// Named environments and their variables; secret values are dots while secrets are masked.
import type { Environment } from '../../api/contract.ts'
import { changeSettings } from '../actions.ts'
import { SecretInput } from '../compose/secret-input.tsx'
import { Icon } from '../icons.tsx'
import { settings } from '../model.ts'
import { dots } from '../viewers/secret-ranges.ts'

type Variable = Environment['variables'][number]

function VariableTable({ environment, onChange }: { environment: Environment; onChange: (next: Environment) => void }) {
  const { variables } = environment
  const set = (at: number, change: Partial<Variable>) =>
    onChange({ ...environment, variables: variables.map((each, i) => (i === at ? { ...each, ...change } : each)) })
  return (
    <>
      <table class="kv" aria-label={`Variables of ${environment.name}`}>
        <tbody>
          {variables.map((variable, at) => (
            <tr key={at}>
              <td class="nm first">
                <input
                  type="text"
                  aria-label="Name"
                  value={variable.name}
                  spellcheck={false}
                  placeholder="name"
                  onInput={(event) => set(at, { name: event.currentTarget.value.trim() })}
                />
              </td>
              <td class="vl">
                <SecretInput
                  label={`Value of ${variable.name || 'this variable'}`}
                  value={variable.value}
                  shown={variable.secret && variable.value !== '' ? dots : variable.value}
                  onValue={(value) => set(at, { value })}
                />
              </td>
              <td class="sc">
                <label class="check">
                  <input
                    type="checkbox"
                    checked={variable.secret}
                    onChange={(event) => set(at, { secret: event.currentTarget.checked })}
                  />
                  secret
                </label>
              </td>
              <td class="ac">
                <button
                  type="button"
                  class="btn icon"
                  aria-label={`Remove ${variable.name || 'this variable'}`}
                  onClick={() => onChange({ ...environment, variables: variables.filter((_, i) => i !== at) })}
                >
                  <Icon name="x" small />
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <button
        type="button"
        class="add-row"
        onClick={() => onChange({ ...environment, variables: [...variables, { name: '', value: '', secret: false }] })}
      >
        <Icon name="plus" small />
        Add variable
      </button>
    </>
  )
}

export function EnvironmentEditor() {
  const { environments, activeEnvironment } = settings.value
  const put = (next: readonly Environment[], active = activeEnvironment) =>
    changeSettings({ environments: next, ...(active === undefined ? {} : { activeEnvironment: active }) })
  const add = () => {
    let number = environments.length + 1
    while (environments.some(({ name }) => name === `Environment ${number}`)) number++
    put(
      [...environments, { name: `Environment ${number}`, variables: [{ name: '', value: '', secret: false }] }],
      activeEnvironment || `Environment ${number}`,
    )
  }
  return (
    <>
      <p class="content-empty">
        Write {'{{name}}'} anywhere in a request; the active environment fills it in when the request is sent.
      </p>
      {environments.map((environment, at) => (
        <section key={at} aria-label={environment.name} class="environment">
          <div class="sect">
            <label class="check">
              <input
                type="radio"
                name="active-environment"
                checked={environment.name === activeEnvironment}
                onChange={() => put(environments, environment.name)}
              />
              <span class="vh">{environment.name} is active</span>
            </label>
            <input
              type="text"
              class="environment-name"
              aria-label="Name of the environment"
              value={environment.name}
              onChange={(event) => {
                const name = event.currentTarget.value.trim() || environment.name
                put(
                  environments.map((each, i) => (i === at ? { ...each, name } : each)),
                  environment.name === activeEnvironment ? name : activeEnvironment,
                )
              }}
            />
            {environment.name === activeEnvironment ? <span class="c">active</span> : null}
            <span class="grow" />
            <button
              type="button"
              class="btn icon"
              aria-label={`Remove ${environment.name}`}
              title="Remove this environment"
              onClick={() =>
                put(
                  environments.filter((_, i) => i !== at),
                  environment.name === activeEnvironment ? '' : activeEnvironment,
                )
              }
            >
              <Icon name="trash" />
            </button>
          </div>
          <VariableTable
            environment={environment}
            onChange={(next) => put(environments.map((each, i) => (i === at ? next : each)))}
          />
        </section>
      ))}
      <p class="under-table">
        <button type="button" class="btn line-btn large" onClick={add}>
          <Icon name="plus" />
          Add environment
        </button>
      </p>
    </>
  )
}
