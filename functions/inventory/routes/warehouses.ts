import type { routes } from '../../../schemas/inventory.ts'
import type { Warehouse } from '../../../schemas/warehouse.ts'
import { timeOf } from '../../runtime/clock.ts'
import { expectMatch, tagOfBody } from '../../runtime/entity-tag.ts'
import { commit } from '../../runtime/idempotent-commit.ts'
import type { Handlers, Request } from '../../runtime/http.ts'
import type { Item } from '../../runtime/store.ts'
import type { InventoryDeps } from '../deps.ts'
import { type WarehouseItem, putWarehouse, warehouseKey } from '../store/warehouse-item.ts'
import { warehouseIdOf } from '../store/warehouse-id.ts'

type WarehouseRoutes = Pick<typeof routes, 'listWarehouses' | 'getWarehouse' | 'createWarehouse' | 'updateWarehouse'>

export const warehouses = (deps: InventoryDeps): Handlers<WarehouseRoutes> => ({
  listWarehouses: async ({ query }) => {
    const { items, cursor } = await deps.store.query({ partition: 'warehouses', ...query })
    return { body: { items: items.map(shown), ...(cursor !== undefined && { cursor }) } }
  },

  getWarehouse: async (request) => ({ body: shown(await existing(deps, request)) }),

  createWarehouse: async (request) =>
    commit(deps, request, async () => {
      const { name, priority, location, regions = [] } = request.body
      const id = warehouseIdOf(name)
      const taken = await deps.store.get(warehouseKey(id), { consistent: true })
      if (taken) throw request.refuse('warehouse_exists', `There is a warehouse ${id} already.`)
      const now = timeOf(deps.clock.now())
      const warehouse: Warehouse = {
        id,
        name,
        ...(location !== undefined && { location }),
        ...(regions.length > 0 && { regions }),
        priority,
        active: true,
        createdAt: now,
        updatedAt: now,
      }
      return { writes: [putWarehouse(undefined, warehouse)], answer: { body: warehouse } }
    }),

  updateWarehouse: async (request) =>
    commit(deps, request, async () => {
      const found = await existing(deps, request)
      expectMatch(request, tagOfBody(shown(found)))
      const { location, regions, ...changes } = request.body
      const { location: before, regions: served = [], ...rest } = shown(found)
      const after = location === undefined ? before : location
      const serves = regions ?? served
      const warehouse = {
        ...rest,
        ...(after != null && { location: after }),
        ...(serves.length > 0 && { regions: serves }),
        ...(changes as Partial<Warehouse>),
        updatedAt: timeOf(deps.clock.now()),
      }
      return { writes: [putWarehouse(found, warehouse)], answer: { body: warehouse } }
    }),
})

type OfWarehouse = Request<typeof routes.getWarehouse | typeof routes.updateWarehouse>

async function existing({ store }: InventoryDeps, { params: { id }, refuse }: OfWarehouse): Promise<WarehouseItem> {
  const found = await store.get(warehouseKey(id), { consistent: true })
  if (!found) throw refuse('warehouse_not_found', `There is no warehouse ${id}.`)
  return found as WarehouseItem
}

function shown(item: Item): Warehouse {
  const { id, name, location, regions, priority, active, createdAt, updatedAt } = item as WarehouseItem
  return {
    id,
    name,
    ...(location !== undefined && { location }),
    ...(regions && { regions }),
    priority,
    active,
    createdAt,
    updatedAt,
  }
}
