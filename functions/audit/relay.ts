import { S3Client } from '@aws-sdk/client-s3'
import { clientSettings } from '../runtime/aws.ts'
import { env, required } from '../runtime/env.ts'
import { copier } from './adapters/locked-copy.s3.ts'

/** The stream of the table of records, where a stage keeps a copy that nobody can change. */
export const handler = copier(() => ({ s3: new S3Client(clientSettings), bucket: required(env.copies) }))
