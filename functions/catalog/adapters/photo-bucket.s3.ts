import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { createPresignedPost } from '@aws-sdk/s3-presigned-post'
import { maxPhotoBytes, photoSeconds } from '../../../schemas/photos.ts'
import { photoCacheControl } from '../core/published-photo.ts'
import type { PhotoBucket, PhotoPlace } from './photo-bucket.ts'

const sentOf = (id: string): string => `uploads/${id}/`
const publishedOf = (id: string): string => `photos/${id}/`
const sentAt = ({ id, sku }: PhotoPlace): string => `${sentOf(id)}${sku}`

/** The photo whose file has that key; undefined for any other key. */
export function photoOfFile(key: string): PhotoPlace | undefined {
  const [, id, sku] = /^uploads\/(pho_[0-9A-Z]+)\/([\w.-]+)$/.exec(key) ?? []
  return id === undefined || sku === undefined ? undefined : { id, sku }
}

/** The files of photos in a bucket. */
export function s3PhotoBucket(s3: S3Client, bucket: string): PhotoBucket {
  const at = (Key: string) => ({ Bucket: bucket, Key })

  async function open(key: string) {
    try {
      return await s3.send(new GetObjectCommand(at(key)))
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined
      throw error
    }
  }

  // A photo has a handful of files: one page.
  async function keysBelow(prefix: string): Promise<string[]> {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }))
    return Contents.flatMap(({ Key }) => Key ?? [])
  }

  const remove = async (key: string): Promise<void> => {
    await s3.send(new DeleteObjectCommand(at(key)))
  }

  return {
    upload: (place, contentType) =>
      createPresignedPost(s3, {
        ...at(sentAt(place)),
        Fields: { 'content-type': contentType },
        Conditions: [['content-length-range', 1, maxPhotoBytes]],
        Expires: photoSeconds,
      }),
    open: async (place) => {
      const found = await open(sentAt(place))
      if (found?.Body === undefined) return undefined
      const { Body, ContentLength = 0 } = found
      return { size: ContentLength, read: () => Body.transformToByteArray() }
    },
    isSent: async ({ id }) => (await keysBelow(sentOf(id))).length > 0,
    discard: (place) => remove(sentAt(place)),
    publish: async (id, name, { bytes, contentType }) => {
      const content = { Body: bytes, ContentType: contentType, CacheControl: photoCacheControl }
      await s3.send(new PutObjectCommand({ ...at(`${publishedOf(id)}${name}`), ...content }))
    },
    read: async (id, name) => {
      const found = await open(`${publishedOf(id)}${name}`)
      if (found?.Body === undefined) return undefined
      return { contentType: found.ContentType ?? '', bytes: await found.Body.transformToByteArray() }
    },
    keepOnly: async (id, names) => {
      const kept = new Set(names.map((name) => `${publishedOf(id)}${name}`))
      const found = [...(await keysBelow(sentOf(id))), ...(await keysBelow(publishedOf(id)))]
      for (const key of found) if (!kept.has(key)) await remove(key)
    },
  }
}
