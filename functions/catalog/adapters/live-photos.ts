import { S3Client } from '@aws-sdk/client-s3'
import { ulid } from 'ulid'
import { clientSettings } from '../../runtime/aws.ts'
import { env, required } from '../../runtime/env.ts'
import type { PhotoDeps } from '../deps.ts'
import type { PhotoBucket } from './photo-bucket.ts'
import { s3PhotoBucket } from './photo-bucket.s3.ts'

/** The bucket of photos. */
export const livePhotoBucket = (): PhotoBucket => s3PhotoBucket(new S3Client(clientSettings), required(env.photoFiles))

/** What the routes of photos need beside the table. */
export const livePhotos = (): PhotoDeps => ({
  newPhotoId: () => `pho_${ulid()}`,
  bucket: livePhotoBucket(),
  photosUrl: required(env.photosUrl),
})
