// The worker behind large content: makes a listing away from the thread that draws.
import { type ListingRequest, prepareListing } from './prepare-listing.ts'

type Scope = {
  onmessage: ((event: MessageEvent<{ id: number; request: ListingRequest }>) => void) | null
  postMessage(value: unknown, transfer: Transferable[]): void
}
const scope = globalThis as unknown as Scope

scope.onmessage = ({ data: { id, request } }) => {
  const listing = prepareListing(request)
  const { starts, depth, end, parent, items } = listing
  scope.postMessage({ id, listing }, [starts.buffer, depth.buffer, end.buffer, parent.buffer, items.buffer])
}
