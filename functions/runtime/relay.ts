import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import { type EventContract, detailTypeOf, envelope, sourceOf } from '../../schemas/contract.ts'
import type { DeadLetters } from './events.ts'
import { logger, metrics, publishMetrics } from './log.ts'
import { type Item, StoreUnavailable } from './store.ts'

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

/** An entry of PutEvents. */
export interface BusEntry {
  readonly source: string
  readonly detailType: string
  readonly detail: string
}

/** An entry (by its index) that the bus did not take. */
export interface Refused {
  readonly index: number
  readonly cause: string
  /** It never will. */
  readonly isFinal?: true
}

/** The bus as the relay needs it: up to 10 entries and 256 KB a call; the answer names the entries that were not taken. */
export interface Bus {
  put(entries: readonly BusEntry[]): Promise<readonly Refused[]>
}

export interface RelayDeps {
  readonly toEvent: ToEvent
  readonly bus: Bus
  /** Makes an item of a stream image. */
  readonly unmarshall: (image: NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['NewImage']>) => Item
  /** The queue for records whose events can never be published. */
  readonly deadLetters: DeadLetters
}

/** The largest entry, and the largest sum of entries in one PutEvents call, in bytes. */
export const maxCallBytes = 262_144
const maxCallEntries = 10
/** A parked record is its keys alone above this size, in bytes: a message of SQS has 256 KB, with its attributes. */
const maxParkedBytes = 250_000

/** The Lambda handler of a table's stream: puts the events that ride in its items on the bus. The dependencies are made at the first call. */
export function relay(make: () => RelayDeps) {
  let forward: ((event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>) | undefined
  return async (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const answer = await (forward ??= relayer(make()))(event)
    publishMetrics()
    return answer
  }
}

/** An entry on its way, and the record that it comes from. */
interface Pending {
  readonly entry: BusEntry
  readonly record: DynamoDBRecord
  readonly name: string
}

/**
 * Publishes every event of the batch in order; on a failure reports the first record that was not published whole, and the stream goes on
 * from there. What can never pass (a record that is malformed, an event that is too large or that the bus will never take) goes to the
 * dead-letter queue with its cause, and blocks nobody; what could not be read now is tried again.
 */
export function relayer(deps: RelayDeps) {
  return async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const pending: Pending[] = []
    let broken: string | undefined
    for (const record of Records) {
      try {
        pending.push(...(await pendingOf(record, deps)))
      } catch (error) {
        logger.error('events not read', { sequence: sequenceOf(record), error: error as Error })
        broken = sequenceOf(record)
        break
      }
    }
    for (const call of callsOf(pending)) {
      const at = await firstLost(call, deps)
      // mutant: relay-stop
      if (at !== undefined) return { batchItemFailures: [{ itemIdentifier: sequenceOf(at.record) }] }
    }
    return { batchItemFailures: broken === undefined ? [] : [{ itemIdentifier: broken }] }
  }
}

const sequenceOf = ({ dynamodb }: DynamoDBRecord): string => dynamodb?.SequenceNumber ?? ''

/** Puts the entries of one call, and parks those that will never be taken; the first one that is to be put again, if any. */
async function firstLost(call: readonly Pending[], deps: RelayDeps): Promise<Pending | undefined> {
  const refused = await refusedOf(
    deps.bus,
    call.map(({ entry }) => entry),
  )
  if (refused.length > 0) logger.error('events not put', { refused })
  const byIndex = new Map(refused.map((each) => [each.index, each]))
  let lost: Pending | undefined
  for (const [index, each] of call.entries()) {
    const refusal = byIndex.get(index)
    if (refusal === undefined) metrics.addMetric(each.entry.detailType, 'Count', 1)
    else if (!(refusal.isFinal && (await isParked(each, refusal.cause, deps)))) lost ??= each
  }
  return lost
}

async function isParked({ record, name }: Pending, cause: string, deps: RelayDeps): Promise<boolean> {
  try {
    await park(record, deps, cause, name)
    return true
  } catch (error) {
    logger.error('dead letter not parked', { sequence: sequenceOf(record), error: error as Error })
    return false
  }
}

/** Parks the whole record, or the keys of one that is too large for a message; `name` is the event that cannot pass, where it is one. */
async function park(record: DynamoDBRecord, deps: RelayDeps, cause: string, name?: string): Promise<void> {
  logger.error('dead letter', { sequence: sequenceOf(record), cause, name })
  const whole = JSON.stringify(record)
  const { Keys, SequenceNumber } = record.dynamodb ?? {}
  const short = { eventName: record.eventName, name, dynamodb: { Keys, SequenceNumber } }
  const fits = Buffer.byteLength(whole) <= maxParkedBytes
  await deps.deadLetters.park(fits ? whole : JSON.stringify(short), name === undefined ? cause : `${name}: ${cause}`)
}

async function refusedOf(bus: Bus, entries: readonly BusEntry[]): Promise<readonly Refused[]> {
  try {
    return await bus.put(entries)
  } catch (error) {
    return entries.map((_, index) => ({ index, cause: String(error) })) // mutant: bus-error
  }
}

/** The events of a record that can be published; the others are parked. Throws `StoreUnavailable` for what cannot be read up now. */
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
      if (error instanceof StoreUnavailable) throw error // mutant: record-unread
      await park(record, deps, String(error), name) // mutant: record-parked
    }
  }
  return pending
}

const bytesOf = ({ source, detailType, detail }: BusEntry): number =>
  Buffer.byteLength(detail) + source.length + detailType.length

/** The event as it goes on the bus. Its id is made of aggregate, version, name and part, so that two publications are one event. */
export function entryOf(item: Item, { contract, data, part }: OutboxEvent): BusEntry {
  const { orderId } = data as { orderId?: unknown }
  const outboxName = part === undefined ? contract.name : ofPart(contract.name, part)
  const detail = envelope(contract.data).parse({
    id: `${item.pk}/${item.sk}@${item.version}/${outboxName}`, // mutant: event-id
    time: item.at,
    correlationId: typeof orderId === 'string' ? orderId : item.pk,
    causationId: item.cause,
    data,
  })
  return { source: sourceOf(contract), detailType: detailTypeOf(contract), detail: JSON.stringify(detail) }
}

/** Cuts the entries, in their order, into calls that PutEvents takes. */
function* callsOf(pending: readonly Pending[]): Generator<Pending[]> {
  let call: Pending[] = []
  let bytes = 0
  for (const each of pending) {
    const size = bytesOf(each.entry)
    if (call.length === maxCallEntries || (call.length > 0 && bytes + size > maxCallBytes)) {
      yield call
      call = []
      bytes = 0
    }
    call.push(each)
    bytes += size
  }
  if (call.length > 0) yield call
}
