// Tells a compressed stream that stops too soon from one that was never in that coding, by the decoder's own words.

/** zlib, brotli and zstd each say it their way. */
export const endsEarly = (decodeError: string): boolean =>
  /unexpected end|incomplete|truncated|BUF_ERROR/i.test(decodeError)
