import { Readable } from 'node:stream'
import { GetObjectCommand, ListObjectsV2Command, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { createPresignedPost } from '@aws-sdk/s3-presigned-post'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { maxImportBytes, uploadSeconds } from '../../schemas/imports.ts'
import type { ImportFiles } from './import-files.ts'

const partsOf = (id: string): string => `parts/${id}/`
const partOf = (id: string, firstRow: number): string => `${partsOf(id)}${String(firstRow).padStart(9, '0')}`
const resultsOf = (id: string): string => `results/${id}.ndjson`
const fileOf = (id: string): string => `files/${id}`

/** The import whose file has that key; undefined for any other key. */
export const importOfFile = (key: string): string | undefined => /^files\/(imp_[0-9A-Z]+)$/.exec(key)?.[1]

/** How many parts are fetched side by side. A part is the results of some hundred rows. */
const partsAtOnce = 10
/** The client's time for an answer begins with the request: what is joined is sent within it, however much it is. */
const joinMs = 60_000

interface Part {
  readonly key: string
  readonly size: number
}

/** The files of imports in a bucket. */
export function s3ImportFiles(s3: S3Client, bucket: string): ImportFiles {
  const place = (Key: string) => ({ Bucket: bucket, Key })

  async function partsIn(id: string): Promise<readonly Part[]> {
    const parts: Part[] = []
    for (let token: string | undefined, more = true; more; more = token !== undefined) {
      const page = await s3.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: partsOf(id), ...(token && { ContinuationToken: token }) }),
      )
      for (const { Key = '', Size = 0 } of page.Contents ?? []) parts.push({ key: Key, size: Size })
      token = page.NextContinuationToken
    }
    return parts
  }

  async function bytesOf(key: string): Promise<Uint8Array> {
    const { Body } = await s3.send(new GetObjectCommand(place(key)))
    return (await Body?.transformToByteArray()) ?? new Uint8Array()
  }

  async function* contentOf(parts: readonly Part[]): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < parts.length; at += partsAtOnce) {
      const some = parts.slice(at, at + partsAtOnce)
      yield* await Promise.all(some.map(({ key }) => bytesOf(key)))
    }
  }

  return {
    upload: (id, contentType) =>
      createPresignedPost(s3, {
        ...place(fileOf(id)),
        Fields: { 'content-type': contentType },
        Conditions: [['content-length-range', 1, maxImportBytes]],
        Expires: uploadSeconds,
      }),
    open: async (id) => {
      try {
        const { Body, ETag = '' } = await s3.send(new GetObjectCommand(place(fileOf(id))))
        return Body && { etag: ETag, bytes: Body as AsyncIterable<Uint8Array> }
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined
        throw error
      }
    },
    keep: async (id, firstRow, results) => {
      await s3.send(new PutObjectCommand({ ...place(partOf(id, firstRow)), Body: results }))
    },
    kept: async (id, firstRow) => {
      const key = partOf(id, firstRow)
      const isThere = (await partsIn(id)).some((part) => part.key === key)
      return isThere ? new TextDecoder().decode(await bytesOf(key)) : undefined
    },
    join: async (id) => {
      const parts = await partsIn(id)
      await s3.send(
        new PutObjectCommand({
          ...place(resultsOf(id)),
          Body: Readable.from(contentOf(parts)),
          ContentLength: parts.reduce((sum, { size }) => sum + size, 0),
          ContentType: 'application/x-ndjson',
        }),
        { requestTimeout: joinMs },
      )
    },
    resultsUrl: (id) => getSignedUrl(s3, new GetObjectCommand(place(resultsOf(id))), { expiresIn: 3_600 }),
  }
}
