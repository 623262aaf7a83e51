import type { Shipment } from '../../schemas/shipment.ts'
import { inOrder } from './in-order.ts'
import { eventually, retryForMs, persist, unlessRefused } from './persist.ts'
import type { Parcels, PhaseOptions, PlacedSale } from './place.ts'
import type { Stack } from './stack.ts'

/** Dispatches and delivers every shipment of the confirmed orders, started in the order of their sales. */
export async function ship(
  stack: Stack,
  sales: readonly PlacedSale[],
  options: PhaseOptions,
): Promise<readonly PlacedSale[]> {
  const { atOnce, progress } = options
  const deadline = stack.clock.now() + retryForMs
  const shipped: PlacedSale[] = []
  progress.start('ship', sales.length)
  await inOrder(sales, atOnce, async (placed) => {
    const { order } = placed
    if (order?.status !== 'confirmed') shipped.push(placed)
    else shipped.push({ ...placed, ...(await send(stack, order.id, options, deadline)) })
    progress.step()
  })
  progress.stop()
  return shipped
}

/** Sends the parcels of an order, or returns why that is impossible. */
async function send(
  { api, clock }: Stack,
  orderId: string,
  { runId }: PhaseOptions,
  deadline: number,
): Promise<{ readonly parcels: Parcels } | { readonly problem: string }> {
  const retry = { clock, forMs: retryForMs }
  const found = await eventually(
    () => persist(() => api.listShipments({ params: { id: orderId } }), { ...retry, passing: ['order_not_found'] }),
    ({ items }) => items.length > 0,
    { clock, deadline },
  )
  if (found.items.length === 0) return { problem: `${orderId} is confirmed and has no shipment` }
  const [left, arrived]: [Shipment[], Shipment[]] = [[], []]
  for (const { id } of found.items) {
    const body = { carrier: 'Royal Mail', trackingNumber: id.slice(-60) }
    const dispatched = await unlessRefused(
      () => api.dispatchShipment({ params: { id }, body, idempotencyKey: `${runId}-dispatch-${id}` }),
      retry,
    )
    if ('problem' in dispatched) return dispatched
    left.push(dispatched.answer)
  }
  for (const { id } of left) {
    const delivered = await unlessRefused(
      () => api.deliverShipment({ params: { id }, idempotencyKey: `${runId}-deliver-${id}` }),
      retry,
    )
    if ('problem' in delivered) return delivered
    arrived.push(delivered.answer)
  }
  const [firstLeftAt, lastArrivedAt] = [Math.min(...timesOf(left)), Math.max(...timesOf(arrived))]
  return { parcels: { shipments: arrived, firstLeftAt, lastArrivedAt } }
}

/** When each was last moved. */
const timesOf = (shipments: readonly Shipment[]): number[] => shipments.map(({ updatedAt }) => Date.parse(updatedAt))
