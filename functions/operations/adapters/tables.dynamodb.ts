import { type DynamoDBClient, GetItemCommand, paginateScan } from '@aws-sdk/client-dynamodb'
import type { Service } from '../../../schemas/contract.ts'
import type { ReservationStatus } from '../../../schemas/reservation.ts'
import { heldBy } from '../../inventory/core/held-units.ts'
import { leftOf } from '../../inventory/core/inbound.ts'
import { plus } from '../../inventory/core/movement.ts'
import { inTransitOf } from '../../inventory/core/transfer.ts'
import type { LedgerPage } from '../../inventory/store/ledger-page.ts'
import { readCounts, readMove } from '../../inventory/store/move-text.ts'
import { readReservation } from '../../inventory/store/reservation-item.ts'
import { type StockItem, readStock, stockKey } from '../../inventory/store/stock-item.ts'
import { type InboundItem, type TransferItem, readInbound, readTransfer } from '../../inventory/store/supply-item.ts'
import { isOrder, readOrder } from '../../orders/store/order-item.ts'
import { readPayment } from '../../payments/store/payment-item.ts'
import { itemOf } from '../../runtime/item-codec.ts'
import type { Item } from '../../runtime/store.ts'
import {
  type ComparedOrder,
  type ComparedPayment,
  type Coming,
  type KnownLevel,
  type Others,
  type Units,
  comparedOrder,
  comparedPayment,
  noOthers,
  noUnits,
  noneComing,
} from '../core/differences.ts'
import type { Reading, Seen, Tables } from '../core/reconcile.ts'

/** The services whose tables are read. */
export const reconciled = ['inventory', 'orders', 'payments'] as const satisfies readonly Service[]

export interface Sources {
  readonly client: DynamoDBClient
  /** The names of the tables, by service. */
  readonly names: Readonly<Record<(typeof reconciled)[number], string>>
  /** Called for each item that is read. */
  readonly step?: () => void
}

/** The tables of a stage, read whole and consistently, page by page: a read unit for each 4 KB of what lies in them. */
export const dynamoTables = (sources: Sources): Tables => ({
  readAll: () => readAll(sources),
  versionsOf: (skus) => versionsOf(sources, skus),
})

async function versionsOf({ client, names }: Sources, skus: Iterable<string>): Promise<ReadonlyMap<string, number>> {
  const versions = new Map<string, number>()
  for (const sku of skus) {
    const { pk, sk } = stockKey(sku)
    const Key = { pk: { S: pk }, sk: { S: sk } }
    const { Item } = await client.send(new GetItemCommand({ TableName: names.inventory, Key, ConsistentRead: true }))
    if (Item) versions.set(sku, itemOf(Item).version)
  }
  return versions
}

async function readAll(sources: Sources): Promise<Reading> {
  const stocks = new Map<string, number>()
  const levels = new Places<KnownLevel>(nothingKnown)
  const moved = new Places<Units>(noUnits)
  const others = new Places<Others>(noOthers)
  const reservations = new Map<string, Seen<ReservationStatus>>()
  const orders = new Map<string, Seen<ComparedOrder>>()
  const payments = new Map<string, Seen<ComparedPayment>>()
  for await (const item of itemsOf(sources, 'inventory')) {
    if (item.sk === 'stock') enterStock(item as StockItem, stocks, levels)
    if (item.sk.startsWith('moves_')) enterPage(item as LedgerPage, moved)
    enterSupply(item, others)
    if (item.sk !== 'reservation') continue
    const reservation = readReservation(item)
    reservations.set(reservation.id, seen(item, reservation.status))
    for (const [bucket, lines] of heldBy(reservation))
      for (const [sku, id, units] of lines)
        others.change(sku, id, ({ held, ...rest }) => ({ ...rest, held: plus(held, { [bucket]: units }) }))
  }
  for await (const item of itemsOf(sources, 'orders'))
    if (isOrder(item)) orders.set(item.pk, seen(item, comparedOrder(readOrder(item).state)))
  for await (const item of itemsOf(sources, 'payments'))
    if (item.sk === 'payment') payments.set(item.pk, seen(item, comparedPayment(readPayment(item).state)))
  for (const [sku, ofSku] of moved)
    for (const [id, sum] of ofSku) levels.change(sku, id, (known) => ({ ...known, moved: plus(known.moved, sum) }))
  for (const [sku, ofSku] of others) for (const id of ofSku.keys()) levels.change(sku, id, (known) => known)
  return { stocks, levels, others, reservations, orders, payments }
}

async function* itemsOf({ client, names, step }: Sources, service: keyof Sources['names']): AsyncGenerator<Item> {
  for await (const { Items = [] } of paginateScan({ client }, { TableName: names[service], ConsistentRead: true }))
    for (const attributes of Items) {
      step?.()
      yield itemOf(attributes)
    }
}

const seen = <Content>({ at = '' }: Item, content: Content): Seen<Content> => ({ content, at: Date.parse(at) })

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
