import type { Inbound } from '../../schemas/supply.ts'
import { inOrder } from './in-order.ts'
import type { Opening } from './open-stock.ts'
import { persist, retryForMs } from './persist.ts'
import { type MadeChange, type PhaseOptions, type Trading, type TradingOptions, trade } from './place.ts'
import type { Stack } from './stack.ts'
import { type TradingDay, daysOf, unitsAsked } from './trading-day.ts'

/** What suppliers brought at night. */
export interface Deliveries {
  readonly made: number
  /** Of these, how many brought less than was expected. */
  readonly short: number
}

/** Every so-manieth delivery of a night comes short by a third; what is missing is expected for the next night. */
const shortEvery = 10
const nightMs = 12 * 3_600_000

/**
 * Trades day by day, and restocks at night from what suppliers were expected to bring: as much as the day has asked for, and what was missing or lost
 * the day before. Nights go on until nothing is missing.
 */
export async function tradeAndRestock(
  stack: Stack,
  day: TradingDay,
  opening: Opening,
  options: TradingOptions,
): Promise<Trading & { readonly deliveries: Deliveries }> {
  const rest = [...daysOf(day)]
  const all = { sales: [] as Trading['sales'][number][], changes: [] as MadeChange[], seconds: 0 }
  let [made, short] = [0, 0]
  let missing: ReadonlyMap<string, number> = new Map()
  for (let night = 1; rest.length > 0 || missing.size > 0; night += 1) {
    const today = rest.shift()
    const isLast = today === undefined
    const wanted = today ? sumOf(unitsAsked(today), missing) : missing
    const stocked = new Map([...wanted].filter(([sku]) => opening.before.has(sku)))
    const expected = await expect(stack, stocked, night, options)
    const halfway = night === 1 ? options.halfway : undefined
    const traded = today && (await trade(stack, today, { ...options, halfway }))
    await untilAtRest(stack)
    const brought = await receive(stack, expected, isLast ? Infinity : shortEvery, night, options)
    await untilAtRest(stack)
    all.sales.push(...(traded?.sales ?? []))
    all.changes.push(...(traded?.changes ?? []), ...brought.changes)
    all.seconds += traded?.seconds ?? 0
    made += expected.length
    short += brought.missing.size
    missing = sumOf(brought.missing, lostBy(traded?.changes ?? []))
  }
  return { ...all, deliveries: { made, short } }
}

/** The units that adjustments took away. */
function lostBy(changes: readonly MadeChange[]): ReadonlyMap<string, number> {
  const lost = new Map<string, number>()
  for (const { change, problem } of changes)
    if (problem === undefined && change.delta < 0) lost.set(change.sku, (lost.get(change.sku) ?? 0) - change.delta)
  return lost
}

/** How often at most the stack is given a minute to come to rest: a night may fill hundreds of orders. */
const mostMinutes = 15

async function untilAtRest({ control }: Pick<Stack, 'control'>, minutes = mostMinutes): Promise<void> {
  await control?.settle().catch((error: unknown) => {
    if (minutes <= 1) throw error
    return untilAtRest({ control }, minutes - 1)
  })
}

function sumOf(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const sum = new Map(one)
  for (const [sku, units] of other) sum.set(sku, (sum.get(sku) ?? 0) + units)
  return sum
}

/** Announces these units for the night. */
async function expect(
  { api, clock }: Stack,
  units: ReadonlyMap<string, number>,
  night: number,
  { warehouseId, runId, atOnce, progress }: TradingOptions,
): Promise<readonly Inbound[]> {
  const expected: Inbound[] = []
  const expectedAt = new Date(clock.now() + nightMs).toISOString()
  const retry = { clock, forMs: retryForMs, passing: ['product_not_found'] }
  progress.start(`expect night ${night}`, units.size)
  await inOrder([...units], atOnce, async ([sku, quantity]) => {
    const body = { warehouseId, quantity, expectedAt, reference: `night ${night}` }
    const idempotencyKey = `${runId}-expect-${night}-${sku}`
    expected.push(await persist(() => api.createInbound({ params: { sku }, body, idempotencyKey }), retry))
    progress.step()
  })
  progress.stop()
  return expected
}

/** Receives what was expected, each `every`-th delivery a third short. */
async function receive(
  { api, clock }: Stack,
  expected: readonly Inbound[],
  every: number,
  night: number,
  { runId, atOnce, progress }: PhaseOptions,
): Promise<{ readonly changes: readonly MadeChange[]; readonly missing: ReadonlyMap<string, number> }> {
  const changes: MadeChange[] = []
  const missing = new Map<string, number>()
  progress.start(`restock night ${night}`, expected.length)
  await inOrder([...expected.entries()], atOnce, async ([index, { id, sku, quantity }]) => {
    const lost = (index + 1) % every === 0 ? Math.ceil(quantity / 3) : 0
    const units = quantity - lost
    const body = {
      quantity: units,
      ...(lost > 0 && { final: true as const, reason: 'the supplier had no more' }),
    }
    const receipt = { params: { id }, body, idempotencyKey: `${runId}-receive-${id}` }
    await persist(() => api.receiveInbound(receipt), { clock, forMs: retryForMs })
    const delivery = {
      kind: 'delivery',
      at: clock.now(),
      sku,
      delta: units,
      reason: 'delivery',
      reference: id,
    } as const
    changes.push({ change: delivery })
    if (lost > 0) missing.set(sku, lost)
    progress.step()
  })
  progress.stop()
  return { changes, missing }
}
