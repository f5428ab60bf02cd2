// The limit of what is compared line by line.

/** Octets of one content, as kept. */
export const largestCompared = 8_000_000
