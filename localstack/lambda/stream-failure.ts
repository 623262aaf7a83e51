import type { DynamoDBRecord } from 'aws-lambda'
import type { InvokeResult } from './invoke.ts'
import type { OutgoingMessage } from '../sqs/message.ts'

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

/** What Lambda sends to the on-failure destination of a stream: where the records are, not the records. */
export function failureMessage(givenUp: GivenUp): OutgoingMessage {
  const { result, records } = givenUp
  const first = records[0]?.dynamodb
  const last = records.at(-1)?.dynamodb
  return {
    MessageBody: JSON.stringify({
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
      timestamp: new Date(givenUp.now).toISOString(),
      DDBStreamBatchInfo: {
        shardId: givenUp.shardId,
        startSequenceNumber: first?.SequenceNumber,
        endSequenceNumber: last?.SequenceNumber,
        approximateArrivalOfFirstRecord: wholeSeconds(first?.ApproximateCreationDateTime),
        approximateArrivalOfLastRecord: wholeSeconds(last?.ApproximateCreationDateTime),
        batchSize: records.length,
        streamArn: givenUp.settings.streamArn,
      },
    }),
  }
}

const wholeSeconds = (seconds = 0): string => new Date(Math.floor(seconds) * 1000).toISOString().replace('.000Z', 'Z')
