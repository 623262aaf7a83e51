import type { OrderStatus } from '../../schemas/order-status.ts'
import { inOrder } from './in-order.ts'
import { type Goal, before } from './pay-plan.ts'
import { eventually, retryForMs, persist } from './persist.ts'
import type { PhaseOptions, PlacedSale, Since } from './place.ts'
import type { Stack } from './stack.ts'

/** The sales with their orders as they stand once each has reached the goal or never will, or when the retry with one ends. */
export async function concluded(
  stack: Stack,
  sales: readonly PlacedSale[],
  goal: Goal,
  { atOnce, progress }: PhaseOptions,
): Promise<readonly PlacedSale[]> {
  const deadline = stack.clock.now() + retryForMs
  const last: PlacedSale[] = []
  progress.start(`until ${goal}`, sales.length)
  await inOrder(sales, atOnce, async (placed) => {
    const { order } = placed
    last.push(order === undefined ? placed : { ...placed, ...(await outcome(stack, order.id, goal, deadline)) })
    progress.step()
  })
  progress.stop()
  return last
}

async function outcome({ api, clock }: Stack, id: string, goal: Goal, deadline: number) {
  const retry = { clock, forMs: retryForMs }
  const order = await eventually(
    () => persist(() => api.getOrder({ params: { id } }), retry),
    ({ status }) => !before[goal].has(status),
    { clock, deadline },
  )
  const { items } = await persist(() => api.getOrderHistory({ params: { id } }), retry)
  const since: Since = Object.fromEntries(
    items.map(({ status, at }): [OrderStatus, number] => [status, Date.parse(at)]),
  )
  return { order, since }
}
