// The thread of a comparison of sessions: reads both, answers once, and is gone.
import { parentPort, workerData } from 'node:worker_threads'
import { compareStoredSessions } from './compare-stored-sessions.ts'
import type { ComparisonOrder } from './open-comparison.ts'

const { dataDir, before, after } = workerData as ComparisonOrder
parentPort?.postMessage(compareStoredSessions(dataDir, before, after))
