import type { ReservationStatus } from '../../../schemas/reservation.ts'
import type { ListedCharge } from '../../payments/core/listed.ts'
import { type CardList, ofCards } from './charges.ts'
import {
  type ComparedOrder,
  type ComparedPayment,
  type Difference,
  type KnownLevel,
  type Others,
  noOthers,
  ofLevel,
  ofMoney,
  ofOrder,
} from './differences.ts'

/** What was read of an item; `at` is when it was written, in milliseconds since 1970. */
export interface Seen<Content> {
  readonly content: Content
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
  readonly reservations: ReadonlyMap<string, Seen<ReservationStatus>>
  readonly orders: ReadonlyMap<string, Seen<ComparedOrder>>
  readonly payments: ReadonlyMap<string, Seen<ComparedPayment>>
}

/** What reads the tables of a stage. */
export interface Tables {
  /** Reads all of them, strongly consistent. */
  readonly readAll: () => Promise<Reading>
  /** Reads the versions of these stocks as they are now. */
  readonly versionsOf: (skus: Iterable<string>) => Promise<ReadonlyMap<string, number>>
}

/** A level that does not fit, in the version of the stock that it was read in. */
export interface OddLevel extends KnownLevel {
  readonly sku: string
  readonly warehouseId: string
  readonly version: number
  readonly differences: readonly Difference[]
}

/** Lists what the card provider has of a time, in milliseconds since 1970. */
export type ListCharges = (from: number, to: number) => AsyncIterable<ListedCharge>

export interface Reconciliation {
  readonly skus: number
  readonly orders: number
  /** Charges of the card provider's list; none where it keeps no list. */
  readonly charges: number
  readonly differences: readonly Difference[]
  /** The levels that some of the differences are about. */
  readonly oddLevels: readonly OddLevel[]
  /** Skus that did not fit, and moved in every further reading: what is wrong with them is not known. */
  readonly moving: readonly string[]
}

/** How long an order and what belongs to it must have rested before a difference between them is named, in milliseconds. */
export const restMs = 15 * 60_000
/** How far the list of the card provider goes back by itself: charges and refunds of the last days, in milliseconds. */
export const listedMs = 3 * 86_400_000
/** How often everything is read at most, until no sku in question has moved meanwhile. */
const maxReadings = 4

/**
 * Holds stock against its movements and against what reservations hold and supplies bring, and orders against their reservations and payments,
 * and payments against the list of the card provider. Changes nothing.
 *
 * It works while orders flow. Whatever a reservation holds of a sku, or a supply brings, changes in one transaction with the stock of that sku: what was read between
 * two equal versions of a stock is of one moment, and a difference in it is one. A sku that does not fit is read again until it has not moved. Between services, where
 * answers are under way, a difference counts once both sides have rested for a quarter of an hour.
 */
export async function reconcile(
  { readAll, versionsOf }: Tables,
  now: number,
  { list, sinceMs = listedMs }: { readonly list?: ListCharges | undefined; readonly sinceMs?: number } = {},
): Promise<Reconciliation> {
  // Before the tables: a payment that changes later has not rested.
  const cards = list && (await listed(list, now - sinceMs, now - restMs))
  const first = await readAll()
  const oddLevels: OddLevel[] = []
  let open = [...first.levels.keys()].filter((sku) => oddLevelsOf(first, sku).length > 0)
  for (let readings = 1; readings < maxReadings && open.length > 0; readings += 1) {
    const before = await versionsOf(open)
    const reading = await readAll()
    const after = await versionsOf(open)
    const stood = new Set(
      open.filter((sku) => before.get(sku) === after.get(sku) && after.get(sku) === reading.stocks.get(sku)),
    )
    for (const sku of stood) oddLevels.push(...oddLevelsOf(reading, sku))
    open = open.filter((sku) => !stood.has(sku))
  }
  return {
    skus: first.stocks.size,
    orders: first.orders.size,
    charges: cards?.charges.length ?? 0,
    differences: [
      ...oddLevels.flatMap((level) => level.differences),
      ...betweenServices(first, now),
      ...(cards ? withProvider(first, cards, now) : []),
    ],
    oddLevels,
    moving: open,
  }
}

const oddLevelsOf = ({ stocks, levels, others }: Reading, sku: string): readonly OddLevel[] =>
  Array.from(levels.get(sku) ?? [], ([warehouseId, known]) => {
    const differences = ofLevel(`${sku} in ${warehouseId}`, known, others.get(sku)?.get(warehouseId) ?? noOthers)
    return { ...known, sku, warehouseId, version: stocks.get(sku) ?? 0, differences }
  }).filter(({ differences }) => differences.length > 0)

const hasRested = (each: Seen<unknown> | undefined, now: number): boolean =>
  each === undefined || each.at <= now - restMs

function betweenServices({ orders, reservations, payments }: Reading, now: number): readonly Difference[] {
  const rests = (each: Seen<unknown> | undefined): boolean => hasRested(each, now)
  return [...orders].flatMap(([id, order]) => {
    const [reservation, payment] = [reservations.get(id), payments.get(id)]
    if (!rests(order)) return []
    return [
      ...(rests(reservation) ? ofOrder(id, order.content, reservation?.content) : []),
      ...(rests(payment) ? ofMoney(id, order.content, payment?.content) : []),
    ]
  })
}

async function listed(list: ListCharges, from: number, to: number): Promise<CardList> {
  const charges: ListedCharge[] = []
  for await (const charge of list(from, to)) charges.push(charge)
  return { from, to, charges }
}

function withProvider({ payments }: Reading, cards: CardList, now: number): readonly Difference[] {
  const byOrder = Map.groupBy(cards.charges, ({ orderId }) => orderId)
  return [...new Set([...byOrder.keys(), ...payments.keys()])].flatMap((id) => {
    const payment = payments.get(id)
    const isUnderWay = payment !== undefined && payment.content.charges === undefined
    if (isUnderWay || !hasRested(payment, now)) return []
    return ofCards(id, payment?.content.charges, byOrder.get(id) ?? [], cards)
  })
}
