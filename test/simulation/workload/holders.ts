import type { Order } from '../../../schemas/order.ts'
import { maxHoldSeconds } from '../../../schemas/reservation.ts'
import { type Lines, type Workload, operator } from './workload.ts'

/** What another system knows of its hold. */
interface KnownHold {
  readonly id: string
  readonly createdAt: string
  readonly expiresAt: string
  readonly lines: Lines
}

const when = ['soon', 'soon', 'on the minute'] as const

/** Another system sells from the same stock: it holds, takes longer than it thought, commits, and lets what it sold leave. */
export async function sellElsewhere(workload: Workload): Promise<void> {
  const { holdChance: chance } = workload.world
  const sale = async (): Promise<void> => {
    await workload.world.sleep(chance.pick([0, chance.below(5_000), chance.below(120_000)]))
    const hold = await holdSome(workload)
    if (hold) await chance.pick([extend, extend, sell, sell, handOver, handOver, handOver])(workload, hold)
  }
  await Promise.all(Array.from({ length: chance.between(2, 4) }, sale))
}

async function holdSome(workload: Workload): Promise<KnownHold | undefined> {
  const { holdChance: chance } = workload.world
  const skus = workload.skus.slice(0, chance.between(1, 4))
  const lines = skus.map((sku) => ({ sku, quantity: chance.pick([1, 2, 3, 3]) }))
  const body = { lines, holdSeconds: chance.pick([60, 300, 900]) }
  const asked = { as: operator, route: 'POST /reservations', body, key: workload.newKey() }
  const reply = await workload.ask('inventory', asked, when)
  if (reply?.status !== 201) return undefined
  workload.acknowledged.push({ what: 'held', reservationId: String(reply.body['id']) })
  return reply.body as unknown as KnownHold
}

const move = (
  workload: Workload,
  { id }: KnownHold,
  does: 'commit' | 'release' | 'extend' | 'ship',
  more: { readonly key?: string | undefined; readonly body?: object | undefined } = {},
) =>
  workload.ask('inventory', { as: operator, route: `POST /reservations/{id}/${does}`, params: { id }, ...more }, when)

/** It takes longer than it thought, perhaps in two tabs, or until the hold has ended, or while somebody gives it back. */
async function extend(workload: Workload, hold: KnownHold): Promise<void> {
  const { holdChance: chance, clock } = workload.world
  const left = (): number => Math.max(0, Date.parse(hold.expiresAt) - clock.now())
  await workload.world.sleep(chance.pick([0, 1_000, left() + chance.between(-3_000, 3_000), left() + 20_000]))
  const once = async (): Promise<void> => {
    const key = chance.maybe(0.5) ? workload.newKey() : undefined
    const reply = await move(workload, hold, 'extend', { key, body: longer(workload, hold) })
    if (reply?.status !== 200) return
    workload.acknowledged.push({
      what: 'extended',
      reservationId: hold.id,
      expiresAt: String(reply.body['expiresAt']),
    })
  }
  const tabs = Array.from({ length: chance.pick([1, 2, 3]) }, once)
  await Promise.all([...tabs, ...(chance.maybe(0.2) ? [move(workload, hold, 'release')] : [])])
  if (chance.maybe(0.3)) await sell(workload, hold)
}

/** Now and then for less than it has, or for more than it may have. */
function longer({ world: { holdChance: chance } }: Workload, { createdAt, expiresAt }: KnownHold): object {
  if (chance.maybe(0.3)) return { holdSeconds: chance.pick([60, 120, 900, 1_900]) }
  const [least, most] = [Date.parse(expiresAt), Date.parse(createdAt) + maxHoldSeconds * 1_000]
  const end = chance.pick([least - 30_000, least + 30_000, least + 60_000, least + 600_000, most + 3_600_000])
  return { expiresAt: new Date(end).toISOString() }
}

/** Its customer orders after all: an order takes the hold over, or two try, perhaps at its end, while it is extended, sold or given back. */
async function handOver(workload: Workload, hold: KnownHold): Promise<void> {
  const { holdChance: chance, clock } = workload.world
  const left = Math.max(0, Date.parse(hold.expiresAt) - clock.now())
  await workload.world.sleep(chance.pick([0, 1_000, left + chance.between(-3_000, 3_000), left + 20_000]))
  const others = [undefined, undefined, 'commit', 'release', 'extend', 'ship'] as const
  const also = async (): Promise<void> => {
    const does = chance.pick(others)
    await workload.world.sleep(chance.pick([0, 10, 40, 200, 2_000]))
    if (does === undefined) return
    const body = does === 'extend' ? { holdSeconds: 1_200 } : undefined
    await move(workload, hold, does, { body, key: does === 'ship' ? workload.newKey() : undefined })
  }
  const takers = Array.from({ length: chance.pick([1, 1, 2, 3]) }, () => take(workload, hold))
  await Promise.all([...takers, also()])
}

async function take(workload: Workload, { id, lines }: KnownHold): Promise<void> {
  const { holdChance: chance } = workload.world
  await workload.world.sleep(chance.pick([0, 0, 30, 1_000]))
  const payment = chance.pick([{ method: 'manual' }, { method: 'manual' }, { method: 'card', token: 'tok_yes' }])
  const body = { reservationId: id, payment, ...(chance.maybe(0.4) && { holdSeconds: chance.pick([60, 900]) }) }
  const asked = { as: operator, route: 'POST /orders', body, key: workload.newKey() }
  const reply = await workload.askOnceOrTwice('orders', asked)
  if (reply?.status !== 201) return
  const order = reply.body as unknown as Order
  workload.acknowledged.push({ what: 'placed', key: asked.key, lines, order })
  workload.orders.push({ id: order.id, customer: operator.sub })
}

/** What is sold leaves, at once or in parts, perhaps while somebody gives the rest back, and now and then before it is sold. */
async function sell(workload: Workload, hold: KnownHold): Promise<void> {
  const { world } = workload
  const { holdChance: chance } = world
  if (chance.maybe(0.85) && (await move(workload, hold, 'commit'))?.status === 200)
    workload.acknowledged.push({ what: 'committed', reservationId: hold.id })
  const giveBack = async (): Promise<void> => {
    await world.sleep(chance.pick([0, 1_000, 60_000]))
    await move(workload, hold, 'release')
  }
  const parts = Array.from({ length: chance.pick([1, 2, 3]) }, () => leave(workload, hold))
  await Promise.all([...parts, ...(chance.maybe(0.3) ? [giveBack()] : [])])
}

async function leave(workload: Workload, hold: KnownHold): Promise<void> {
  const { holdChance: chance } = workload.world
  await workload.world.sleep(chance.pick([0, 0, 500, 20_000]))
  const some = hold.lines
    .filter(() => chance.maybe(0.6))
    .map(({ sku, quantity }) => ({ sku, quantity: chance.between(1, quantity) }))
  const body = some.length === 0 || chance.maybe(0.2) ? undefined : { lines: some }
  const units = body === undefined ? Infinity : some.reduce((sum, { quantity }) => sum + quantity, 0)
  const key = workload.newKey()
  const replies = await Promise.all(
    Array.from({ length: chance.pick([1, 1, 2]) }, () => move(workload, hold, 'ship', { key, body })),
  )
  const isAnswered = replies.some((reply) => reply?.status === 200)
  workload.acknowledged.push({ what: 'left', reservationId: hold.id, units, isAnswered })
}
