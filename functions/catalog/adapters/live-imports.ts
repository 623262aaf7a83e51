import { S3Client } from '@aws-sdk/client-s3'
import { SQSClient } from '@aws-sdk/client-sqs'
import { clientSettings } from '../../runtime/aws.ts'
import { env, required } from '../../runtime/env.ts'
import { s3ImportFiles } from './import-files.s3.ts'
import { sqsImportQueue } from './import-queue.sqs.ts'

// What is streamed has no checksum before it is sent.
const settings = {
  ...clientSettings,
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
} as const

export const liveImportFiles = () => s3ImportFiles(new S3Client(settings), required(env.importFiles))
export const liveImportQueue = () => sqsImportQueue(new SQSClient(clientSettings), required(env.queue))
