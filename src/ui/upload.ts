// A file on its way to the desk, with how far it is: only XMLHttpRequest tells a page how much of a body has left.

export type Uploading = {
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  /** Octets that have left, of all. */
  readonly tell: (done: number, total: number) => void
}

/** Answers as `fetch` does; aborting hangs up, so that what was begun is undone. */
export function upload(path: string, file: Blob, { headers, signal, tell }: Uploading): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', path)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.upload.onprogress = ({ loaded }) => tell(loaded, file.size)
    request.onload = () => resolve(new Response(request.responseText, { status: request.status }))
    request.onerror = () => reject(new Error('Telltale does not answer'))
    request.onabort = () => reject(new Error('Cancelled'))
    signal.addEventListener('abort', () => request.abort(), { once: true })
    if (signal.aborted) return reject(new Error('Cancelled'))
    request.send(file)
  })
}
