import type { Origin } from '../../../schemas/origin.ts'
import { type Store, first } from '../../runtime/store.ts'
import { revisionOf } from '../../runtime/update.ts'

/** Keeps who cancelled units of a line, and why: the event of shipping knows neither, and may be there before its answer. */
export async function keepCancellation(
  store: Store,
  orderId: string,
  id: string,
  reason: string | undefined,
  origin: Origin,
): Promise<void> {
  const key = { pk: orderId, sk: `line_cancelled#${id}` }
  const why = { by: origin.by, ...(reason !== undefined && { reason }) }
  await store.write({ put: first({ ...key, ...revisionOf(undefined, [], origin), ...why }), if: 'absent' })
}
