import type { DynamoDBRecord } from 'aws-lambda'
import type { Item } from '../../../functions/runtime/store.ts'
import type { Chance } from '../../../bin/fuzz/chance.ts'
import type { VirtualClock } from '../../../localstack/clock/clock.ts'
import type { Faults } from '../faults/faults.ts'

export interface TableStreamDeps {
  readonly clock: VirtualClock
  readonly chance: Chance
  readonly faults: Faults
  /** Does something the milliseconds later that calls nobody back. */
  readonly later: (delayMs: number, task: () => void) => void
}

/** The relay of a table, as its stream reaches it. */
interface Relayed {
  readonly records: DynamoDBRecord[]
  readonly push: (records: readonly DynamoDBRecord[], shard: string) => void
}

/** Brings what is written in the tables into their streams. */
export class TableStreams {
  readonly #deps: TableStreamDeps
  readonly #shards: number
  readonly #relays = new Map<string, Relayed>()
  /** Shards that the records of the write under way go to. */
  readonly #written = new Set<number>()
  /** What is published again may be answered again: more of them would feed on themselves. */
  #rewinds = 5
  #sequence = 0

  constructor(deps: TableStreamDeps) {
    this.#deps = deps
    this.#shards = deps.faults.has('split stream') ? 3 : 1
  }

  add(service: string, push: Relayed['push']): void {
    this.#relays.set(service, { records: [], push })
  }

  write(service: string, before: Item | undefined, after: Item): void {
    const { clock, chance, faults, later } = this.#deps
    const { records, push } = this.#of(service)
    const record = {
      eventName: before ? 'MODIFY' : 'INSERT',
      dynamodb: {
        SequenceNumber: String((this.#sequence += 1)).padStart(8, '0'),
        Keys: { pk: after.pk, sk: after.sk },
        NewImage: after,
        ApproximateCreationDateTime: clock.now() / 1_000,
      },
    } as unknown as DynamoDBRecord
    records.push(record)
    const shard = after.pk.charCodeAt(after.pk.length - 1) % this.#shards
    this.#written.add(shard)
    // Each shard is behind by its own time, so that the records of one transaction come apart.
    const lag = this.#shards === 1 ? 5 : [5, 700, 4_000][shard]!
    later(lag, () => {
      push([record], `${service}-${shard}`)
      if (this.#rewinds > 0 && faults.strikes('rewound stream')) {
        this.#rewinds -= 1
        this.rewind(service, chance.below(records.length))
      }
    })
  }

  /** All items of one write are in the stream. */
  settle(): void {
    if (this.#written.size > 1) this.#deps.faults.count('split stream')
    this.#written.clear()
  }

  /** Sends records of a table's stream to its relay once more. */
  rewind(service: string, from = 0): void {
    const { records, push } = this.#of(service)
    const again = records.slice(from)
    if (again.length > 0) push(again, `${service}-replayed-${(this.#sequence += 1)}`)
  }

  /** Brings a record into the stream of a service that no event can be made of, or one that no bus takes. */
  poison(service: string): void {
    const { clock, chance } = this.#deps
    const item = { pk: poisonKey, sk: 'record', version: 1, at: new Date(clock.now()).toISOString(), cause: 'test' }
    const tooLarge = {
      outbox: ['stock.adjusted'],
      sku: 'sku-1',
      delta: 1,
      by: 'x'.repeat(270_000),
      level: noLevel,
      reason: 'x',
    }
    const isLarge = service === 'inventory' && chance.maybe(0.5)
    this.write(service, undefined, {
      ...item,
      ...(isLarge ? tooLarge : { outbox: [chance.maybe(0.2) ? 'nobody.knows' : (malformed[service] ?? '')] }),
    })
  }

  #of(service: string): Relayed {
    const relayed = this.#relays.get(service)
    if (!relayed) throw new Error(`${service} has no stream.`)
    return relayed
  }
}

/** Events that need more than such a record has. */
const malformed: Readonly<Record<string, string>> = {
  catalog: 'product.created',
  inventory: 'stock.reserved',
  orders: 'order.placed',
  payments: 'payment.completed',
  shipping: 'shipment.created#1',
  users: 'user.registered',
}

/** The key of records that no event can be made of. */
const poisonKey = 'poison'
const noLevel = { warehouseId: 'main', onHand: 0, available: 0, reserved: 0, allocated: 0, unavailable: 0 }

export const isPoisonRecord = (body: string): boolean => body.includes(`"pk":"${poisonKey}"`)
