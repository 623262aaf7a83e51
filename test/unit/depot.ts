import { MemoryImportFiles } from '../memory-import-files.ts'
import { keepProduct } from '../../functions/inventory/on/product.ts'
import { handlers } from '../../functions/inventory/http.ts'
import { putStock } from '../../functions/inventory/store/stock-item.ts'
import { putWarehouse } from '../../functions/inventory/store/warehouse-item.ts'
import type { Stock } from '../../functions/inventory/core/stock.ts'
import type { InventoryApiDeps } from '../../functions/inventory/deps.ts'
import { toEvent } from '../../functions/inventory/outbox-events.ts'
import type { Read } from '../../functions/runtime/api.http.ts'
import { entryOf } from '../../functions/runtime/relay.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import type { Item, Store } from '../../functions/runtime/store.ts'
import { events } from '../../schemas/catalog.ts'
import { routes } from '../../schemas/inventory.ts'
import { caller } from './call-route.ts'
import { stockOf } from './stock-of.ts'

const at = '2026-01-01T00:00:00.000Z'

/** Stock in the warehouse `main`; `around` stands between the routes and the table. */
export async function depot(
  units: Record<string, number>,
  around: (store: Store) => Store = (store) => store,
  more: Partial<Stock> = {},
) {
  const published: { readonly name: string; readonly data: unknown }[] = []
  const publish = async (item: Item, name: string) => {
    const data = JSON.parse(entryOf(item, await toEvent(item, name)).detail).data
    published.push({ name, data })
  }
  const store = memoryStore({
    onChange: (_, after) => {
      for (const name of after?.outbox ?? []) void publish(after!, name)
    },
  })
  let now = Date.parse(at)
  let arrive: (() => Promise<unknown>) | undefined
  const clock = {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms
      if (now >= Date.parse(at) + 500) await arrive?.()
    },
  }
  let imports = 0
  const catalog: { productOf: Read } = { productOf: async () => ({ status: 404, body: {} }) }
  const files = new MemoryImportFiles()
  const deps: InventoryApiDeps = {
    store: around(store),
    clock,
    random: () => 0.5,
    sourcing: 'fewest-parcels',
    newImportId: () => `imp_${(imports += 1)}`,
    files,
    readProduct: (...asked) => catalog.productOf(...asked),
  }
  const main = { id: 'main', name: 'Main', priority: 1, active: true, createdAt: at, updatedAt: at }
  await store.write(putWarehouse(undefined, main))
  for (const [sku, available] of Object.entries(units)) {
    await store.write(
      await putStock(store, undefined, stockOf(sku, { main: available }, more), {
        cause: 'test',
        at: Date.parse(at),
        by: 'test',
      }),
    )
  }
  const call = caller(routes, handlers(deps))
  return {
    store,
    deps,
    files,
    /** Answers in the place of the catalogue. */
    catalog,
    call,
    /** Names and data of events. */
    published,
    advance: (ms: number) => (now += ms),
    waited: () => now - Date.parse(at),
    /** A product becomes known half a second from the beginning, while a request waits. */
    announce: (sku: string) => (arrive = () => keepProduct(deps, 'created')(productCreated(sku))),
    reserve: (key: string, lines: Record<string, number>) =>
      call('POST /reservations', {
        as: 'operator',
        headers: { 'idempotency-key': key },
        body: { lines: Object.entries(lines).map(([sku, quantity]) => ({ sku, quantity })) },
      }),
    move: (what: 'commit' | 'release', id: string, key?: string) =>
      call(`POST /reservations/{id}/${what}`, {
        as: 'operator',
        params: { id },
        headers: key === undefined ? {} : { 'idempotency-key': key },
      }),
    adjust: (sku: string, delta: number, key = `${sku}${delta}`) =>
      call('POST /inventory/{sku}/adjustments', {
        as: 'operator',
        params: { sku },
        headers: { 'idempotency-key': key },
        body: { warehouseId: 'main', delta, reason: 'test' },
      }),
  }
}

export const productCreated = (sku: string) => ({
  contract: events.productCreated,
  id: `product_${sku}/product@1/product.created`,
  time: at,
  correlationId: `product_${sku}`,
  causationId: 'request-0',
  data: { sku, name: sku, price: { amount: 1, currency: 'GBP' }, active: true, unique: false, version: 9 },
  messageId: 'm1',
})
