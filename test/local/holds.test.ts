import { beforeAll, describe, expect, it } from 'vitest'
import { advance, settle } from './control.ts'
import { type Api, api } from '../../schemas/client.ts'
import { type SignedIn, baseUrl, counts, isLocal, signIn, stocked, unique, until } from './target.ts'

let operator: SignedIn

beforeAll(async () => {
  operator = await signIn('operator')
})

const hold = ({ api }: SignedIn, lines: Readonly<Record<string, number>>, holdSeconds = 600) =>
  api.createReservation({
    idempotencyKey: unique('hold'),
    body: {
      lines: Object.entries(lines).map(([sku, quantity]) => ({ sku, quantity })),
      holdSeconds,
      reference: 'basket 7',
    },
  })

describe('a hold of another system', () => {
  it('names who made it and why', async () => {
    const { id, createdBy, reference } = await hold(operator, { [await stocked(operator, 1)]: 1 })
    expect([createdBy, reference]).toEqual([operator.userId, 'basket 7'])
    expect(await operator.api.getReservation({ params: { id } })).toMatchObject({ createdBy, reference })
  })

  it('leaves once it is committed, in parts, and the rest goes back', async () => {
    const [one, other] = [await stocked(operator, 5), await stocked(operator, 5)]
    const { id } = await hold(operator, { [one]: 3, [other]: 2 })
    const ship = (lines?: { sku: string; quantity: number }[]) =>
      operator.api.shipReservation({ params: { id }, idempotencyKey: unique('leave'), body: lines && { lines } })
    await expect(ship()).rejects.toMatchObject({ status: 409, code: 'reservation_not_committed' })
    await operator.api.commitReservation({ params: { id } })
    expect(await ship([{ sku: one, quantity: 2 }])).toMatchObject({
      status: 'committed',
      shippedLines: [{ sku: one, quantity: 2, warehouseId: 'main' }],
    })
    expect([await counts(operator, one), await counts(operator, other)]).toEqual([
      [2, 0, 1],
      [3, 0, 2],
    ])
    await expect(ship([{ sku: one, quantity: 2 }])).rejects.toMatchObject({ code: 'reservation_exceeded' })
    await operator.api.releaseReservation({ params: { id } })
    expect([await counts(operator, one), await counts(operator, other)]).toEqual([
      [3, 0, 0],
      [5, 0, 0],
    ])
    const { items } = await operator.api.listMovements({ params: { sku: one } })
    expect(items.map(({ kind, after }) => [kind, after.onHand])).toEqual([
      ['deallocate', 3],
      ['ship', 3],
      ['commit', 5],
      ['reserve', 5],
      ['adjust', 5],
    ])
  })

  it('leaves whole', async () => {
    const sku = await stocked(operator, 5)
    const { id } = await hold(operator, { [sku]: 3 })
    await operator.api.commitReservation({ params: { id } })
    expect(await operator.api.shipReservation({ params: { id }, idempotencyKey: unique('leave') })).toMatchObject({
      status: 'shipped',
    })
    expect(await counts(operator, sku)).toEqual([2, 0, 0])
  })
})

describe('a hold that an order takes over', () => {
  const take = (who: SignedIn['api'], reservationId: string) =>
    who.placeOrder({
      idempotencyKey: unique('take'),
      prefer: 'wait=8',
      body: { reservationId, payment: { method: 'manual' } },
    })

  it('is that of the order from then on', async () => {
    const sku = await stocked(operator, 5)
    const { id, lines } = await hold(operator, { [sku]: 3 })
    const order = await take(operator.api, id)
    expect(order).toMatchObject({ status: 'reserved', reservationId: id, lines: [{ sku, quantity: 3 }] })
    expect(await counts(operator, sku)).toEqual([2, 3, 0])
    expect(await operator.api.getReservation({ params: { id: order.id } })).toMatchObject({ takenFrom: id, lines })
    const about = { params: { id } }
    const ofOrder = { status: 409, code: 'reservation_of_order' }
    await expect(operator.api.releaseReservation(about)).rejects.toMatchObject(ofOrder)
    await expect(operator.api.commitReservation(about)).rejects.toMatchObject(ofOrder)
    await expect(operator.api.extendReservation({ ...about, body: { holdSeconds: 60 } })).rejects.toMatchObject(ofOrder)
    await expect(take(operator.api, id)).rejects.toMatchObject(ofOrder)
    await operator.api.cancelOrder({ params: { id: order.id } })
    await until(
      () => counts(operator, sku),
      ([available]) => available === 5,
    )
  })

  it('is had by one of many that ask at once', async () => {
    const sku = await stocked(operator, 5)
    const { id } = await hold(operator, { [sku]: 3 })
    const answers = await Promise.all(
      Array.from({ length: 6 }, () =>
        take(operator.api, id).catch((error: { code?: string }) => ({ status: error.code })),
      ),
    )
    expect(answers.filter(({ status }) => status === 'reserved')).toHaveLength(1)
    const known: ReadonlySet<string | undefined> = new Set(['reserved', 'rejected', 'reservation_of_order'])
    expect(answers.filter(({ status }) => !known.has(status))).toEqual([])
    expect(await counts(operator, sku)).toEqual([2, 3, 0])
  })

  it('is taken over by a key that made it, and by no other', async () => {
    const scopes = ['orders:write', 'orders:read', 'reservations:read', 'reservations:write'] as const
    const keyWith = async (of: readonly (typeof scopes)[number][]) => {
      const { key } = await operator.api.createApiKey({ body: { name: unique('till'), scopes: [...of] } })
      return api({ baseUrl, token: key! })
    }
    const [till, other, blind] = await Promise.all([keyWith(scopes), keyWith(scopes), keyWith(['orders:write'])])
    const sku = await stocked(operator, 5)
    const held = await till.createReservation({
      idempotencyKey: unique('hold'),
      body: { lines: [{ sku, quantity: 2 }] },
    })
    const body = { reservationId: held.id, payment: { method: 'manual' as const }, customerId: 'guest' }
    const placeWith = (key: Api) => key.placeOrder({ idempotencyKey: unique('take'), prefer: 'wait=8', body })
    await expect(placeWith(other)).rejects.toMatchObject({ status: 409, code: 'reservation_of_another' })
    await expect(placeWith(blind)).rejects.toMatchObject({ status: 403, code: 'reservation_not_allowed' })
    expect(await placeWith(till)).toMatchObject({ status: 'reserved', reservationId: held.id })
  })
})

describe.runIf(isLocal)('a hold that is extended', () => {
  it('ends at its new end', async () => {
    const sku = await stocked(operator, 5)
    const { id } = await hold(operator, { [sku]: 3 })
    await operator.api.extendReservation({ params: { id }, body: { holdSeconds: 3_600 } })
    await advance('16m')
    await settle()
    expect(await counts(operator, sku)).toEqual([2, 3, 0])
    await advance('50m')
    await settle()
    expect(await counts(operator, sku)).toEqual([5, 0, 0])
    await expect(
      operator.api.extendReservation({ params: { id }, body: { holdSeconds: 3_600 } }),
    ).rejects.toMatchObject({ status: 409, code: 'reservation_not_held' })
  })
})
