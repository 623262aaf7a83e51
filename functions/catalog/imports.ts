import { liveDelivery, liveItems } from '../runtime/aws-wiring.ts'
import { importConsumer } from './adapters/import-queue.sqs.ts'
import { liveImportFiles, liveImportQueue } from './adapters/live-imports.ts'
import { readUpload } from './on/upload.ts'

/** The queue of files that were sent. */
export const handler = importConsumer(() => {
  const deps = { ...liveItems(), files: liveImportFiles() }
  return { ...liveDelivery(), imports: liveImportQueue(), read: (id, until) => readUpload(deps, id, until) }
})
