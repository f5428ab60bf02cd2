// Gives a listing for some content: at once when it is small, first lines at once and the rest from a worker when not.
import type { Listing } from './listing.ts'
import { type ListingRequest, prepareListing } from './prepare-listing.ts'

/** Octets up to which a listing is made in place: a few milliseconds. */
const inPlace = 192 * 1024
/** What the first lines are made from, in octets and lines. */
const firstBytes = 48 * 1024
const firstLines = 400

let worker: Worker | undefined
let next = 0
const waiting = new Map<number, (listing: Listing) => void>()

function ask(request: ListingRequest, done: (listing: Listing) => void): () => void {
  if (!worker) {
    worker = new Worker(new URL('./listing-worker.ts', import.meta.url), { type: 'module' })
    worker.onmessage = (event: MessageEvent<{ id: number; listing: Listing }>) => {
      waiting.get(event.data.id)?.(event.data.listing)
      waiting.delete(event.data.id)
    }
  }
  const id = next++
  waiting.set(id, done)
  worker.postMessage({ id, request })
  return () => waiting.delete(id)
}

/** Calls `show` once or twice; the function it returns says that the answer is no longer wanted. */
export function requestListing(request: ListingRequest, show: (listing: Listing, final: boolean) => void): () => void {
  if (request.bytes.length <= inPlace) {
    show(prepareListing(request), true)
    return () => {}
  }
  const { problem, ...first } = prepareListing({
    ...request,
    bytes: request.bytes.subarray(0, firstBytes),
    limit: firstLines,
  })
  // The cut itself is no problem of the content.
  show({ ...first, whole: false }, false)
  return ask(request, (listing) => show(listing, true))
}
