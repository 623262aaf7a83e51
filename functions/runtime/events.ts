import middy, { type MiddlewareObj } from '@middy/core'
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import * as z from 'zod'
import { type DataOf, type Envelope, type EventContract, detailTypeOf, envelope } from '../../schemas/contract.ts'
import type { Clock } from './clock.ts'
import { textOf } from './errors.ts'
import { logger, metrics, publishMetrics } from './log.ts'
import { metric } from './metrics.ts'
import { NotKnownYet, type Postponing, isOutage, notUnderstood, redelivery, secondsUntilNext } from './redelivery.ts'
import { contractOf } from './subscription.ts'
import { countUnfinished } from './unfinished.ts'
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
  /** Makes events of what somebody else than the bus puts into the queue. */
  readonly translated?: (message: unknown) => unknown
  readonly deadLetters: DeadLetters
  readonly queue: Postponing
  readonly clock: Clock
  /** From 0 to 1, for the distance between deliveries. */
  readonly random: () => number
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
  let deps: ConsumerDeps | undefined
  return middy<SQSEvent, SQSBatchResponse>()
    .use(observed())
    .handler((event) => {
      deps ??= make()
      countUnfinished(event, deps.clock.now())
      return receiver(contracts, deps)(event)
    })
}

/**
 * Reads the messages of a delivery, hands the good ones to the consumer and reports the failed ones one by one. What is not an event at
 * all, or comes from a source that may not publish it, goes to the dead-letter queue with its cause at once. What fails comes back at
 * growing distances: for 72 hours where it is an outage, or an event that only the next release knows, else for five tries; then it is
 * parked with its cause. When that fails too, SQS itself redrives it.
 */
export function receiver(contracts: readonly EventContract[], deps: ConsumerDeps) {
  return async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
    const failed: SQSRecord[] = []
    const park = async (record: SQSRecord, cause: string, about: About = {}): Promise<void> => {
      logger.error('dead letter', { messageId: record.messageId, cause, ...about })
      try {
        await deps.deadLetters.park(record.body, cause)
        metrics.addMetric(metric.eventsParked, 'Count', 1)
      } catch (error) {
        logger.error('dead letter not parked', { error: error as Error })
        failed.push(record) // mutant: poison-failure
      }
    }
    const retry = async (record: SQSRecord, error: unknown, about: About = {}): Promise<void> => {
      logger.warn('event failed', { messageId: record.messageId, error: error as Error, ...about })
      if (isLastDelivery(record, error, deps.clock.now())) await park(record, String(error), about)
      else failed.push(record)
    }
    const batch: { readonly record: SQSRecord; readonly event: Received }[] = []
    for (const record of Records) {
      const read = receivedOf(contracts, record, deps.translated)
      // mutant: poison-parked
      if (typeof read === 'string') await park(record, read)
      else if (read instanceof NotKnownYet) await retry(record, read) // mutant: not-known-yet
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
      const { id: eventId, correlationId, messageId } = event
      if (errors.has(messageId)) await retry(record, errors.get(messageId), { eventId, correlationId }) // mutant: event-failure
    }
    await postpone(failed, deps)
    metrics.addMetric(metric.eventsTaken, 'Count', Records.length)
    metrics.addMetric(metric.eventsFailed, 'Count', failed.length)
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) }
  }
}

/** Whether a message that failed this way is parked. One that has no count or no time is: it must not come back for ever. */
export function isLastDelivery({ attributes }: SQSRecord, error: unknown, now: number): boolean {
  const { tries, outageHours } = redelivery
  // mutant: outage-age
  if (isOutage(error)) return now - (wholeNumber(attributes.SentTimestamp) ?? -Infinity) >= outageHours * 3_600_000
  return deliveriesOf(attributes) >= tries // mutant: last-try
}

const deliveriesOf = ({ ApproximateReceiveCount }: SQSRecord['attributes']): number =>
  wholeNumber(ApproximateReceiveCount) ?? Infinity

/** Sets when the failed messages come back; without an answer the queue brings them back by itself. */
export async function postpone(
  failed: readonly SQSRecord[],
  { queue, random }: Pick<ConsumerDeps, 'queue' | 'random'>,
): Promise<void> {
  if (failed.length === 0) return
  const deliveries = failed.map(({ receiptHandle, attributes }) => ({
    receiptHandle,
    seconds: secondsUntilNext(deliveriesOf(attributes), random),
  }))
  try {
    await queue.postpone(deliveries)
  } catch (error) {
    logger.warn('not postponed', { error: error as Error })
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

/** The event, why it is none, or what of it this release does not know. */
function receivedOf(
  contracts: readonly EventContract[],
  record: SQSRecord,
  translated: ConsumerDeps['translated'] = (message) => message,
): Received | string | NotKnownYet {
  let json: unknown
  try {
    json = JSON.parse(record.body)
  } catch {
    // What the parser reports has a piece of the text in it.
    return 'not JSON'
  }
  const delivered = Delivered.safeParse(translated(json))
  if (!delivered.success) return `not an event: ${textOf(delivered.error)}`
  const contract = contractOf(contracts, delivered.data.source, delivered.data['detail-type'])
  if (contract instanceof NotKnownYet || typeof contract === 'string') return contract
  const detail = envelope(contract.data).safeParse(delivered.data.detail)
  if (!detail.success) {
    const why = notUnderstood(detail.error, detailTypeOf(contract))
    return why instanceof NotKnownYet ? why : why.message
  }
  return { ...detail.data, contract, messageId: record.messageId }
}

function observed(): MiddlewareObj<SQSEvent, SQSBatchResponse> {
  return {
    before: ({ context }) => {
      logger.addContext(context)
      logger.resetKeys()
    },
    after: publishMetrics,
    onError: ({ error }) => {
      logger.error('failed', { error: error as Error })
      publishMetrics()
    },
  }
}
