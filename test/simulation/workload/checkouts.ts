import { type People, operator } from './workload.ts'

/** Other systems' checkouts hold stock without an order. */
export async function reserve(people: People): Promise<void> {
  const { chance, faults } = people.world
  if (chance.maybe(0.4)) await commitEither(people)
  for (let left = chance.between(0, faults.has('half-way') ? 4 : 2); left > 0; left -= 1) {
    await people.pause(60_000)
    const holdSeconds = chance.pick([60, 600, 1_800])
    const forgets = chance.maybe(0.3)
    await Promise.all(Array.from({ length: chance.pick([1, 1, 3]) }, () => checkOut(people, holdSeconds, forgets)))
  }
}

const when = ['soon', 'on the minute', 'on the minute', 'on the minute'] as const

/** A checkout mixes two baskets up: it commits both at once under one key. */
async function commitEither(people: People): Promise<void> {
  const body = { lines: [{ sku: people.world.chance.pick(people.skus), quantity: 1 }], holdSeconds: 600 }
  const hold = async () => {
    const asked = { as: operator, route: 'POST /reservations', body, key: people.newKey() }
    return String((await people.ask('inventory', asked, when))?.body['id'])
  }
  const reservationIds = await Promise.all([hold(), hold()])
  const key = people.newKey()
  const [one, other] = reservationIds.map((id) => {
    return { as: operator, route: 'POST /reservations/{id}/commit', params: { id }, key }
  })
  if (one && other) await people.askEither('inventory', [one, other], when)
  people.told.push({ what: 'committed one', reservationIds })
}

async function checkOut(people: People, holdSeconds: number, forgets: boolean): Promise<void> {
  const { chance } = people.world
  const lines = chance.maybe(0.5) ? people.oneOfEach() : people.lines()
  const body = { lines, holdSeconds, ...(chance.maybe(0.2) && { reference: 'basket' }) }
  const asked = { as: operator, route: 'POST /reservations', body, key: people.newKey() }
  const other = { ...asked, body: { ...body, lines: people.lines(), holdSeconds: holdSeconds + 1 } }
  const reply = chance.maybe(0.15)
    ? (await people.askEither('inventory', [asked, other], when)).reply
    : await people.askOnceOrTwice('inventory', asked, when)
  if (reply?.status !== 201) return
  const reservationId = String(reply.body['id'])
  people.told.push({ what: 'held', reservationId })
  await people.misuseKey('inventory', asked, { ...body, reference: 'another' })
  if (forgets) return
  if (chance.maybe(0.5)) await people.world.sleep(holdSeconds * 1_000 + chance.between(-1_000, 61_000))
  else await people.pause(holdSeconds * 1_000)
  const does = chance.pick(['commit', 'release', 'nothing', 'both'] as const)
  const ends = does === 'both' ? (['commit', 'release'] as const) : does === 'nothing' ? [] : [does]
  await Promise.all(ends.map((ending) => end(people, ending, reservationId)))
}

async function end(people: People, does: 'commit' | 'release', reservationId: string): Promise<void> {
  const route = `POST /reservations/{id}/${does}`
  const key = people.world.chance.maybe(0.5) ? people.newKey() : undefined
  const ended = await people.askOnceOrTwice('inventory', { as: operator, route, params: { id: reservationId }, key })
  if (ended?.status === 200) people.told.push({ what: does === 'commit' ? 'committed' : 'released', reservationId })
}
