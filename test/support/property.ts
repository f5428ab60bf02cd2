// The property tester with a seed: every run is the same run, and TELLTALE_SEED=random (or a number) looks elsewhere.
import fc from 'fast-check'

const { TELLTALE_SEED } = process.env
if (TELLTALE_SEED !== 'random') fc.configureGlobal({ seed: Number(TELLTALE_SEED ?? 20261122) })

export { fc }
