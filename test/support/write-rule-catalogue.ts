// Writes docs/rules.md anew from the rules.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ruleCatalogue } from '../../src/diagnose/rule-catalogue.ts'
import { rules } from '../../src/diagnose/rules.ts'

writeFileSync(join(import.meta.dirname, '../../docs/rules.md'), ruleCatalogue(rules))
