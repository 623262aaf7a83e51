import type { LabelsPatch } from '../../../schemas/labels.ts'
import type { Origin } from '../../../schemas/origin.ts'
import { labelsIn, relabelled } from '../../runtime/labels.ts'
import { update } from '../../runtime/update.ts'
import type { OrderDeps } from '../deps.ts'
import { findLabels, writesOfRelabelling } from './labels-item.ts'
import { orderItem } from './order-item.ts'

/** `unchanged` where the order has them already. */
type Labelled = 'changed' | 'unchanged' | 'too_many_metadata_keys'

/**
 * Changes the labels of an order key by key. They are written with its header, under the version that was read before them: who changes
 * other keys at the same time is decided again on what stands then.
 */
export async function labelOrder(
  deps: OrderDeps,
  orderId: string,
  patch: LabelsPatch,
  origin: Origin,
): Promise<Labelled> {
  let outcome: Labelled = 'unchanged'
  await update(deps, orderItem, orderId, origin, async (found) => {
    outcome = 'unchanged'
    if (found === undefined) return undefined
    const item = await findLabels(deps.store, found)
    const before = item ? labelsIn(item) : {}
    const after = relabelled(before, patch)
    if (after === 'too_many_metadata_keys') outcome = after
    if (after === 'too_many_metadata_keys' || after === before) return undefined
    outcome = 'changed'
    return {
      state: { ...found.state, hasLabels: true as const },
      emits: [],
      also: writesOfRelabelling(found, item, after), // mutant: labels-write
    }
  })
  return outcome
}
