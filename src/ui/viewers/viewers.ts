// All viewers in one list; the one that suits best is shown first, the others can be chosen.
import { eventStreamViewer } from './event-stream-viewer.tsx'
import { formViewer } from './form-viewer.tsx'
import { graphqlViewer } from './graphql-viewer.tsx'
import { hexViewer } from './hex-viewer.tsx'
import { htmlPreview } from './html-preview.tsx'
import { imageViewer } from './image-viewer.tsx'
import { jsonViewer } from './json-viewer.tsx'
import type { Material } from './material.ts'
import { multipartViewer } from './multipart-viewer.tsx'
import { protobufViewer } from './protobuf-viewer.tsx'
import { codeViewer, htmlViewer, prettyJsonViewer, rawViewer, xmlViewer } from './text-viewer.tsx'
import type { Viewer } from './viewer.ts'

export const viewers: readonly Viewer[] = [
  graphqlViewer,
  imageViewer,
  multipartViewer,
  protobufViewer,
  eventStreamViewer,
  formViewer,
  jsonViewer,
  prettyJsonViewer,
  xmlViewer,
  htmlViewer,
  htmlPreview,
  codeViewer,
  rawViewer,
  hexViewer,
]

/** The viewers that can show some content, best first; hex can show anything. */
export function viewersFor(material: Material): readonly Viewer[] {
  return viewers
    .map((viewer) => ({ viewer, score: viewer.suits(material) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ viewer }) => viewer)
}
