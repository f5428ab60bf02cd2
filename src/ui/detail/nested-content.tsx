// Content with the viewer that suits it best; the viewers are a part of the page that is loaded when first needed.
import { signal } from '@preact/signals'
import { masked } from '../model.ts'
import type { Material } from '../viewers/material.ts'
import type { NestedProps, Viewer } from '../viewers/viewer.ts'

type ViewersFor = (material: Material) => readonly Viewer[]
const loaded = signal<ViewersFor | undefined>(undefined)
let asked = false

/** The viewers that can show some content, best first; undefined while they are being loaded. */
export function useViewers(material: Material): readonly Viewer[] | undefined {
  if (!loaded.value && !asked) {
    asked = true
    import('../viewers/viewers.ts').then(
      ({ viewersFor }) => {
        loaded.value = viewersFor
      },
      () => {
        asked = false
      },
    )
  }
  return loaded.value?.(material)
}

export function NestedContent({ material, search }: NestedProps) {
  const viewer = useViewers(material)?.[0]
  if (!viewer) return null
  return <viewer.View material={material} masked={masked.value} marks={[]} search={search} Nested={NestedContent} />
}
