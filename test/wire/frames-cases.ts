// All conformance cases of HTTP/2, by who errs.
import { ok200 } from '../support/http2-frames.ts'
import { data, type FrameCase, post } from './frames-case.ts'
import { goesOn, malformedCases, stateCases } from './frames-client-cases.ts'
import { commonCases } from './frames-common-cases.ts'
import { hpackCases } from './frames-hpack-cases.ts'
import { originCases } from './frames-origin-cases.ts'

/** Stream 1 is open while it happens, and completes behind it. */
const duringUpload = (one: FrameCase): FrameCase => ({
  ...one,
  passes: true,
  steps: [post(1), ...one.steps, data(1, 'x', true)],
})
const beforeAnswer = (one: FrameCase): FrameCase => ({ ...one, steps: [...one.steps, ok200(1, true)] })

export const casesOfClients: readonly FrameCase[] = [
  ...stateCases,
  ...malformedCases,
  ...goesOn,
  ...hpackCases,
  ...commonCases.map(duringUpload),
]
export const casesOfOrigins: readonly FrameCase[] = [...originCases, ...commonCases.map(beforeAnswer)]
