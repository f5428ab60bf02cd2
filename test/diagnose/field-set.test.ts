// The field set: calls of well-known APIs, failed and healthy, judged by what their documentation says they mean.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { disagreements } from './field/disagreements.ts'
import { readFieldCases } from './field/read-field-cases.ts'

const files = readdirSync(join(import.meta.dirname, 'field')).filter((name) => name.endsWith('.http'))

for (const way of ['live', 'imported'] as const)
  for (const file of files)
    t.test(`${file}, ${way}`, async (t) => {
      const cases = readFieldCases(file, way)
      t.ok(cases.length >= 10, `${cases.length} cases`)
      t.strictSame(
        cases.flatMap((one) => disagreements(one)),
        [],
      )
    })
