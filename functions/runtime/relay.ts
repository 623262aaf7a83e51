import type {
  DynamoDBBatchResponse,
  DynamoDBRecord,
  DynamoDBStreamEvent,
  SQSBatchResponse,
  SQSEvent,
  SQSRecord,
} from 'aws-lambda'
import { type EventContract, detailTypeOf, envelope, sourceOf } from '../../schemas/contract.ts'
import { published } from '../../schemas/retired.ts'
import { type Bus, type BusEntry, type Refused, bytesOf, callsOf, maxCallBytes } from './bus.ts'
import type { Clock } from './clock.ts'
import { type DeadLetters, postpone } from './events.ts'
import { logger, metrics, publishMetrics } from './log.ts'
import { metric } from './metrics.ts'
import { NotKnownYet, type Postponing, isOutage, notUnderstood } from './redelivery.ts'
import type { Item } from './store.ts'
import { countUnfinished } from './unfinished.ts'

/** An event that a version of an item carries in its outbox. */
export interface OutboxEvent<Contract extends EventContract = EventContract> {
  readonly contract: Contract
  readonly data: unknown
  /** The part of the item, where one version emits the event for several parts; it makes the ids of these events differ. */
  readonly part?: string | undefined
}

/** A name as it stands in an outbox, of one part of the item: `shipment.created#2`. */
export const ofPart = (name: string, part: number | string): string => `${name}#${part}`

/** The name of the contract, and the part where there is one. */
export function readName(entry: string): { readonly name: string; readonly part?: string } {
  const [name = '', part] = entry.split('#')
  return { name, ...(part !== undefined && { part }) }
}

/**
 * Makes the event of that name, which may be one of a part, from the item. May read what is stored beside the item, but nothing that changes.
 */
export type ToEvent = (item: Item, name: string) => OutboxEvent | Promise<OutboxEvent>

/** The queue of records that wait outside of their stream. */
export interface Spill extends Postponing {
  /** Takes a record, with the reason why it waits. */
  put(record: string, cause: string): Promise<void>
}

export interface RelayDeps {
  readonly toEvent: ToEvent
  readonly bus: Bus
  /** Makes an item of a stream image. */
  readonly unmarshall: (image: NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['NewImage']>) => Item
  readonly spill: Spill
  /** The queue for records whose events can never be published. */
  readonly deadLetters: DeadLetters
  readonly clock: Clock
  /** From 0 to 1, for the distance between deliveries. */
  readonly random: () => number
}

/** The largest record that is parked or spilled whole, in bytes: a message of SQS has 1 MiB, with its attributes. */
const maxRecordBytes = 1_000_000
/** The age, in milliseconds, from which a record that cannot be published waits outside of the stream, and lets pass what is behind it. */
const spillAfterMs = 15 * 60_000
/** The age of a spilled record at which it is parked, in milliseconds: its queue keeps it for a day more. */
const spilledForMs = 13 * 86_400_000
/** After this no further spilled record is begun, in milliseconds: a call to a bus that is away may take 9 s, and the function has 30. */
const spilledRunMs = 10_000

/** The Lambda handler of a table's stream and of its spill queue: puts the events that ride in items on the bus. The dependencies are made at the first call. */
export function relay(make: () => RelayDeps) {
  let deps: RelayDeps | undefined
  return async (event: DynamoDBStreamEvent | SQSEvent): Promise<DynamoDBBatchResponse | SQSBatchResponse> => {
    deps ??= make()
    const answer = isOfQueue(event) ? await respillCounted(deps, event) : await relayer(deps)(event)
    publishMetrics()
    return answer
  }
}

function respillCounted(deps: RelayDeps, event: SQSEvent): Promise<SQSBatchResponse> {
  countUnfinished(event, deps.clock.now())
  return respill(deps)(event)
}

const isOfQueue = (event: DynamoDBStreamEvent | SQSEvent): event is SQSEvent =>
  event.Records.some((record) => 'messageId' in record)

/** An entry on its way, and the record that it comes from. */
interface Pending {
  readonly entry: BusEntry
  readonly record: DynamoDBRecord
  readonly name: string
}

interface Positioned extends Pending {
  /** The index of its record. */
  readonly position: number
}

/**
 * Publishes every event of the batch in order; on a failure reports the first record that was not published whole, and the stream goes on
 * from there. A record of 15 minutes that still cannot be published waits in the spill queue instead, and at once one that only the next
 * release knows. What can never pass (a record that is
 * malformed, an event that is too large or that the bus will never take) goes to the dead-letter queue with its cause, and blocks nobody.
 */
export function relayer(deps: RelayDeps) {
  return async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const lost = await firstLost(Records, deps, (record, error) => isSpilled(record, String(error), deps))
    if (lost === undefined) return { batchItemFailures: [] }
    for (const record of Records.slice(lost.index))
      if (!isOld(record, deps.clock) || !(await isSpilled(record, lost.cause, deps)))
        return { batchItemFailures: [{ itemIdentifier: sequenceOf(record) }] }
    return { batchItemFailures: [] }
  }
}

/**
 * Publishes the records of the spill queue, each by itself. What still cannot be published comes back at growing distances, and is parked
 * after 13 days.
 */
export function respill(deps: RelayDeps) {
  return async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
    const end = deps.clock.now() + spilledRunMs
    const failed: SQSRecord[] = []
    for (const message of Records) {
      const isLate = deps.clock.now() >= end
      if (isLate || !(await isSettled(message, deps))) failed.push(message) // mutant: spill-failure
    }
    await postpone(failed, { queue: deps.spill, random: deps.random })
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) }
  }
}

/** Whether nothing is left to do about a spilled record: it is published or parked. */
async function isSettled({ body, attributes }: SQSRecord, deps: RelayDeps): Promise<boolean> {
  let cause: string
  try {
    const record = JSON.parse(body) as DynamoDBRecord
    if (!record.dynamodb?.NewImage)
      throw new Error('There is no item in the record: change it once more, or replay the archive.')
    const lost = await firstLost([record], deps)
    if (lost === undefined) return true
    if (deps.clock.now() - Number(attributes.SentTimestamp) < spilledForMs) return false
    cause = lost.cause
  } catch (error) {
    // What the parser reports has a piece of the text in it.
    cause = error instanceof SyntaxError ? 'not JSON' : String(error)
  }
  return isDone('dead letter not parked', () => deps.deadLetters.park(body, cause))
}

/** Whether a record has held up its stream for long enough. */
const isOld = ({ dynamodb }: DynamoDBRecord, clock: Clock): boolean =>
  clock.now() - (dynamodb?.ApproximateCreationDateTime ?? Infinity) * 1_000 >= spillAfterMs

/** Whether a record that cannot be published now has left the stream for the spill queue. */
async function isSpilled(record: DynamoDBRecord, cause: string, { spill }: RelayDeps): Promise<boolean> {
  const body = JSON.stringify(record)
  if (Buffer.byteLength(body) > maxRecordBytes) return false
  return isDone('record not spilled', async () => {
    await spill.put(body, cause) // mutant: record-spilled
    metrics.addMetric(metric.recordsSpilled, 'Count', 1)
  })
}

/** Whether it could be done; the failure is logged. */
async function isDone(otherwise: string, act: () => Promise<void>): Promise<boolean> {
  try {
    await act()
    return true
  } catch (error) {
    logger.error(otherwise, { error: error as Error })
    return false
  }
}

/** The first record that was not published whole, by its index, and why. */
interface Lost {
  readonly index: number
  readonly cause: string
}

/** Publishes the records in order, up to the first one that cannot be published now; one that only the next release knows may be put aside. */
async function firstLost(
  records: readonly DynamoDBRecord[],
  deps: RelayDeps,
  isPutAside: (record: DynamoDBRecord, error: NotKnownYet) => Promise<boolean> = async () => false,
): Promise<Lost | undefined> {
  const pending: Positioned[] = []
  let unread: Lost | undefined
  for (const [index, record] of records.entries()) {
    try {
      for (const each of await pendingOf(record, deps)) pending.push({ ...each, position: index })
    } catch (error) {
      if (error instanceof NotKnownYet && (await isPutAside(record, error))) continue
      logger.error('events not read', { sequence: sequenceOf(record), error: error as Error })
      unread = { index, cause: String(error) }
      break
    }
  }
  for (const call of callsOf(pending, ({ entry }) => bytesOf(entry), maxCallBytes)) {
    const lost = await firstRefused(call, deps)
    // mutant: relay-stop
    if (lost) return { index: call[lost.index]?.position ?? 0, cause: lost.cause }
  }
  return unread
}

const sequenceOf = ({ dynamodb }: DynamoDBRecord): string => dynamodb?.SequenceNumber ?? ''

/** Puts the entries of one call, and parks those that will never be taken; the first one that is to be put again, if any. */
async function firstRefused(call: readonly Positioned[], deps: RelayDeps): Promise<Refused | undefined> {
  const refused = await refusedOf(
    deps.bus,
    call.map(({ entry }) => entry),
  )
  if (refused.length > 0) logger.error('events not put', { refused })
  const byIndex = new Map(refused.map((each) => [each.index, each]))
  let lost: Refused | undefined
  for (const [index, { record, name, entry }] of call.entries()) {
    const refusal = byIndex.get(index)
    if (refusal === undefined) metrics.addMetric(entry.detailType, 'Count', 1)
    else if (
      !(refusal.isFinal && (await isDone('dead letter not parked', () => park(record, deps, refusal.cause, name))))
    )
      lost ??= refusal
  }
  return lost
}

/** Parks the whole record, or the keys of one that is too large for a message; `name` is the event that cannot pass, where it is one. */
async function park(record: DynamoDBRecord, deps: RelayDeps, cause: string, name?: string): Promise<void> {
  logger.error('dead letter', { sequence: sequenceOf(record), cause, name })
  const whole = JSON.stringify(record)
  const { Keys, SequenceNumber } = record.dynamodb ?? {}
  const short = { eventName: record.eventName, name, dynamodb: { Keys, SequenceNumber } }
  const fits = Buffer.byteLength(whole) <= maxRecordBytes
  await deps.deadLetters.park(fits ? whole : JSON.stringify(short), name === undefined ? cause : `${name}: ${cause}`)
}

async function refusedOf(bus: Bus, entries: readonly BusEntry[]): Promise<readonly Refused[]> {
  try {
    return await bus.put(entries)
  } catch (error) {
    return entries.map((_, index) => ({ index, cause: String(error) })) // mutant: bus-error
  }
}

/** The events of a record that can be published; those that never can are parked. Throws for what can be published later. */
async function pendingOf(record: DynamoDBRecord, deps: RelayDeps): Promise<Pending[]> {
  const image = record.dynamodb?.NewImage
  if (image === undefined || record.eventName === 'REMOVE') return []
  const pending: Pending[] = []
  let item: Item
  try {
    item = deps.unmarshall(image)
  } catch (error) {
    await park(record, deps, String(error))
    return []
  }
  for (const name of item.outbox ?? []) {
    try {
      const entry = entryOf(item, await deps.toEvent(item, name))
      const bytes = bytesOf(entry)
      // mutant: entry-size
      if (bytes > maxCallBytes) throw new RangeError(`${bytes} bytes; the bus takes ${maxCallBytes}`)
      pending.push({ entry, record, name })
    } catch (error) {
      if (isOutage(error)) throw error // mutant: record-unread
      await park(record, deps, String(error), name) // mutant: record-parked
    }
  }
  return pending
}

/** The event as it goes on the bus. Its id is made of aggregate, version, name and part, so that two publications are one event. */
export function entryOf(item: Item, { contract, data: made, part }: OutboxEvent): BusEntry {
  const { orderId } = made as { orderId?: unknown }
  const outboxName = part === undefined ? contract.name : ofPart(contract.name, part)
  const detail = envelope(contract.data).safeParse({
    id: `${item.pk}/${item.sk}@${item.version}/${outboxName}`, // mutant: event-id
    time: item.at,
    correlationId: typeof orderId === 'string' ? orderId : item.pk,
    causationId: item.cause,
    data: made,
  })
  if (detail.error) throw notUnderstood(detail.error, detailTypeOf(contract))
  const data = published(contract.data, detail.data.data)
  return {
    source: sourceOf(contract),
    detailType: detailTypeOf(contract),
    detail: JSON.stringify({ ...detail.data, data }),
    ...(item.trace !== undefined && { traceHeader: item.trace }),
  }
}
