import { inOrder } from './in-order.ts'
import { retryForMs, unlessRefused } from './persist.ts'
import type { PhaseOptions, PlacedSale } from './place.ts'
import type { Stack } from './stack.ts'

/** Lets the operator approve every reserved order. What cannot be approved any more shows in the status of its order. */
export async function approve(
  { api, clock }: Stack,
  sales: readonly PlacedSale[],
  { runId, atOnce, progress }: PhaseOptions,
): Promise<void> {
  const reserved = sales.flatMap(({ order }) => (order?.status === 'reserved' ? [order] : []))
  progress.start('approve', reserved.length)
  await inOrder(reserved, atOnce, async ({ id }) => {
    const idempotencyKey = `${runId}-approve-${id}`
    await unlessRefused(() => api.approveOrder({ params: { id }, idempotencyKey }), { clock, forMs: retryForMs })
    progress.step()
  })
  progress.stop()
}
