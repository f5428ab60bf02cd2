// The load client, a process of its own: takes one job at a time from the benchmark and answers with what happened.
import type { Job, Result } from './job.ts'
import { contactHosts, download, exchangeMessages, upload } from './send-bulk.ts'
import { sendHttp1, sendHttp2 } from './send-requests.ts'

function perform(job: Job): Promise<Result> {
  switch (job.kind) {
    case 'requests':
      return job.protocol === 'h2' ? sendHttp2(job) : sendHttp1(job)
    case 'hosts':
      return contactHosts(job)
    case 'download':
      return download({ ...job, kind: 'download' })
    case 'upload':
      return upload({ ...job, kind: 'upload' })
    case 'messages':
      return exchangeMessages(job)
  }
}

process.on('message', (job: Job) => {
  perform(job).then(
    (result) => process.send?.(result),
    (error: Error) => process.send?.({ done: 0, seconds: 0, times: [], errors: { [error.message]: 1 } }),
  )
})
process.on('disconnect', () => process.exit())
process.send?.('ready')
