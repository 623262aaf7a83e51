import { liveDelivery, liveItems } from '../runtime/aws-wiring.ts'
import { livePhotoBucket } from './adapters/live-photos.ts'
import { photoConsumer } from './adapters/photo-checks.sqs.ts'
import { wasmShrink } from './adapters/shrink.wasm.ts'
import { checkPhoto } from './on/photo.ts'

/** The queue of files that were sent for photos. */
export const handler = photoConsumer(() => {
  const deps = { ...liveItems(), bucket: livePhotoBucket(), shrink: wasmShrink }
  return { ...liveDelivery(), check: (place) => checkPhoto(deps, place) }
})
