import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  type S3Client,
  paginateListBuckets,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3'
import { type SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs'

/** A bucket of records that a stream gave up. */
export interface LostRecords {
  readonly name: string
  /** How many objects it has, up to a thousand: each holds a batch. */
  readonly depth: number
}

/** The buckets of lost records, by name. AWS writes the names of buckets in small letters. */
export async function bucketsOf(client: S3Client, prefix: string): Promise<LostRecords[]> {
  const found: LostRecords[] = []
  for await (const { Buckets = [] } of paginateListBuckets(
    { client, pageSize: 100 },
    { Prefix: prefix.toLowerCase() },
  )) {
    for (const { Name = '' } of Buckets) {
      if (!/-(relay|fold|mails)lostrecords/.test(Name)) continue
      const { KeyCount = 0 } = await client.send(new ListObjectsV2Command({ Bucket: Name }))
      found.push({ name: Name, depth: KeyCount })
    }
  }
  return found.toSorted((a, b) => a.name.localeCompare(b.name))
}

/** The records of the invocation that Lambda describes in such an object: they stand in it as a text. */
export function recordsIn(body: string): readonly unknown[] {
  const { payload = '{}' } = JSON.parse(body) as { readonly payload?: string }
  const { Records } = JSON.parse(payload) as { readonly Records?: readonly unknown[] }
  if (Records === undefined) throw new Error('There are no records in the object.')
  return Records
}

/**
 * Sends every record to a spill queue, whose relay publishes it, and deletes an object only after its last record was sent. Reports after
 * each object how many records were sent, and returns that number.
 */
export async function redriveRecords(
  { s3, sqs }: { readonly s3: S3Client; readonly sqs: SQSClient },
  Bucket: string,
  QueueUrl: string,
  sent: (count: number) => void,
): Promise<number> {
  let count = 0
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket })) {
    for (const { Key = '' } of Contents) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
      for (const record of recordsIn((await Body?.transformToString()) ?? '')) {
        await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(record) }))
        count += 1
      }
      await s3.send(new DeleteObjectCommand({ Bucket, Key }))
      sent(count)
    }
  }
  return count
}
