import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { stageAt } from '../place.ts'
import { type Reconciliation, reconcile, restMs } from '../reconcile/reconcile.ts'
import { silent } from './progress.ts'

/** Reconciles the tables of the local stack at that address: of one at rest also what has not rested for a while. */
export async function tablesOf(url: string, { atRest }: { readonly atRest: boolean }): Promise<Reconciliation> {
  const { stage, settings, now } = await stageAt({ url, aws: false })
  const tables = { client: new DynamoDBClient(settings), stage }
  return reconcile(tables, { now: atRest ? now + restMs : now, progress: silent })
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
