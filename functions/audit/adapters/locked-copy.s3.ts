import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda'
import { unmarshallImage } from '../../runtime/aws-wiring.ts'
import { digest } from '../../runtime/ids.ts'
import { recordIn } from '../store/record-item.ts'

interface Copies {
  readonly s3: S3Client
  readonly bucket: string
}

/**
 * Puts the records of a batch into one object, a line of JSON each, named by the day of the first one and by what is in it: a batch that
 * comes again writes the same bytes under the same name. Throws where S3 does not take it; the stream brings the batch back.
 */
export function copier(make: () => Copies) {
  let made: Copies | undefined
  return async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const images = Records.flatMap(({ dynamodb }) => (dynamodb?.NewImage ? [dynamodb.NewImage] : []))
    const records = images.map((image) => recordIn(unmarshallImage(image)))
    const [first] = records
    if (first === undefined) return { batchItemFailures: [] }
    const { s3, bucket } = (made ??= make())
    const day = first.at.slice(0, 10).replaceAll('-', '/')
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: `${day}/${digest(...records.map(({ id }) => id))}.ndjson`,
        Body: records.map((record) => `${JSON.stringify(record)}\n`).join(''),
        ContentType: 'application/x-ndjson',
        // A bucket with Object Lock takes nothing without a checksum.
        ChecksumAlgorithm: 'CRC32',
      }),
    )
    return { batchItemFailures: [] }
  }
}
