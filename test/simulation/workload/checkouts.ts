import { type Workload, operator } from './workload.ts'

/** Other systems' checkouts hold stock without an order. */
export async function reserve(workload: Workload): Promise<void> {
  const { chance, faults } = workload.world
  if (chance.maybe(0.4)) await commitEither(workload)
  for (let left = chance.between(0, faults.has('half-way') ? 4 : 2); left > 0; left -= 1) {
    await workload.pause(60_000)
    const holdSeconds = chance.pick([60, 600, 1_800])
    const forgets = chance.maybe(0.3)
    await Promise.all(Array.from({ length: chance.pick([1, 1, 3]) }, () => checkOut(workload, holdSeconds, forgets)))
  }
}

const when = ['soon', 'on the minute', 'on the minute', 'on the minute'] as const

/** A checkout mixes two baskets up: it commits both at once under one key. */
async function commitEither(workload: Workload): Promise<void> {
  const body = { lines: [{ sku: workload.world.chance.pick(workload.skus), quantity: 1 }], holdSeconds: 600 }
  const hold = async () => {
    const asked = { as: operator, route: 'POST /reservations', body, key: workload.newKey() }
    return String((await workload.ask('inventory', asked, when))?.body['id'])
  }
  const reservationIds = await Promise.all([hold(), hold()])
  const key = workload.newKey()
  const [one, other] = reservationIds.map((id) => {
    return { as: operator, route: 'POST /reservations/{id}/commit', params: { id }, key }
  })
  if (one && other) await workload.askEither('inventory', [one, other], when)
  workload.acknowledged.push({ what: 'committed one', reservationIds })
}

async function checkOut(workload: Workload, holdSeconds: number, forgets: boolean): Promise<void> {
  const { chance } = workload.world
  const lines = chance.maybe(0.5) ? workload.oneOfEach() : workload.lines()
  const body = { lines, holdSeconds, ...(chance.maybe(0.2) && { reference: 'basket' }) }
  const asked = { as: operator, route: 'POST /reservations', body, key: workload.newKey() }
  const other = { ...asked, body: { ...body, lines: workload.lines(), holdSeconds: holdSeconds + 1 } }
  const reply = chance.maybe(0.15)
    ? (await workload.askEither('inventory', [asked, other], when)).reply
    : await workload.askOnceOrTwice('inventory', asked, when)
  if (reply?.status !== 201) return
  const reservationId = String(reply.body['id'])
  workload.acknowledged.push({ what: 'held', reservationId })
  await workload.misuseKey('inventory', asked, { ...body, reference: 'another' })
  if (forgets) return
  if (chance.maybe(0.5)) await workload.world.sleep(holdSeconds * 1_000 + chance.between(-1_000, 61_000))
  else await workload.pause(holdSeconds * 1_000)
  const does = chance.pick(['commit', 'release', 'nothing', 'both'] as const)
  const ends = does === 'both' ? (['commit', 'release'] as const) : does === 'nothing' ? [] : [does]
  await Promise.all(ends.map((ending) => end(workload, ending, reservationId)))
}

async function end(workload: Workload, does: 'commit' | 'release', reservationId: string): Promise<void> {
  const route = `POST /reservations/{id}/${does}`
  const key = workload.world.chance.maybe(0.5) ? workload.newKey() : undefined
  const ended = await workload.askOnceOrTwice('inventory', { as: operator, route, params: { id: reservationId }, key })
  if (ended?.status === 200)
    workload.acknowledged.push({ what: does === 'commit' ? 'committed' : 'released', reservationId })
}
