import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import { type EventContract, detailTypeOf, envelope, sourceOf } from '../../schemas/contract.ts'
import type { DeadLetters } from './events.ts'
import { logger, metrics, publishMetrics } from './log.ts'
import { type Item, StoreUnavailable } from './store.ts'

/** What an event says of the version of an item that it rode in. */
export interface Told<Contract extends EventContract = EventContract> {
  readonly contract: Contract
  readonly data: unknown
  /** Of which part of the item, where one version says an event of several; it makes the ids of these events differ. */
  readonly part?: string | undefined
}

/** A name as it stands in an outbox, of one part of the item: `shipment.created#2`. */
export const ofPart = (name: string, part: number | string): string => `${name}#${part}`

/** The name of the contract, and the part where there is one. */
export function readName(said: string): { readonly name: string; readonly part?: string } {
  const [name = '', part] = said.split('#')
  return { name, ...(part !== undefined && { part }) }
}

/**
 * Tells the event of that name, which may be one of a part, from the item. May read what the item left aside, but nothing that changes.
 */
export type Tell = (item: Item, name: string) => Told | Promise<Told>

/** An entry of PutEvents. */
export interface BusEntry {
  readonly source: string
  readonly detailType: string
  readonly detail: string
}

/** The bus as the relay needs it: up to 10 entries and 256 KB a call; the answer says which entries (by index) were not taken. */
export interface Bus {
  put(entries: readonly BusEntry[]): Promise<readonly { readonly index: number; readonly cause: string }[]>
}

export interface RelayParts {
  readonly tell: Tell
  readonly bus: Bus
  /** Makes an item of a stream image. */
  readonly unmarshall: (image: NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['NewImage']>) => Item
  /** Where records go whose events can never be said. */
  readonly deadLetters: DeadLetters
}

/** The largest sum of entries in one PutEvents call, in bytes. */
const maxCallBytes = 262_144
const maxCallEntries = 10

/** The Lambda handler of a table's stream: puts the events that ride in its items on the bus. The parts are made at the first call. */
export function relay(make: () => RelayParts) {
  let forward: ((event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>) | undefined
  return async (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const answer = await (forward ??= relayer(make()))(event)
    publishMetrics()
    return answer
  }
}

/**
 * Says every event of the batch in order; on a failure reports the first record that was not said whole, and the stream goes on from
 * there. A record whose events cannot be told goes to the dead-letter queue with its cause, and blocks nobody; one that could not be
 * read up is tried again.
 */
export function relayer(parts: RelayParts) {
  return async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const pending: { readonly entry: BusEntry; readonly sequence: string }[] = []
    let broken: string | undefined
    for (const record of Records) {
      const sequence = record.dynamodb?.SequenceNumber ?? ''
      try {
        for (const entry of await entriesOrParked(record, parts)) pending.push({ entry, sequence })
      } catch (error) {
        logger.error('events not told', { sequence, error: error as Error })
        broken = sequence
        break
      }
    }
    for (const call of callsOf(pending)) {
      const refused = await refusedOf(
        parts.bus,
        call.map(({ entry }) => entry),
      )
      const at = refused.length > 0 ? call[Math.min(...refused.map(({ index }) => index))] : undefined
      if (at !== undefined) {
        logger.error('events not put', { refused })
        return { batchItemFailures: [{ itemIdentifier: at.sequence }] }
      }
      for (const { entry } of call) metrics.addMetric(entry.detailType, 'Count', 1)
    }
    return { batchItemFailures: broken === undefined ? [] : [{ itemIdentifier: broken }] }
  }
}

async function entriesOrParked(record: DynamoDBRecord, parts: RelayParts): Promise<BusEntry[]> {
  try {
    return await entriesOf(record, parts)
  } catch (error) {
    if (error instanceof StoreUnavailable) throw error
    logger.error('dead letter', { sequence: record.dynamodb?.SequenceNumber, error: error as Error })
    await parts.deadLetters.park(JSON.stringify(record), String(error))
    return []
  }
}

async function refusedOf(bus: Bus, entries: readonly BusEntry[]): Promise<readonly { index: number; cause: string }[]> {
  try {
    return await bus.put(entries)
  } catch (error) {
    return [{ index: 0, cause: String(error) }]
  }
}

async function entriesOf(record: DynamoDBRecord, { tell, unmarshall }: RelayParts): Promise<BusEntry[]> {
  const image = record.dynamodb?.NewImage
  if (image === undefined || record.eventName === 'REMOVE') return []
  const item = unmarshall(image)
  const entries: BusEntry[] = []
  for (const name of item.outbox ?? []) entries.push(entryOf(item, await tell(item, name)))
  return entries
}

/** The event as it goes on the bus. Its id is made of aggregate, version, name and part, so that saying it twice is saying it once. */
export function entryOf(item: Item, { contract, data, part }: Told): BusEntry {
  const { orderId } = data as { orderId?: unknown }
  const said = part === undefined ? contract.name : ofPart(contract.name, part)
  const detail = envelope(contract.data).parse({
    id: `${item.pk}/${item.sk}@${item.version}/${said}`,
    time: item.at,
    correlationId: typeof orderId === 'string' ? orderId : item.pk,
    causationId: item.cause,
    data,
  })
  return { source: sourceOf(contract), detailType: detailTypeOf(contract), detail: JSON.stringify(detail) }
}

/** Cuts the entries, in their order, into calls that PutEvents takes. */
function* callsOf<Pending extends { readonly entry: BusEntry }>(pending: readonly Pending[]): Generator<Pending[]> {
  let call: Pending[] = []
  let bytes = 0
  for (const each of pending) {
    const size = Buffer.byteLength(each.entry.detail) + each.entry.source.length + each.entry.detailType.length
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
