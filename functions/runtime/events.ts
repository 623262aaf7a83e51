import middy, { type MiddlewareObj } from '@middy/core'
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import * as z from 'zod'
import { type DataOf, type Envelope, type EventContract, detailTypeOf, envelope } from '../../schemas/contract.ts'
import { fieldErrors } from './errors.ts'
import { logger, metrics, publishMetrics } from './log.ts'
import { metric } from './metrics.ts'
import { contractOf } from './subscription.ts'
import { wholeNumber } from './whole-number.ts'

/** An event as it came out of the queue, checked by its contract. */
export interface Received<Contract extends EventContract = EventContract> extends Envelope<DataOf<Contract>> {
  readonly contract: Contract
  /** Of SQS; only to report what failed. */
  readonly messageId: string
}

/** An event that could not be handled now; SQS delivers it again. */
export interface Failure {
  readonly messageId: string
  readonly error: unknown
}

/** Handles the events of one delivery, in their order of arrival, and returns those that failed. */
export type Consumer = (batch: readonly Received[]) => Promise<readonly Failure[]>

/** Where a message goes that can never be handled, with its cause. */
export interface DeadLetters {
  park(body: string, cause: string): Promise<void>
}

export interface ConsumerDeps {
  readonly consumer: Consumer
  readonly deadLetters: DeadLetters
  /** After how many deliveries a message is given up. */
  readonly maxReceiveCount: number
}

/** One handler for each of these events, by the name of its contract. */
export type HandlersOf<Contract extends EventContract> = {
  readonly [Name in Contract['name']]: (event: Received<Extract<Contract, { name: Name }>>) => Promise<void>
}

/** A consumer that handles each event by itself. */
export function oneByOne<Contract extends EventContract>(handlers: HandlersOf<Contract>): Consumer {
  return async (batch) => {
    const failures: Failure[] = []
    for (const event of batch) {
      try {
        await handlers[event.contract.name as Contract['name']](event as never)
      } catch (error) {
        failures.push({ messageId: event.messageId, error }) // mutant: batch-failure
      }
    }
    return failures
  }
}

/** The Lambda handler of a service's queue. The dependencies are made at the first call. */
export function events(contracts: readonly EventContract[], make: () => ConsumerDeps) {
  let receive: ((event: SQSEvent) => Promise<SQSBatchResponse>) | undefined
  return middy<SQSEvent, SQSBatchResponse>()
    .use(observed())
    .handler((event) => (receive ??= receiver(contracts, make()))(event))
}

/**
 * Reads the messages of a delivery, hands the good ones to the consumer and reports the failed ones one by one. A message that is
 * not an event of these contracts, comes from a source that may not publish it, or failed for the last time, goes to the dead-letter
 * queue with its cause at once; when that fails too, SQS itself redrives it.
 */
export function receiver(contracts: readonly EventContract[], deps: ConsumerDeps) {
  return async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
    const failed: string[] = []
    const park = async (record: SQSRecord, cause: string, about: About = {}): Promise<void> => {
      logger.error('dead letter', { messageId: record.messageId, cause, ...about })
      try {
        await deps.deadLetters.park(record.body, cause)
        metrics.addMetric(metric.eventsParked, 'Count', 1)
      } catch (error) {
        logger.error('dead letter not parked', { error: error as Error })
        failed.push(record.messageId) // mutant: poison-failure
      }
    }
    const batch: { readonly record: SQSRecord; readonly event: Received }[] = []
    for (const record of Records) {
      const read = receivedOf(contracts, record)
      // mutant: poison-parked
      if (typeof read === 'string') await park(record, read)
      else batch.push({ record, event: read })
    }
    const failures =
      batch.length > 0
        ? await consumed(
            deps.consumer,
            batch.map(({ event }) => event),
          )
        : []
    const errors = new Map(failures.map(({ messageId, error }) => [messageId, error]))
    for (const { record, event } of batch) {
      const { messageId } = event
      if (!errors.has(messageId)) continue
      const error = errors.get(messageId)
      const about = { eventId: event.id, correlationId: event.correlationId }
      logger.warn('event failed', { messageId, error: error as Error, ...about })
      // A message without a count is parked: it must not come back for ever.
      // mutant: event-failure
      if ((wholeNumber(record.attributes.ApproximateReceiveCount) ?? Infinity) >= deps.maxReceiveCount)
        await park(record, String(error), about)
      else failed.push(messageId)
    }
    metrics.addMetric(metric.eventsTaken, 'Count', Records.length)
    metrics.addMetric(metric.eventsFailed, 'Count', failed.length)
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) }
  }
}

/** What finds the log lines of one order. */
interface About {
  readonly eventId?: string
  readonly correlationId?: string
}

async function consumed(consumer: Consumer, batch: readonly Received[]): Promise<readonly Failure[]> {
  try {
    return await consumer(batch)
  } catch (error) {
    return batch.map(({ messageId }) => ({ messageId, error }))
  }
}

const Delivered = z.object({ source: z.string(), 'detail-type': z.string(), detail: z.unknown() })

/** The event, or why it is none. */
function receivedOf(contracts: readonly EventContract[], record: SQSRecord): Received | string {
  let json: unknown
  try {
    json = JSON.parse(record.body)
  } catch (error) {
    return `not JSON: ${(error as Error).message}`
  }
  const delivered = Delivered.safeParse(json)
  if (!delivered.success) return `not an event: ${textOf(delivered.error)}`
  const contract = contractOf(contracts, delivered.data.source, delivered.data['detail-type'])
  if (typeof contract === 'string') return contract
  const detail = envelope(contract.data).safeParse(delivered.data.detail)
  if (!detail.success) return `detail of ${detailTypeOf(contract)}: ${textOf(detail.error)}`
  return { ...detail.data, contract, messageId: record.messageId }
}

const textOf = (error: z.ZodError): string =>
  fieldErrors(error)
    .map(({ path, message }) => `${path}: ${message}`)
    .join('; ')

function observed(): MiddlewareObj<SQSEvent, SQSBatchResponse> {
  return {
    before: ({ context }) => {
      logger.addContext(context)
      logger.resetKeys()
      metrics.captureColdStartMetric()
    },
    after: publishMetrics,
    onError: ({ error }) => {
      logger.error('failed', { error: error as Error })
      publishMetrics()
    },
  }
}
