// Gives a listing or a table of some content: at once when it is small, from a worker when not, first lines ahead of the rest.
import type { Listing } from './listing.ts'
import { type ListingRequest, prepareListing } from './prepare-listing.ts'
import { prepareTable, type Table, type TableRequest } from './prepare-table.ts'

/** Octets up to which a listing is made in place: a few milliseconds. */
const inPlace = 192 * 1024
/** What the first lines are made from, in octets and lines. */
const firstBytes = 48 * 1024
const firstLines = 400

let worker: Worker | undefined
let next = 0
const waiting = new Map<number, (answer: never) => void>()

function ask<Answer>(request: ListingRequest | TableRequest, done: (answer: Answer) => void): () => void {
  if (!worker) {
    worker = new Worker(new URL('./listing-worker.ts', import.meta.url), { type: 'module' })
    worker.onmessage = (event: MessageEvent<{ id: number; answer: never }>) => {
      waiting.get(event.data.id)?.(event.data.answer)
      waiting.delete(event.data.id)
    }
  }
  const id = next++
  waiting.set(id, done)
  worker.postMessage({ id, request })
  return () => waiting.delete(id)
}

/** Octets up to which a table is made in place. */
const tableInPlace = 32 * 1024

/** Calls `show` once; the function it returns says that the answer is no longer wanted. */
export function requestTable(request: TableRequest, show: (table: Table) => void): () => void {
  if (request.bytes.length > tableInPlace) return ask(request, show)
  show(prepareTable(request))
  return () => {}
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
  return ask<Listing>(request, (listing) => show(listing, true))
}
