import { maxWrites, type Store, type Write } from '../../runtime/store.ts'
import type { Stored } from './order-item.ts'

const prefix = 'line_cancelled#'

/**
 * Deletes what earlier releases kept beside an order for each line that was cancelled: who cancelled it, and why. Nothing reads it, and
 * nothing writes it any more.
 */
export async function dropReleasedCancellations(store: Store, { state, item }: Stored): Promise<void> {
  if (state.returns.size === 0) return
  const range = { partition: item.pk, from: prefix, to: `${prefix}~`, limit: maxWrites, consistent: true }
  let cursor: string | undefined
  do {
    const page = await store.query({ ...range, cursor })
    await store.write(...page.items.map(({ pk, sk }): Write => ({ delete: { pk, sk }, if: 'any' })))
    cursor = page.cursor
  } while (cursor !== undefined)
}
