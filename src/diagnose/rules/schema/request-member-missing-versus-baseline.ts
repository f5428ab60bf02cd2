// A member that every call that worked had is absent.

import type { Edit } from '../../../exchange/edit.ts'
import { isSensitiveName } from '../../../http/secret-names.ts'
import { missingMembers } from '../../baseline-request.ts'
import { mayBeContent } from '../../body-refused.ts'
import { bodyMember } from '../../evidence.ts'
import { brief, listed } from '../../phrases.ts'
import type { Rule } from '../../rule.ts'

export const requestMemberMissingVersusBaseline: Rule = {
  id: 'schema/request-member-missing-versus-baseline',
  rank: 2,
  level: 'error',
  title: 'A member that all earlier calls had is absent',
  summary:
    'Fires on 400, 422, 500 and hidden failures when a body member that was in all of at least three successes of the endpoint is absent. Fills it in where it was always the same.',
  references: [
    {
      title: 'JSON Schema: required',
      url: 'https://json-schema.org/draft/2020-12/json-schema-validation#section-6.5.3',
    },
  ],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    if (!mayBeContent(subject)) return undefined
    const missing = missingMembers(subject, context)
    const [first] = missing
    if (!first) return undefined
    const names = missing.map(({ pointer }) => pointer)
    const named = missing.some(
      ({ name }) =>
        name.length > 2 &&
        (subject.errorText.includes(name.toLowerCase()) ||
          subject.error?.fields.some(({ path }) => path.includes(name))),
    )
    const edits = missing.flatMap(({ pointer, facts, name }): Edit[] => {
      const only =
        facts.values?.size === 1 && facts.types.size === 1 && facts.types.has('string')
          ? [...facts.values.keys()][0]
          : undefined
      return only === undefined || only.length >= 80 || isSensitiveName(name)
        ? []
        : [{ op: 'set-json', pointer, value: only }]
    })
    const complete = edits.length === missing.length && subject.form === undefined
    return {
      ...(named ? { rank: 1 as const } : {}),
      confidence: named ? 0.97 : subject.status === 500 ? 0.8 : 0.92,
      title: `${listed(names, 3)} ${names.length === 1 ? 'is' : 'are'} absent; every call that worked had ${names.length === 1 ? 'it' : 'them'}`,
      brief: brief(`${first.name} is missing`),
      explanation: `All ${first.facts.count} successes of this endpoint sent ${listed(names, 6)}; this request does not.`,
      evidence: missing.slice(0, 5).map(({ pointer }) => bodyMember('request.body', pointer, undefined, context)),
      fix: complete
        ? { kind: 'complete', text: 'Send it as the successes did.', edits }
        : {
            kind: 'template',
            text: `Add ${listed(names, 5)}.`,
            ...(subject.form
              ? {}
              : {
                  edits: missing.map(({ pointer, name }): Edit => ({ op: 'set-json', pointer, value: `{{${name}}}` })),
                }),
          },
    }
  },
  examples: [
    {
      name: 'a member that all successes had',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'POST https://api.test/orders',
          body: { item: 'a', currency: 'EUR' },
          status: 201,
          answer: { id: 1 },
          times: 3,
        },
        {
          request: 'POST https://api.test/orders',
          body: { item: 'a' },
          status: 422,
          answer: { message: 'Invalid request' },
        },
      ],
    },
    {
      name: 'an optional member',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/orders',
          body: { item: 'a', note: 'x' },
          status: 201,
          answer: { id: 1 },
          times: 3,
        },
        { request: 'POST https://api.test/orders', body: { item: 'a' }, status: 201, answer: { id: 1 } },
        {
          request: 'POST https://api.test/orders',
          body: { item: '' },
          status: 422,
          answer: { message: 'Invalid request' },
        },
      ],
    },
    {
      name: 'two successes prove nothing',
      fires: false,
      exchanges: [
        { request: 'POST https://api.test/items', body: { a: 1, b: 2 }, status: 201, answer: { id: 1 }, times: 2 },
        { request: 'POST https://api.test/items', body: { a: 1 }, status: 400, answer: { error: 'no' } },
      ],
    },
  ],
}
