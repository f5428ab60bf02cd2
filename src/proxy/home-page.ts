// http://telltale.local/ as seen through the proxy: proof that the proxy works, and the certificate to trust.
import type { Failure } from '../exchange/failure.ts'
import { type Answer, answer, page, problemAnswer } from './problem-page.ts'

export const homeHost = 'telltale.local'

const home = `<p>This page came through the proxy, so plain HTTP passes and is recorded.</p>
<p>To see inside HTTPS, the program that makes the requests must trust this certificate:
<a href="/ca.pem">ca.pem</a>. <code>telltale run -- COMMAND</code> sets that up for one command.</p>`

/** `path` without scheme and authority. */
export function homeAnswer(path: string, caPem: string): Answer {
  const [bare = '/'] = path.split(/[?#]/)
  if (bare === '/ca.pem' || bare === '/ca.crt') {
    const name = ['Content-Disposition', 'attachment; filename="telltale-ca.pem"']
    return answer(200, 'application/x-pem-file', Buffer.from(caPem), name)
  }
  if (bare === '/' || bare === '')
    return answer(200, 'text/html; charset=utf-8', Buffer.from(page('Telltale is listening', home)))
  const missing: Failure = { phase: 'client', code: 'NOT_FOUND', message: `${homeHost} has no page ${bare}.` }
  return problemAnswer(404, missing, 'text/html')
}
