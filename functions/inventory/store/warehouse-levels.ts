import { type Page, type Store, type Write, first } from '../../runtime/store.ts'
import type { Stock } from '../core/stock.ts'

const prefix = 'level_'
const partitionOf = (warehouseId: string): string => `levels_${warehouseId}`

/**
 * Writes aside in which warehouses the sku has come to have a level, before its stock is written: without that level, nothing is listed. They
 * are the same whoever writes them, and however often.
 */
export async function putNewLevels(store: Store, before: Stock | undefined, { sku, levels }: Stock): Promise<void> {
  const added = [...levels.keys()].filter((warehouseId) => !before?.levels.has(warehouseId))
  await Promise.all(added.map((warehouseId) => store.write(levelIn(warehouseId, sku))))
}

/** The write of a sku in the list of a warehouse. */
export const levelIn = (warehouseId: string, sku: string): Write => ({
  put: first({ pk: partitionOf(warehouseId), sk: `${prefix}${sku}` }),
  if: 'any',
})

/** A page of the skus that may have a level in a warehouse, in their order. */
export async function skusIn(
  store: Store,
  warehouseId: string,
  asked: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<{ readonly skus: readonly string[]; readonly cursor: string | undefined }> {
  const { items, cursor }: Page = await store.query({ partition: partitionOf(warehouseId), ...asked })
  return { skus: items.map(({ sk }) => sk.slice(prefix.length)), cursor }
}
