// The worker behind large content: makes listings and tables away from the thread that draws.
import { type ListingRequest, prepareListing } from './prepare-listing.ts'
import { prepareTable, type TableRequest } from './prepare-table.ts'

type Asked = { readonly id: number; readonly request: ListingRequest | TableRequest }
type Scope = {
  onmessage: ((event: MessageEvent<Asked>) => void) | null
  postMessage(value: unknown, transfer: Transferable[]): void
}
const scope = globalThis as unknown as Scope

scope.onmessage = ({ data: { id, request } }) => {
  if ('table' in request) return scope.postMessage({ id, answer: prepareTable(request) }, [])
  const answer = prepareListing(request)
  const { starts, depth, end, parent, items } = answer
  scope.postMessage({ id, answer }, [starts.buffer, depth.buffer, end.buffer, parent.buffer, items.buffer])
}
