import { putWarehouse } from '../../functions/inventory/store/warehouse-item.ts'
import type { Store } from '../../functions/runtime/store.ts'
import type { Stock } from '../../functions/inventory/core/stock.ts'
import type { Movement } from '../../schemas/movement.ts'
import { depot } from './depot.ts'

const soon = '2026-01-02T00:00:00Z'

/** A depot with two warehouses and so many units of A in the first. */
export async function shop(units = 0, more: Partial<Stock> = {}, around?: (store: Store) => Store) {
  const world = await depot({ A: units }, around, more)
  const { call, store } = world
  const at = '2026-01-01T00:00:00.000Z'
  await store.write(
    putWarehouse(undefined, { id: 'side', name: 'Side', priority: 2, active: true, createdAt: at, updatedAt: at }),
  )
  let keys = 0
  const sent = (route: string, params: Record<string, string>, body?: unknown, key = `key-${(keys += 1)}`) =>
    call(route, { as: 'operator', params, headers: { 'idempotency-key': key }, ...(body !== undefined && { body }) })
  return {
    ...world,
    expects: (quantity: number, expectedAt = soon, warehouseId = 'main') =>
      sent('POST /inventory/{sku}/inbound', { sku: 'A' }, { warehouseId, quantity, expectedAt }),
    receives: (id: string, body: object, key?: string) => sent('POST /inbound/{id}/receipts', { id }, body, key),
    amends: (id: string, body: object) => call('PATCH /inbound/{id}', { as: 'operator', params: { id }, body }),
    cancels: (id: string) => call('DELETE /inbound/{id}', { as: 'operator', params: { id } }),
    sends: (quantity: number, expectedAt: string | undefined = soon) =>
      sent(
        'POST /inventory/{sku}/transfers',
        { sku: 'A' },
        { fromWarehouseId: 'main', toWarehouseId: 'side', quantity, ...(expectedAt !== undefined && { expectedAt }) },
      ),
    arrives: (id: string, body: object) => sent('POST /transfers/{id}/receipts', { id }, body),
    recalls: (id: string) => call('DELETE /transfers/{id}', { as: 'operator', params: { id } }),
    totals: async () => (await call('GET /inventory/{sku}', { params: { sku: 'A' } })).body,
    listed: async (route: string) => {
      const { body } = await call(route, { as: 'operator', params: { sku: 'A' }, query: { limit: '100' } })
      return (body.items as { id: string }[]).map(({ id }) => id)
    },
    moved: async () => {
      const asked = { as: 'operator', params: { sku: 'A' }, query: { limit: '100' } }
      const { items } = (await call('GET /inventory/{sku}/movements', asked)).body as { items: Movement[] }
      return items.map(({ warehouseId, kind, delta, reason, reference }) => [
        warehouseId,
        kind,
        delta.available,
        reason,
        reference,
      ])
    },
  }
}
