import { type Reconciliation, restMs } from '../../functions/operations/core/reconcile.ts'
import { stageAt } from '../place.ts'
import { reconcileStage } from '../reconcile/tables.ts'
import { silent } from './progress.ts'

/** Reconciles the tables of the local stack at that address: of one at rest also what has not rested for a while. */
export async function tablesOf(url: string, { atRest }: { readonly atRest: boolean }): Promise<Reconciliation> {
  const place = await stageAt({ url, aws: false })
  return reconcileStage({ ...place, now: atRest ? place.now + restMs : place.now }, silent)
}

/** Whether the tables have what they should. What moves in every reading is wrong only where nothing should move. */
export const fits = ({ differences, moving }: Reconciliation, { atRest }: { readonly atRest: boolean }): boolean =>
  differences.length === 0 && (!atRest || moving.length === 0)

/** What reconciliation of the tables has found, in lines. */
export function linesOf(when: string, found: Reconciliation): readonly string[] {
  const { skus, orders, differences, moving } = found
  const verdict =
    differences.length === 0 ? 'everything fits together' : `${differences.length} things do NOT fit together`
  const moved = moving.length > 0 ? `; ${moving.length} skus moved in every reading` : ''
  return [
    `Tables ${when}: ${skus} skus, ${orders} orders: ${verdict}${moved}.`,
    ...differences.map(({ kind, of, detail }) => `  ${kind}: ${of}: ${detail}`),
  ]
}
