import type { Origin } from '../../../schemas/origin.ts'
import { type ErasedUser, erasedId, stepOf } from '../../runtime/known-users.ts'
import type { ForgetDeps } from '../deps.ts'
import { changeOrder } from '../store/change-order.ts'

/** Pages of orders that one sweep goes through for one erased user: the next sweep goes on. */
const pagesAtOnce = 5

/** Lets the orders of an erased user forget that one, each when nothing of it is under way, some hundred at a time. */
export async function letOrdersForget(deps: ForgetDeps, item: ErasedUser, origin: Origin): Promise<void> {
  const { store, keepInvoiceMs } = deps
  let { cursor } = item
  for (let page = 0; page < pagesAtOnce; page += 1) {
    const found = await store.query({ index: 'customer', partition: erasedId(item), limit: 100, cursor })
    for (const { pk, sk } of found.items) {
      if (sk === 'limits') await store.write({ delete: { pk, sk }, if: 'any' })
      if (sk !== 'order') continue
      const since = item.erasedAt
      await changeOrder(
        deps,
        pk,
        ({ placedAt }) => ({ name: 'left', since, addressUntil: placedAt + keepInvoiceMs }),
        origin,
      )
    }
    cursor = found.cursor
    if (cursor === undefined) break
  }
  await store.write(stepOf(item, origin.at, cursor))
}
