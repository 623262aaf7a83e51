import type { Labels } from '../../../schemas/labels.ts'
import type { Origin } from '../../../schemas/origin.ts'
import { maxUnits } from '../../../schemas/shared.ts'
import type { Refuse } from '../../runtime/errors.ts'
import type { Caller } from '../../runtime/http.ts'
import { digest } from '../../runtime/ids.ts'
import { labelsIn } from '../../runtime/labels.ts'
import { type Adjusted, type AdjustmentRefusal, levelOf, maxLevels } from '../core/stock.ts'
import type { InventoryDeps } from '../deps.ts'
import { type Movement, putMovement } from '../store/movement-item.ts'
import { activeOf, warehousesByPriority } from '../store/warehouse-item.ts'

/** Why an operator changes levels; `id` is the same when the same request comes again. */
export interface Why extends Origin, Labels {
  readonly id: string
  readonly reason: string
}

interface Sent {
  readonly caller: Caller
  readonly idempotencyKey: string | undefined
  readonly requestId: string
}

export function whyOf(
  { clock }: InventoryDeps,
  { caller, idempotencyKey, requestId }: Sent,
  reason: string,
  reference: string | undefined,
): Why {
  return {
    cause: requestId,
    at: clock.now(),
    id: digest(caller.id, idempotencyKey ?? requestId),
    by: caller.id,
    reason,
    ...(reference !== undefined && { reference }),
  }
}

/** The level after an adjustment, and the entry in the ledger. */
export function recorded(
  { stock, delta }: Adjusted,
  warehouseId: string,
  what: Pick<Movement, 'kind' | 'of' | 'units'>,
  { id, reason, reference, metadata, ...origin }: Why,
) {
  const level = levelOf(stock, warehouseId)
  const optional = labelsIn({ ...(reference !== undefined && { reference }), ...(metadata && { metadata }) }) // mutant: movement-labels
  const movement = { sku: stock.sku, delta, ...what, reason, ...optional, by: origin.by, level }
  return { level, movement: putMovement(id, movement, origin) }
}

/** The active warehouses, for a change whose warehouses are known. */
export const activeNow = async ({ store }: InventoryDeps): Promise<readonly string[]> =>
  activeOf(await warehousesByPriority(store))

/** The active warehouses. Refuses every field that names no warehouse. */
export async function activeAmong(
  { store }: InventoryDeps,
  fields: Readonly<Record<string, string>>,
  refuse: Refuse<'unknown_warehouse'>,
): Promise<readonly string[]> {
  const warehouses = await warehousesByPriority(store)
  const known = new Set(warehouses.map(({ id }) => id))
  const errors = Object.entries(fields)
    .filter(([, id]) => !known.has(id))
    .map(([path, id]) => ({ path, message: `there is no warehouse ${id}` }))
  if (errors.length === 0) return activeOf(warehouses)
  throw refuse('unknown_warehouse', 'Take the id of a warehouse: GET /warehouses.', { errors })
}

export function detailOf(refusal: AdjustmentRefusal): string {
  switch (refusal.code) {
    case 'level_changed':
      return `There are ${refusal.onHand} on hand: count again, or send that as expected.`
    case 'unique_exceeded':
      return 'The product is unique: at most one unit of it can be on hand.'
    case 'too_many_units':
      return `At most ${maxUnits} units of a product can be in a warehouse.`
    case 'too_many_levels':
      return `A product has units in at most ${maxLevels} warehouses.`
    case 'insufficient_stock':
      return `Only ${refusal.available} are available to be taken away.`
  }
}
