import type { Warehouse } from '../../../schemas/warehouse.ts'
import type { Site } from '../core/sourcing.ts'
import { type Item, type Key, type Store, type Write, over } from '../../runtime/store.ts'

export type WarehouseItem = Item & Warehouse

export const warehouseKey = (id: string): Key => ({ pk: 'warehouses', sk: id })

/** The write of the warehouse as it is given: a field that it has no more is gone. */
export function putWarehouse(before: WarehouseItem | undefined, warehouse: Warehouse): Write {
  const put = { ...warehouse, ...warehouseKey(warehouse.id), version: (before?.version ?? 0) + 1 }
  return { put, if: over(before) }
}

/** Every warehouse, the first to ship first, those of one priority by their ids; consistent by default: no request is refused units in a new one. */
export async function warehousesByPriority(
  store: Store,
  { consistent }: { readonly consistent: boolean } = { consistent: true },
): Promise<readonly WarehouseItem[]> {
  const found: Item[] = []
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page = await store.query({ partition: 'warehouses', limit: 100, cursor, consistent })
    found.push(...page.items)
    cursor = page.cursor
  }
  return (found as WarehouseItem[]).toSorted((a, b) => a.priority - b.priority)
}

/** Of the warehouses that are active what sourcing needs, the first to ship first. */
export const activeSites = (warehouses: readonly WarehouseItem[]): readonly Site[] =>
  warehouses.filter(({ active }) => active).map(({ id, regions }) => ({ id, ...(regions && { regions }) }))

/** Ids of the warehouses that are active, the first to ship first. */
export const activeOf = (warehouses: readonly WarehouseItem[]): readonly string[] =>
  activeSites(warehouses).map(({ id }) => id)
