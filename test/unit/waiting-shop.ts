import type { DataOf } from '../../schemas/contract.ts'
import type { events } from '../../schemas/inventory.ts'
import { adjust, totalsOf } from '../../functions/inventory/core/stock.ts'
import type { Backorder, Stock } from '../../functions/inventory/core/stock.ts'
import type { ReservationRequest } from '../../functions/inventory/core/reservation-request.ts'
import type { InventoryDeps } from '../../functions/inventory/deps.ts'
import { fill } from '../../functions/inventory/on/awaited.ts'
import { toEvent } from '../../functions/inventory/outbox-events.ts'
import { type ReservationItem, reservationKey } from '../../functions/inventory/store/reservation-item.ts'
import { reserveBatch } from '../../functions/inventory/store/reserve-batch.ts'
import { type StockItem, putStock, readStock, stockKey } from '../../functions/inventory/store/stock-item.ts'
import { putWarehouse, type WarehouseItem, warehouseKey } from '../../functions/inventory/store/warehouse-item.ts'
import { entryOf } from '../../functions/runtime/relay.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import type { Item } from '../../functions/runtime/store.ts'
import { stockOf } from './stock-of.ts'

type Awaited = DataOf<typeof events.stockAwaited>

const start = Date.parse('2026-01-01T00:00:00.000Z')
/** So many minutes after the shop opened. */
export const minutes = (count: number): string => new Date(start + count * 60_000).toISOString()

/** A shop whose products may be waited for; `settle` handles what was emitted, as the queue of inventory does. */
export async function shop(units: Record<string, number>, backorder: Backorder | null = {}, maxWrites?: number) {
  const published: { name: string; data: Record<string, unknown> }[] = []
  const toDo: Item[] = []
  const store = memoryStore({
    onChange: (_, after) => {
      for (const name of after?.outbox ?? []) void publish(after!, name)
    },
  })
  const publish = async (item: Item, name: string) => {
    if (name === 'stock.awaited') toDo.push(item)
    const event = await toEvent(item, name)
    published.push({ name, data: JSON.parse(entryOf(item, event).detail).data })
  }
  let [now, reads, readMs] = [start, 0, 0]
  const counted = <Answer>(answer: Promise<Answer>): Promise<Answer> => {
    reads += 1
    now += readMs
    return answer
  }
  const deps: InventoryDeps = {
    store: {
      ...store,
      get: (...asked) => counted(store.get(...asked)),
      getMany: (...asked) => counted(store.getMany(...asked)),
      query: (asked) => counted(store.query(asked)),
    },
    clock: { now: () => now, sleep: async () => {} },
    random: () => 0.5,
    sourcing: 'fewest-parcels',
    ...(maxWrites !== undefined && { maxWrites }),
  }
  const origin = { cause: 'test', at: start, by: 'test' }
  const main = { id: 'main', name: 'Main', priority: 1, active: true, createdAt: minutes(0), updatedAt: minutes(0) }
  await store.write(putWarehouse(undefined, main))
  for (const [sku, available] of Object.entries(units))
    await store.write(
      await putStock(store, undefined, stockOf(sku, { main: available }, { ...(backorder && { backorder }) }), origin),
    )
  const itemOf = async (sku: string) => (await store.get(stockKey(sku))) as StockItem
  const statusOf = async (id: string) => ((await store.get(reservationKey(id))) as ReservationItem | undefined)?.status
  const world = {
    deps,
    store,
    published,
    statusOf,
    stock: async (sku: string): Promise<Stock> => readStock(await itemOf(sku)),
    totals: async (sku: string) => totalsOf(readStock(await itemOf(sku)), ['main']),
    advance: (milliseconds: number) => (now += milliseconds),
    /** An order that was placed so many minutes after the shop opened, and waits if it may. */
    order: (id: string, placed: number, lines: Record<string, number>) =>
      world.request({ ...hold(id, lines), backorder: { placedAt: minutes(placed) } }),
    /** An order that does not wait. */
    buy: (id: string, lines: Record<string, number>) => world.request(hold(id, lines)),
    close: (id: string) => world.request({ move: 'close', id, orderId: id, cause: `${id}@close` }),
    request: async (request: ReservationRequest) => {
      const [result] = await reserveBatch(deps, [request])
      if (result && 'error' in result) throw result.error
      return statusOf(request.id)
    },
    /** Units come in, or go. */
    receive: async (sku: string, delta: number) => {
      const before = await itemOf(sku)
      const adjusted = adjust(readStock(before), 'main', { delta }, minutes(0))
      if ('code' in adjusted) throw new Error(adjusted.code)
      const cause = { kind: 'adjust' as const }
      await store.write(await putStock(store, before, adjusted.stock, origin, { warehouses: ['main'], cause }))
    },
    /** Handles what was emitted, in so many runs at most; how often a queue was tried. */
    settle: async (most = 100): Promise<number> => {
      let runs = 0
      for (let item = toDo.shift(); item !== undefined && runs < most; item = toDo.shift()) {
        const { data } = await toEvent(item, 'stock.awaited')
        await fill(deps, data as Awaited, 'test')
        runs += 1
      }
      return runs
    },
    /** Calls that have read so far. */
    reads: () => reads,
    /** From now on a read takes this long. */
    slow: (milliseconds: number) => (readMs = milliseconds),
    arrives: async (sku: string, delta: number) => {
      await world.receive(sku, delta)
      await world.settle()
    },
    openWarehouse: async (active: boolean) => {
      const known = (await store.get(warehouseKey('main'))) as WarehouseItem
      await store.write(putWarehouse(known, { ...main, active }))
    },
    statuses: async (...ids: string[]) => Promise.all(ids.map(statusOf)),
    names: () => published.map(({ name }) => name),
  }
  return world
}

export const hold = (id: string, lines: Record<string, number>): ReservationRequest & { move: 'hold' } => ({
  move: 'hold',
  id,
  orderId: id,
  lines: Object.entries(lines),
  holdSeconds: 60,
  cause: `${id}@1`,
})
