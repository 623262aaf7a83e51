import { type DynamoDBClient, GetItemCommand, paginateScan } from '@aws-sdk/client-dynamodb'
import { heldBy } from '../../functions/inventory/core/held-units.ts'
import { plus } from '../../functions/inventory/core/movement.ts'
import type { LedgerPage } from '../../functions/inventory/store/ledger-page.ts'
import { readCounts, readMove } from '../../functions/inventory/store/move-text.ts'
import { type ReservationItem, readReservation } from '../../functions/inventory/store/reservation-item.ts'
import { type StockItem, readStock, stockKey } from '../../functions/inventory/store/stock-item.ts'
import type { Order } from '../../functions/orders/core/order.ts'
import { readOrder } from '../../functions/orders/store/order-item.ts'
import type { Payment } from '../../functions/payments/core/payment.ts'
import { readPayment } from '../../functions/payments/store/payment-item.ts'
import { itemOf } from '../../functions/runtime/item-codec.ts'
import type { Item } from '../../functions/runtime/store.ts'
import type { Service } from '../../schemas/contract.ts'
import { tableOf } from '../table-of.ts'
import { type KnownLevel, type Units, noUnits } from './differences.ts'

/** What was read of an item, and in which version; `at` is when that was written, in milliseconds since 1970. */
export interface Seen<Content> {
  readonly content: Content
  readonly version: number
  readonly at: number
}

/** The tables as one reading found them. */
export interface Reading {
  /** By sku: the version of its stock. */
  readonly stocks: ReadonlyMap<string, number>
  /** By sku, then by warehouse. */
  readonly levels: ReadonlyMap<string, ReadonlyMap<string, KnownLevel>>
  readonly held: ReadonlyMap<string, ReadonlyMap<string, Units>>
  readonly reservations: ReadonlyMap<string, Seen<ReservationItem>>
  readonly orders: ReadonlyMap<string, Seen<Order>>
  readonly payments: ReadonlyMap<string, Seen<Payment>>
}

export interface Tables {
  readonly client: DynamoDBClient
  readonly stage: string
}

/** The versions of these stocks now. */
export async function versionsOf(
  { client, stage }: Tables,
  skus: Iterable<string>,
): Promise<ReadonlyMap<string, number>> {
  const TableName = await tableOf(client, stage, 'inventory')
  const versions = new Map<string, number>()
  for (const sku of skus) {
    const { pk, sk } = stockKey(sku)
    const Key = { pk: { S: pk }, sk: { S: sk } }
    const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))
    if (Item) versions.set(sku, itemOf(Item).version)
  }
  return versions
}

/** Reads all stock, holds, orders and payments, strongly consistent. */
export async function readAll(tables: Tables, step: () => void): Promise<Reading> {
  const stocks = new Map<string, number>()
  const levels = new Places<KnownLevel>(nothingKnown)
  const moved = new Places<Units>(noUnits)
  const held = new Places<Units>(noUnits)
  const reservations = new Map<string, Seen<ReservationItem>>()
  const orders = new Map<string, Seen<Order>>()
  const payments = new Map<string, Seen<Payment>>()
  for await (const item of itemsOf(tables, 'inventory', step)) {
    if (item.sk === 'stock') enterStock(item as StockItem, stocks, levels)
    if (item.sk.startsWith('moves_')) enterPage(item as LedgerPage, moved)
    if (item.sk !== 'reservation') continue
    const reservation = readReservation(item)
    reservations.set(reservation.id, seen(item, reservation))
    for (const [bucket, lines] of heldBy(reservation))
      for (const [sku, id, units] of lines) held.change(sku, id, (sum) => plus(sum, { [bucket]: units }))
  }
  for await (const item of itemsOf(tables, 'orders', step))
    if (item.sk === 'order') orders.set(item.pk, seen(item, readOrder(item).state))
  for await (const item of itemsOf(tables, 'payments', step))
    if (item.sk === 'payment') payments.set(item.pk, seen(item, readPayment(item).state))
  for (const [sku, ofSku] of moved)
    for (const [id, sum] of ofSku) levels.change(sku, id, (known) => ({ ...known, moved: plus(known.moved, sum) }))
  for (const [sku, ofSku] of held) for (const id of ofSku.keys()) levels.change(sku, id, (known) => known)
  return { stocks, levels, held, reservations, orders, payments }
}

async function* itemsOf({ client, stage }: Tables, service: Service, step: () => void): AsyncGenerator<Item> {
  const TableName = await tableOf(client, stage, service)
  for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true }))
    for (const attributes of Items) {
      step()
      yield itemOf(attributes)
    }
}

const seen = <Content>({ version, at = '' }: Item, content: Content): Seen<Content> => ({
  content,
  version,
  at: Date.parse(at),
})

/** Things by sku and warehouse. */
class Places<Thing> extends Map<string, Map<string, Thing>> {
  readonly #none: Thing

  constructor(none: Thing) {
    super()
    this.#none = none
  }

  change(sku: string, warehouseId: string, to: (thing: Thing) => Thing): void {
    const ofSku = this.get(sku) ?? new Map<string, Thing>()
    this.set(sku, ofSku.set(warehouseId, to(ofSku.get(warehouseId) ?? this.#none)))
  }
}

const nothingKnown: KnownLevel = { level: noUnits, moved: noUnits, recorded: noUnits }

const sumOf = (moves: readonly string[] = []): Units =>
  moves.map(readMove).reduce((sum: Units, { delta }) => plus(sum, delta), noUnits)

/** What a level has, and its movements that are in the item; what was never recorded is none. */
function enterStock(item: StockItem, stocks: Map<string, number>, levels: Places<KnownLevel>): void {
  stocks.set(item.sku, item.version)
  const stored = new Map(Object.entries(item.levels))
  for (const [id, level] of readStock(item).levels) {
    const { moves, ledger = '' } = stored.get(id) ?? {}
    levels.change(item.sku, id, () => ({ level: plus(level, {}), moved: sumOf(moves), recorded: readCounts(ledger) }))
  }
}

function enterPage({ pk, levels }: LedgerPage, moved: Places<Units>): void {
  for (const [id, { moves }] of Object.entries(levels))
    moved.change(pk.replace(/^stock_/, ''), id, (sum) => plus(sum, sumOf(moves)))
}
