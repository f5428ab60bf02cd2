// A listing of some content for a component: asks for it, and says whether more is still being read.
import { useEffect, useState } from 'preact/hooks'
import type { Listing } from './listing.ts'
import { requestListing } from './listing-service.ts'
import { charsetOf, type Material } from './material.ts'
import type { Layout } from './prepare-listing.ts'

export type Reading = { readonly listing: Listing; readonly done: boolean; readonly bytes: Uint8Array }

export function useListing(material: Material, layout: Layout, masked: boolean): Reading | undefined {
  const [reading, setReading] = useState<Reading | undefined>(undefined)
  const { bytes, echoes } = material
  const charset = charsetOf(material)
  useEffect(
    () =>
      requestListing({ bytes, charset, layout, masked, echoes }, (listing, done) =>
        setReading({ listing, done, bytes }),
      ),
    [bytes, charset, layout, masked, echoes],
  )
  // What belongs to the content shown before must not flash up under the new head.
  return reading?.bytes === bytes ? reading : undefined
}
