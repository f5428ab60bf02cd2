// The one logarithmic scale of all duration bars; pure.

/** The duration that fills the bar's track, ms. */
const longest = 30_000

/** How much of the track a duration takes, 0 to 1: every factor of ten is as long as the one before. */
export function logShare(ms: number): number {
  return Math.min(1, Math.log10(1 + Math.max(0, ms)) / Math.log10(1 + longest))
}
