import { handlers } from '../functions/orders/http.ts'
import { type Order, initialPayment } from '../functions/orders/core/order.ts'
import type { OrderLists } from '../functions/orders/store/order-lists.ts'
import { writesOfGuest } from '../functions/orders/store/guest-item.ts'
import { writesOfLabels } from '../functions/orders/store/labels-item.ts'
import { writesOfPlacing } from '../functions/orders/store/order-item.ts'
import { numberOf } from '../functions/orders/store/order-number.ts'
import { timeOf } from '../functions/runtime/clock.ts'
import { derivedId, digest } from '../functions/runtime/ids.ts'
import { memoryStore } from '../functions/runtime/store.memory.ts'
import type { Item, Store } from '../functions/runtime/store.ts'
import type { Facts } from '../schemas/order-status.ts'
import type { OrderSummary } from '../schemas/order.ts'

const completed: Facts = { stock: 'committed', payment: 'paid', closing: 'none', fulfilment: 'delivered' }
const waiting: Facts = { stock: 'backordered', payment: 'none', closing: 'none', fulfilment: 'none' }
const confirmed: Facts = { stock: 'committed', payment: 'paid', closing: 'none', fulfilment: 'created' }

const begin = Date.parse('2026-11-01T00:00:00.000Z')
/** A guest, and how many orders there are between two of the same kind. */
const guest = { name: 'Ann', email: 'ann@holdfast.test' }
const rare = 500

/** What a page has read of a table. */
export interface Reads {
  /** Orders, with those that it does not show. */
  rows: number
  queries: number
}

/** What lists and labels take beside an order is small. */
const ordersIn = (items: readonly Item[]): number => items.filter(({ sk }) => sk === 'order').length

/**
 * A table with so many orders, a minute between two of them, as the service itself writes them: most of them completed, one of 500 backordered,
 * one with a reference and one of a guest; every tenth is confirmed. Those of the last hour changed last.
 */
export async function manyOrders(count: number, lists: OrderLists = 'all') {
  const table = memoryStore()
  const reads: Reads = { rows: 0, queries: 0 }
  const orders: Order[] = []
  for (let index = 0; index < count; index += 1) {
    const placedAt = begin + index * 60_000
    const origin = { at: placedAt, cause: 'request', by: 'customer' }
    const isRare = index % rare === 7
    const labels = isRare ? { reference: 'PO-1' } : undefined
    const order: Order = {
      id: derivedId('ord', String(index)),
      customerId: isRare ? 'guest' : `customer-${index % 97}`,
      placedAt,
      holdSeconds: 86_400,
      lineCount: 1,
      total: { amount: 250, currency: 'GBP' },
      method: 'manual',
      facts: isRare ? waiting : index % 10 === 3 ? confirmed : completed,
      payment: initialPayment,
      returns: new Map(),
      numbersTime: true,
      ...(labels && { hasLabels: true }),
      ...(lists !== 'off' && { changedAt: placedAt }),
      history: [{ status: 'placed', ...origin }],
    }
    orders.push(order)
    const contents = { lines: [{ sku: 'mug', name: 'Mug', quantity: 1, price: 250 }] }
    const { header, stored } = writesOfPlacing(order, contents, `guest_${digest(order.id)}`, origin)
    const beside = labels ? [...writesOfLabels(stored, labels), ...writesOfGuest(stored, guest)] : []
    for (const write of [...beside, header]) await table.write(write)
  }
  const now = begin + count * 60_000
  const store: Store = {
    ...table,
    query: async (query) => {
      const page = await table.query(query)
      reads.queries += 1
      reads.rows += ordersIn(page.items)
      return page
    },
    getMany: async (keys, options) => {
      const found = await table.getMany(keys, options)
      reads.rows += ordersIn(found)
      return found
    },
  }
  const deps = { store, clock: { now: () => now, sleep: async () => {} }, random: () => 0.5, lists }
  const { listOrders } = handlers(deps as never)
  const ask = async (query: Readonly<Record<string, unknown>>) => {
    Object.assign(reads, { rows: 0, queries: 0 })
    const caller = { id: 'operator', privileged: true, kind: 'user', scopes: new Set() }
    const refuse = (code: string) => new Error(code)
    const { body } = await listOrders({ query: { limit: 50, ...query }, caller, refuse } as never)
    const page = body as { items: readonly OrderSummary[]; cursor?: string }
    return { ...page, ...reads }
  }
  /** Each filter alone, and with a range of times. */
  const last = orders.at(-1)!
  const range = { from: timeOf(begin), to: timeOf(now) }
  const alone = {
    'no filter': {},
    'a status that many have': { status: ['completed'] },
    'a status that few have': { status: ['backordered'], ...range },
    'several statuses': { status: ['backordered', 'confirmed', 'cancelled'], ...range },
    'a customer': { customerId: 'customer-5' },
    'a customer and a status': { customerId: 'customer-5', status: ['confirmed'] },
    updatedSince: { updatedSince: timeOf(now - 7_200_000) },
    'updatedSince long ago': { updatedSince: timeOf(begin) },
    reference: { reference: 'PO-1' },
    number: { number: numberOf(last) },
    email: { email: guest.email },
  }
  const filters = Object.entries(alone).flatMap(([name, query]) => [
    [name, query] as const,
    [`${name}, with times`, { ...query, ...range }] as const,
  ])
  return { ask, filters, orders }
}
