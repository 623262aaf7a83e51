import { MemoryImportFiles } from '../memory-import-files.ts'
import { MemoryPhotoBucket } from '../memory-photo-bucket.ts'
import { consumer } from '../../functions/catalog/events.ts'
import { handlers } from '../../functions/catalog/http.ts'
import type { Read } from '../../functions/runtime/api.http.ts'
import type { Clock } from '../../functions/runtime/clock.ts'
import type { Item, Store } from '../../functions/runtime/store.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import { routes } from '../../schemas/catalog.ts'
import { events } from '../../schemas/inventory.ts'
import { caller } from './call-route.ts'

/** The catalogue on a table in memory; its clock moves a second with every request, unless another is given. */
export function shop(around: (store: Store) => Store = (store) => store, given?: Clock) {
  const table = memoryStore()
  const store = around(table)
  let seconds = 0
  let categories = 0
  const clock = given ?? {
    now: () => seconds * 1_000,
    sleep: (ms: number) => new Promise<void>((done) => void setTimeout(done, ms).unref()),
  }
  const inventory = {
    stockOf: async (_sku: string, _authorization: string, _timeoutMs?: number): Promise<number> => 200,
  }
  const orders: { priceOf: Read } = { priceOf: async () => ({ status: 200, body: { productVersion: Infinity } }) }
  let imports = 0
  let photos = 0
  const files = new MemoryImportFiles()
  const bucket = new MemoryPhotoBucket()
  const deps = {
    store,
    clock,
    random: () => 0.5,
    newId: () => `cat_${(categories += 1)}`,
    newImportId: () => `imp_${(imports += 1)}`,
    files,
    newPhotoId: () => `pho_${(photos += 1)}`,
    bucket,
    photosUrl: 'https://photos.test',
    askStock: (...asked: Parameters<typeof inventory.stockOf>) => inventory.stockOf(...asked),
    readPrice: (...asked: Parameters<Read>) => orders.priceOf(...asked),
  }
  const callRoute = caller(routes, handlers(deps))
  const call: typeof callRoute = (...asked) => {
    seconds += 1
    return callRoute(...asked)
  }
  const retireBatch = consumer(deps)
  return {
    deps,
    files,
    bucket,
    call,
    table,
    /** Answers in the place of inventory. */
    inventory,
    /** Answers in the place of orders. */
    orders,
    product: (sku: string): Item | undefined =>
      table.items().find(({ pk, sk }) => pk === `product_${sku}` && sk === 'product'),
    members: (id: string): unknown => table.items().find(({ pk }) => pk === id)?.['members'],
    create: (sku: string, more: object = {}) =>
      call('POST /products', { as: 'operator', body: { ...lamp, sku, ...more } }),
    patch: (sku: string, body: object, headers: Record<string, string> = {}) =>
      call('PATCH /products/{sku}', { as: 'operator', params: { sku }, body, headers }),
    read: (sku: string, headers: Record<string, string> = {}) =>
      call('GET /products/{sku}', { params: { sku }, headers }),
    list: (query: Record<string, string>) => call('GET /products', { query }),
    category: async (name: string, more: object = {}) =>
      call('POST /categories', { as: 'operator', body: { name, ...more } }),
    moveCategory: (id: string, body: object) =>
      call('PATCH /categories/{id}', { as: 'operator', params: { id }, body }),
    deleteCategory: (id: string) => call('DELETE /categories/{id}', { as: 'operator', params: { id } }),
    load: (text: string, mediaType = 'application/x-ndjson') =>
      call('POST /products/import', { as: 'operator', text, headers: { 'content-type': mediaType } }),
    retire: (sku: string, productVersion: number) =>
      retireBatch([
        {
          contract: events.stockItemRetired,
          id: `stock_${sku}/stock@9/stock.item_retired`,
          time: '2026-01-01T00:00:00.000Z',
          correlationId: `stock_${sku}`,
          causationId: 'request-0',
          data: { sku, productVersion },
          messageId: 'm1',
        },
      ]),
  }
}

export const lamp = { name: 'Lamp', price: { amount: 255, currency: 'GBP' } }

/** A store in which another writer is faster once: `meanwhile` runs just before the first write. */
export function overtaken(meanwhile: () => Promise<unknown>) {
  let todo: (() => Promise<unknown>) | undefined
  const around = (store: Store): Store => ({
    ...store,
    write: async (...writes) => {
      const now = todo
      todo = undefined
      await now?.()
      return store.write(...writes)
    },
  })
  return { around, arm: () => (todo = meanwhile) }
}
