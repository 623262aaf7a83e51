import { SQSClient } from '@aws-sdk/client-sqs'
import { liveItems } from '../runtime/aws-wiring.ts'
import { clientSettings } from '../runtime/aws.ts'
import { env, required } from '../runtime/env.ts'
import { sweep } from '../runtime/sweep.ts'
import { livePhotoBucket } from './adapters/live-photos.ts'
import { sqsPhotoChecks } from './adapters/photo-checks.sqs.ts'
import { sweepPhotos } from './on/due.ts'

/** Every minute: ends photos that wait in vain, and deletes files that nobody shows. */
export const handler = sweep(() =>
  sweepPhotos({
    ...liveItems(),
    bucket: livePhotoBucket(),
    checks: sqsPhotoChecks(new SQSClient(clientSettings), required(env.photoChecks)),
  }),
)
