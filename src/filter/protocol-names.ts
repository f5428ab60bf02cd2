// The ways in which one protocol version is written.

/** Lower case; a version that is not known stands for itself, and `http/1` for all that begin so. */
export function protocolNames(text: string): readonly string[] {
  const version = text.toLowerCase().replace(/^(http\/?|h)(?=\d)/, '')
  if (version === '2' || version === '2.0') return ['http/2', 'http/2.0', 'h2', 'h2c', '2', '2.0']
  if (version === '3' || version === '3.0') return ['http/3', 'http/3.0', 'h3', '3', '3.0']
  if (version === '1') return ['http/1.0', 'http/1.1', '1.0', '1.1', 'h1']
  return [`http/${version}`, version]
}
