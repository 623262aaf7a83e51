import { S3Client } from '@aws-sdk/client-s3'
import { SQSClient } from '@aws-sdk/client-sqs'
import { ulid } from 'ulid'
import { liveDelivery, liveItems } from './aws-wiring.ts'
import { clientSettings } from './aws.ts'
import { env, required } from './env.ts'
import { s3ImportFiles } from './import-files.s3.ts'
import { importConsumer, sqsImportQueue } from './import-queue.sqs.ts'
import { type ImportWork, readUpload } from './import-reader.ts'
import type { ImportDeps } from './import-routes.ts'
import type { UpdateDeps } from './update.ts'

// What is streamed has no checksum before it is sent.
export const fileSettings = {
  ...clientSettings,
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
} as const

const liveFiles = () => s3ImportFiles(new S3Client(fileSettings), required(env.importFiles))

/** What the routes of imports need beside the table. */
export const liveImports = (): ImportDeps => ({ newImportId: () => `imp_${ulid()}`, files: liveFiles() })

/** The Lambda handler of the queue of files that were sent. */
export const importHandler = (workOf: (deps: UpdateDeps) => ImportWork) =>
  importConsumer(() => {
    const deps = { ...liveItems(), files: liveFiles() }
    const work = workOf(deps)
    const queue = sqsImportQueue(new SQSClient(clientSettings), required(env.queue))
    return { ...liveDelivery(), imports: queue, read: (id, until) => readUpload(deps, work, id, until) }
  })
