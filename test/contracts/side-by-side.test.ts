import type { DynamoDBRecord, SQSEvent } from 'aws-lambda'
import { describe, expect, it } from 'vitest'
import type { BusEntry } from '../../functions/runtime/bus.ts'
import type { Attributes } from '../../functions/runtime/item-codec.ts'
import { itemOf } from '../../functions/runtime/item-codec.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import type { Item } from '../../functions/runtime/store.ts'
import { type EventContract, detailTypeOf, sourceOf } from '../../schemas/contract.ts'
import { silence } from '../simulation/engine/silent-log.ts'
import type { Reach, Simulated } from '../simulation/engine/services.ts'
import { type Release, thisRelease } from '../simulation/engine/this-release.ts'
import { history } from '../simulation/history.ts'
import { logger, metrics, thisRelease as lastRelease } from './last-release.mjs'
import releasedItems from './released-items.json' with { type: 'json' }

silence(logger, metrics)

type Releases = Readonly<Record<Simulated, Release>>
/** Those of which the bundle of the last release has the functions. */
const services = Object.keys(lastRelease) as Simulated[]
const items = releasedItems as unknown as Readonly<Record<Simulated, readonly Attributes[]>>

const clock = { now: () => Date.parse('2026-03-01T00:00:00Z'), sleep: () => Promise.resolve() }
const store = memoryStore()
for (const item of items.orders) store.follow(undefined, itemOf(item))
const reach = { store, clock } as unknown as Reach

/** What the relay of a release makes of an item. */
async function published({ relayer, toEvent }: Release, item: Item): Promise<readonly BusEntry[]> {
  const entries: BusEntry[] = []
  const refuse = (what: string, cause: string): Promise<never> => Promise.reject(new Error(`${cause}: ${what}`))
  const { batchItemFailures } = await relayer({
    toEvent: toEvent(reach),
    bus: { put: async (call) => (entries.push(...call), []) },
    unmarshall: (image) => image as unknown as Item,
    spill: { put: refuse, postpone: async () => {} },
    deadLetters: { park: refuse },
    clock,
    random: () => 0.5,
  })({
    Records: [{ eventName: 'MODIFY', dynamodb: { SequenceNumber: '1', NewImage: item } } as unknown as DynamoDBRecord],
  })
  expect(batchItemFailures).toEqual([])
  return entries
}

/** What becomes of an event in the queue of a release: the types that its consumer was handed, and the causes of what was parked. */
async function received({ receiver, known }: Release, { source, detailType, detail }: BusEntry) {
  const [handed, parked]: [string[], string[]] = [[], []]
  const body = JSON.stringify({ source, 'detail-type': detailType, detail: JSON.parse(detail) as unknown })
  const attributes = { ApproximateReceiveCount: '1', SentTimestamp: String(clock.now()) }
  const { batchItemFailures } = await receiver(known, {
    consumer: async (batch) => (handed.push(...batch.map(({ contract }) => detailTypeOf(contract))), []),
    deadLetters: { park: async (_, cause) => void parked.push(cause) },
    queue: { postpone: async () => {} },
    clock,
    random: () => 0.5,
  })({ Records: [{ messageId: '1', receiptHandle: '1', body, attributes }] } as unknown as SQSEvent)
  return { handed, parked, waits: batchItemFailures.length > 0 }
}

const isOf = (contract: EventContract, { source, detailType }: BusEntry): boolean =>
  sourceOf(contract) === source && detailTypeOf(contract) === detailType

const both = [
  ['the last release', 'this one', lastRelease, thisRelease, []],
  // What is new waits for the release that knows it.
  ['this release', 'the last one', thisRelease, lastRelease, [{ handed: [], parked: [], waits: true }]],
] as const satisfies readonly (readonly [string, string, Releases, Releases, readonly object[]])[]

describe.each(both)('what %s publishes', (_, to, publishing, consuming: Releases, later) => {
  const emitting = services.flatMap((service) =>
    items[service]
      .map(itemOf)
      .filter(({ outbox }) => outbox !== undefined)
      .map((item) => [`${service} ${item.sk} ${item.outbox?.join(' ')}`, service, item] as const),
  )

  it.each(emitting)(`is taken by ${to}: %s`, async (_, service, item) => {
    const entries = await published(publishing[service], item)
    expect(entries.length).toBeGreaterThan(0)
    for (const entry of entries)
      for (const consumer of services.map((each) => consuming[each]))
        if (consumer.subscribed.some((contract) => isOf(contract, entry)))
          expect([{ handed: [entry.detailType], parked: [], waits: false }, ...later]).toContainEqual(
            await received(consumer, entry),
          )
  })
})

describe('an event whose warehouses stand in a list', () => {
  it('waits for this release, and is not taken for one of other warehouses', async () => {
    const lines = Array.from({ length: 751 }, (_, index) => [`sku-${index}`, 2, 0])
    const parcel = (status: string, of: unknown) => ({ warehouseId: 'hall/several', status, lines: of, returns: 0 })
    const item = {
      pk: 'ord_1',
      sk: 'shipping',
      version: 2,
      at: '2026-03-01T00:00:00.000Z',
      cause: 'c',
      orderId: 'ord_1',
      asked: {},
      parcels: [parcel('dispatched', lines), parcel('created', [['sku-0', 1, 0]])],
      outbox: ['shipment.part_dispatched#1'],
    } as Item
    const [entry] = await published(thisRelease.shipping, item)
    expect(JSON.parse(entry!.detail).data).toMatchObject({ warehouses: ['hall'] })
    expect(await received(thisRelease.inventory, entry!)).toMatchObject({ parked: [], waits: false })
    expect(await received(lastRelease.inventory, entry!)).toEqual({ handed: [], parked: [], waits: true })
  })
})

const alone = services.map((service) => [service])
const allButOne = services.map((service) => services.filter((each) => each !== service))

describe('a shop whose consumers and relays are of the last release, until this one is deployed', () => {
  it.each([...alone, ...allButOne, [...services]].map((older) => [older.join(', '), older] as const))(
    'loses nothing, parks nothing and comes to rest: %s',
    async (_, older) => {
      // Sweepers read items, and what the last ones do not find is found when the deploy is done.
      const others = Object.fromEntries(
        older.map((service) => [service, { ...lastRelease[service], sweep: (thisRelease as Releases)[service].sweep }]),
      ) as Partial<Releases>
      for (let seed = 1; seed <= 25; seed += 1) {
        const { violation } = await history(seed, { rates: { duplicate: 0.1, reorder: 0.1 }, others })
        expect(violation?.message, `seed ${seed}`).toBeUndefined()
      }
    },
  )
})
