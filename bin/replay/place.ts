import { ApiProblem } from '../../schemas/client.ts'
import type { Order } from '../../schemas/orders.ts'
import { inOrder } from './in-order.ts'
import { persist } from './persist.ts'
import type { Progress } from './progress.ts'
import type { Stack } from './stack.ts'
import { type Change, type Sale, type TradingDay, merged } from './trading-day.ts'

export interface PlacedSale {
  readonly sale: Sale
  /** As last seen; undefined when it was refused at the door. */
  readonly order?: Order
  /** Why it was refused at the door. */
  readonly problem?: string
  /** From sending the POST to its answer, which does not wait for stock. */
  readonly placeMs?: number
  /** From sending the POST to the GET that showed stock held or refused. */
  readonly decidedMs?: number
}

export interface MadeChange {
  readonly change: Change
  /** Why it was refused; undefined when it was made. */
  readonly problem?: string
}

export interface Trading {
  readonly sales: readonly PlacedSale[]
  readonly changes: readonly MadeChange[]
  readonly seconds: number
}

interface TradingOptions {
  readonly warehouseId: string
  readonly runId: string
  /** How many happenings are under way at once; an order is until its stock is held or refused. */
  readonly atOnce: number
  readonly progress: Progress
}

/** How long an order may take to be decided before the next one takes its place. */
const patienceMs = 60_000

/** Places the orders and makes the changes of stock of a day, started in their order in time. */
export async function trade(stack: Stack, { happenings }: TradingDay, options: TradingOptions): Promise<Trading> {
  const sales: PlacedSale[] = []
  const changes: MadeChange[] = []
  const started = stack.clock.now()
  options.progress.start('trade', happenings.length)
  await inOrder([...happenings.entries()], options.atOnce, async ([index, each]) => {
    if (each.kind === 'sale') sales.push(await place(stack, each, options.runId))
    else changes.push(await change(stack, each, options, index))
    options.progress.step()
  })
  options.progress.stop()
  return { sales, changes, seconds: (stack.clock.now() - started) / 1_000 }
}

async function place({ api, clock }: Stack, sale: Sale, runId: string): Promise<PlacedSale> {
  const body = { lines: [...sale.lines], customerId: sale.customerId, payment: { method: 'manual' as const } }
  const idempotencyKey = `${runId}-${sale.invoice}`
  let sent = 0
  try {
    const order = await persist(
      () => {
        sent = clock.now()
        return api.placeOrder({ body, idempotencyKey })
      },
      // A product that was imported just now reaches the price list of orders a moment later.
      { clock, forMs: 10_000, passing: ['unknown_sku'] },
    )
    const placeMs = clock.now() - sent
    const last = await decided({ api, clock }, order, sent + patienceMs)
    return { sale, order: last, placeMs, ...(last.status !== 'placed' && { decidedMs: clock.now() - sent }) }
  } catch (error) {
    if (error instanceof ApiProblem && error.status < 500) return { sale, problem: error.message }
    throw error
  }
}

/** The order once it is no longer merely placed, or as it is at the deadline. */
async function decided({ api, clock }: Pick<Stack, 'api' | 'clock'>, placed: Order, deadline: number): Promise<Order> {
  let order = placed
  for (let pause = 10; order.status === 'placed' && clock.now() < deadline; pause = Math.min(pause * 1.5, 250)) {
    await clock.sleep(pause)
    order = await persist(() => api.getOrder({ params: { id: placed.id } }), { clock, forMs: patienceMs })
  }
  return order
}

async function change(
  { api, clock }: Stack,
  each: Change,
  { runId, warehouseId }: TradingOptions,
  index: number,
): Promise<MadeChange> {
  const { sku, delta, reason, reference } = each
  const body = { warehouseId, delta, reason, reference }
  const idempotencyKey = `${runId}-${reference}-${index}`
  try {
    await persist(() => api.adjustStock({ params: { sku }, body, idempotencyKey }), { clock, forMs: patienceMs })
    return { change: each }
  } catch (error) {
    if (error instanceof ApiProblem && error.status < 500) return { change: each, problem: error.message }
    throw error
  }
}

/** The sales with their orders as they stand now, once none waits for stock any more or the patience ends. */
export async function settled(stack: Stack, { sales }: Trading, atOnce: number): Promise<readonly PlacedSale[]> {
  await stack.control?.settle()
  const deadline = stack.clock.now() + patienceMs
  const last: PlacedSale[] = []
  await inOrder(sales, atOnce, async (placed) => {
    if (placed.order === undefined) {
      last.push(placed)
      return
    }
    const params = { id: placed.order.id }
    const order = await persist(() => stack.api.getOrder({ params }), { clock: stack.clock, forMs: patienceMs })
    last.push({ ...placed, order: await decided(stack, order, deadline) })
  })
  return last
}

/** What a rejected order fails to say of its shortages, line by line; empty when it says all. */
export function unexplained({ sale, order }: PlacedSale): readonly string[] {
  if (order?.status !== 'rejected') return []
  const asked = new Map(merged(sale.lines).map(({ sku, quantity }) => [sku, quantity]))
  const shortages = order.reason?.shortages ?? []
  if (shortages.length === 0) return [`${sale.invoice} was rejected without a shortage`]
  return shortages
    .filter(({ sku, requested, available }) => asked.get(sku) !== requested || available >= requested)
    .map(
      ({ sku, requested, available }) =>
        `${sale.invoice}: ${sku} asked ${asked.get(sku) ?? 0}, said ${available} of ${requested}`,
    )
}
