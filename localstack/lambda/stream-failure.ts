import type { DynamoDBRecord } from 'aws-lambda'
import type { InvokeResult } from './invoke.ts'

/** Records that a stream's consumer gave up. */
export interface GivenUp {
  readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded'
  readonly result: InvokeResult | undefined
  readonly settings: { readonly streamArn: string; readonly functionArn: string }
  readonly shardId: string
  readonly invocations: number
  /** Milliseconds since 1970. */
  readonly now: number
  readonly records: readonly DynamoDBRecord[]
}

/** What Lambda sends to the failure destination of a stream: where the records are. A bucket gets the records with it. */
export interface StreamFailure {
  readonly report: object
  readonly shardId: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly records: readonly DynamoDBRecord[]
}

export function failureOf(givenUp: GivenUp): StreamFailure {
  const { result, records, shardId, now } = givenUp
  const first = records[0]?.dynamodb
  const last = records.at(-1)?.dynamodb
  const report = {
    requestContext: {
      requestId: result?.requestId ?? '',
      functionArn: givenUp.settings.functionArn,
      condition: givenUp.condition,
      approximateInvokeCount: givenUp.invocations,
    },
    ...(result && {
      responseContext: {
        statusCode: 200,
        executedVersion: '$LATEST',
        ...(result.functionError && { functionError: result.functionError }),
      },
    }),
    version: '1.0',
    timestamp: new Date(now).toISOString(),
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: first?.SequenceNumber,
      endSequenceNumber: last?.SequenceNumber,
      approximateArrivalOfFirstRecord: wholeSeconds(first?.ApproximateCreationDateTime),
      approximateArrivalOfLastRecord: wholeSeconds(last?.ApproximateCreationDateTime),
      batchSize: records.length,
      streamArn: givenUp.settings.streamArn,
    },
  }
  return { report, shardId, at: now, records }
}

/** The object of a bucket: the event of the invocation stands in it as a text. */
export function failureObject({ report, shardId, at, records }: StreamFailure, mapping: string, id: string) {
  const [seconds = ''] = new Date(at).toISOString().split('.')
  const day = seconds.slice(0, 10).replaceAll('-', '/')
  return {
    key: `aws/lambda/${mapping}/${shardId}/${day}/${seconds.replaceAll(':', '.')}-${id}`,
    body: JSON.stringify({ ...report, payload: JSON.stringify({ Records: records }) }),
  }
}

const wholeSeconds = (seconds = 0): string => new Date(Math.floor(seconds) * 1000).toISOString().replace('.000Z', 'Z')
