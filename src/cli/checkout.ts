// Where this package stands, and whether that is a checkout of the project or a published package.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** As source this file is src/cli/checkout.ts, built it is dist/src/cli/checkout.js. */
const above = resolve(import.meta.dirname, '..', '..')
export const root = existsSync(join(above, 'package.json')) ? above : resolve(above, '..')

/** A package has no sources. */
export const isCheckout = existsSync(join(root, 'src', 'main.ts'))
