import { type DynamoDBClient, GetItemCommand, paginateScan } from '@aws-sdk/client-dynamodb'
import { heldBy } from '../../functions/inventory/core/held-units.ts'
import { leftOf } from '../../functions/inventory/core/inbound.ts'
import { inTransitOf } from '../../functions/inventory/core/transfer.ts'
import {
  type InboundItem,
  type TransferItem,
  readInbound,
  readTransfer,
} from '../../functions/inventory/store/supply-item.ts'
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
import { type Coming, type KnownLevel, type Others, type Units, noOthers, noUnits, noneComing } from './differences.ts'

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
  /** What reservations and supplies make of levels. */
  readonly others: ReadonlyMap<string, ReadonlyMap<string, Others>>
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
  const others = new Places<Others>(noOthers)
  const reservations = new Map<string, Seen<ReservationItem>>()
  const orders = new Map<string, Seen<Order>>()
  const payments = new Map<string, Seen<Payment>>()
  for await (const item of itemsOf(tables, 'inventory', step)) {
    if (item.sk === 'stock') enterStock(item as StockItem, stocks, levels)
    if (item.sk.startsWith('moves_')) enterPage(item as LedgerPage, moved)
    enterSupply(item, others)
    if (item.sk !== 'reservation') continue
    const reservation = readReservation(item)
    reservations.set(reservation.id, seen(item, reservation))
    for (const [bucket, lines] of heldBy(reservation))
      for (const [sku, id, units] of lines)
        others.change(sku, id, ({ held, ...rest }) => ({ ...rest, held: plus(held, { [bucket]: units }) }))
  }
  for await (const item of itemsOf(tables, 'orders', step))
    if (item.sk === 'order') orders.set(item.pk, seen(item, readOrder(item).state))
  for await (const item of itemsOf(tables, 'payments', step))
    if (item.sk === 'payment') payments.set(item.pk, seen(item, readPayment(item).state))
  for (const [sku, ofSku] of moved)
    for (const [id, sum] of ofSku) levels.change(sku, id, (known) => ({ ...known, moved: plus(known.moved, sum) }))
  for (const [sku, ofSku] of others) for (const id of ofSku.keys()) levels.change(sku, id, (known) => known)
  return { stocks, levels, others, reservations, orders, payments }
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

const nothingKnown: KnownLevel = { level: noUnits, coming: noneComing, moved: noUnits, recorded: noUnits }

const sumOf = (moves: readonly string[] = []): Units =>
  moves.map(readMove).reduce((sum: Units, { delta }) => plus(sum, delta), noUnits)

/** What a level has, and its movements that are in the item; what was never recorded is none. */
function enterStock(item: StockItem, stocks: Map<string, number>, levels: Places<KnownLevel>): void {
  stocks.set(item.sku, item.version)
  const stored = new Map(Object.entries(item.levels))
  for (const [id, level] of readStock(item).levels) {
    const { moves, ledger = '' } = stored.get(id) ?? {}
    const { expected = 0, inTransit = 0 } = level
    levels.change(item.sku, id, () => ({
      level: plus(level, {}),
      coming: { expected, inTransit },
      moved: sumOf(moves),
      recorded: readCounts(ledger),
    }))
  }
}

function enterPage({ pk, levels }: LedgerPage, moved: Places<Units>): void {
  for (const [id, { moves }] of Object.entries(levels))
    moved.change(pk.replace(/^stock_/, ''), id, (sum) => plus(sum, sumOf(moves)))
}

/** What is left of an inbound or a transfer, at the warehouse that it comes to. */
function enterSupply(item: Item, others: Places<Others>): void {
  const more = (sku: string, id: string, { expected = 0, inTransit = 0 }: Partial<Coming>): void =>
    others.change(sku, id, ({ supplies, ...rest }) => ({
      ...rest,
      supplies: { expected: supplies.expected + expected, inTransit: supplies.inTransit + inTransit },
    }))
  if (item.sk === 'inbound') {
    const inbound = readInbound(item as InboundItem)
    more(inbound.sku, inbound.warehouseId, { expected: leftOf(inbound) })
  }
  if (item.sk === 'transfer') {
    const transfer = readTransfer(item as TransferItem)
    more(transfer.sku, transfer.toWarehouseId, { inTransit: inTransitOf(transfer) })
  }
}
