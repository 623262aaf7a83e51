import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { advance, deleteSchedules, settle, state } from './control.ts'
import { type SignedIn, counts, deposit, isLocal, newcomer, place, receive, signIn, stocked } from './target.ts'

let operator: SignedIn
let customer: SignedIn
let other: SignedIn

beforeAll(async () => {
  operator = await signIn('operator')
})
beforeEach(async () => {
  ;[customer, other] = await Promise.all([newcomer(), newcomer()])
})

const allowed = { backorder: { allowed: true } } as const
const orderOf = (id: string) => operator.api.getOrder({ params: { id } })
const statusesOf = (...ids: string[]) => Promise.all(ids.map(async (id) => (await orderOf(id)).status))
const stockOf = (sku: string) => operator.api.getStock({ params: { sku } })

describe.runIf(isLocal)('an order with backorder', () => {
  it('waits for what is short, shows the promise, and is reserved once it comes', async () => {
    const shipBy = '2030-05-01T12:00:00.000Z'
    const sku = await stocked(operator, 1, { backorder: { allowed: true, shipBy } })
    const order = await place(customer, { [sku]: 3 }, { backorder: true })
    expect(order).toMatchObject({
      status: 'backordered',
      facts: { stock: 'backordered', payment: 'none' },
      backorder: { payAt: 'filling', estimatedAt: shipBy },
    })
    expect(await stockOf(sku)).toMatchObject({ onHand: 1, available: 0, waiting: 3 })
    await receive(operator, sku, 2)
    await settle()
    expect(await orderOf(order.id)).toMatchObject({ status: 'reserved', facts: { stock: 'held' } })
    expect(await counts(operator, sku)).toEqual([0, 3, 0])
    const { items } = await operator.api.getOrderHistory({ params: { id: order.id } })
    expect(items.map(({ status }) => status)).toEqual(['placed', 'backordered', 'reserved'])
  })

  it('goes before every new order, also before one that could be had at once', async () => {
    const sku = await stocked(operator, 0, allowed)
    const first = await place(customer, { [sku]: 2 }, { backorder: true })
    const second = await place(other, { [sku]: 1 }, { backorder: true })
    await receive(operator, sku, 1)
    await settle()
    expect((await place(other, { [sku]: 1 })).status).toBe('rejected')
    expect(await statusesOf(first.id, second.id)).toEqual(['backordered', 'backordered'])
    await receive(operator, sku, 1)
    await settle()
    expect(await statusesOf(first.id, second.id)).toEqual(['reserved', 'backordered'])
  })

  it('is filled by what another order gives back', async () => {
    const sku = await stocked(operator, 1, allowed)
    const held = await place(other, { [sku]: 1 })
    const waiting = await place(customer, { [sku]: 1 }, { backorder: true })
    expect(waiting.status).toBe('backordered')
    await other.api.cancelOrder({ params: { id: held.id } })
    await settle()
    expect(await statusesOf(held.id, waiting.id)).toEqual(['cancelled', 'reserved'])
  })

  it('can be cancelled while it waits, and never gets its own units back', async () => {
    const sku = await stocked(operator, 0, allowed)
    const first = await place(customer, { [sku]: 1 }, { backorder: true })
    const second = await place(other, { [sku]: 1 }, { backorder: true })
    await customer.api.cancelOrder({ params: { id: first.id } })
    await receive(operator, sku, 1)
    await settle()
    expect(await orderOf(first.id)).toMatchObject({ status: 'cancelled', facts: { stock: 'released' } })
    await customer.api.cancelOrder({ params: { id: first.id } })
    expect(await statusesOf(second.id)).toEqual(['reserved'])
    await other.api.cancelOrder({ params: { id: second.id } })
    await settle()
    expect(await counts(operator, sku)).toEqual([1, 0, 0])
  })

  it('is paid by wallet as soon as it is filled', async () => {
    const sku = await stocked(operator, 0, allowed)
    await deposit(operator, customer, 1_000)
    const { id } = await place(
      customer,
      { [sku]: 2 },
      { backorder: { payAt: 'filling' }, payment: { method: 'wallet' } },
    )
    expect((await customer.api.getWallet()).balance.amount).toBe(1_000)
    await receive(operator, sku, 2)
    await settle()
    expect(await orderOf(id)).toMatchObject({ status: 'confirmed', facts: { payment: 'paid', stock: 'committed' } })
    expect((await customer.api.getWallet()).balance.amount).toBe(500)
  })

  it('charges the card that came with it when it is filled, and not before', async () => {
    const sku = await stocked(operator, 0, allowed)
    const payment = { method: 'card', token: 'tok_accepted' } as const
    const { id } = await place(customer, { [sku]: 1 }, { backorder: true, payment })
    await settle()
    expect((await orderOf(id)).facts.payment).toBe('none')
    await receive(operator, sku, 1)
    await settle()
    expect(await orderOf(id)).toMatchObject({ status: 'confirmed', facts: { payment: 'paid' } })
  })

  it.each([
    ['a wallet', { method: 'wallet' }],
    ['a card', { method: 'card', token: 'tok_accepted' }],
  ] as const)('that pays at placing is charged at once by %s, and confirmed when it is filled', async (_, payment) => {
    const sku = await stocked(operator, 0, allowed)
    await deposit(operator, customer, 1_000)
    const { id } = await place(customer, { [sku]: 1 }, { backorder: { payAt: 'placing' }, payment })
    await settle()
    expect(await orderOf(id)).toMatchObject({ status: 'backordered', facts: { payment: 'paid' } })
    const paid = (await customer.api.listPayments({ params: { id } })).items[0]
    expect(paid).toMatchObject({ status: 'captured', captured: { amount: 250 } })
    await receive(operator, sku, 1)
    await settle()
    expect(await orderOf(id)).toMatchObject({ status: 'confirmed', facts: { stock: 'committed', payment: 'paid' } })
    expect((await customer.api.listPayments({ params: { id } })).items).toHaveLength(1)
  })

  it('that pays at placing gets its money back when nothing came in time', async () => {
    const sku = await stocked(operator, 0, allowed)
    await deposit(operator, customer, 1_000)
    const backorder = { payAt: 'placing', waitSeconds: 3_600 } as const
    const { id } = await place(customer, { [sku]: 1 }, { backorder, payment: { method: 'wallet' } })
    await settle()
    expect((await customer.api.getWallet()).balance.amount).toBe(750)
    await advance('1h')
    await settle()
    expect(await orderOf(id)).toMatchObject({
      status: 'cancelled',
      reason: { code: 'backorder_unfilled' },
      facts: { payment: 'refunded', stock: 'released' },
    })
    expect((await customer.api.getWallet()).balance.amount).toBe(1_000)
  })

  it('that pays at placing waits no more when the money does not come', async () => {
    const sku = await stocked(operator, 0, allowed)
    const { id } = await place(
      customer,
      { [sku]: 1 },
      { backorder: { payAt: 'placing' }, payment: { method: 'wallet' } },
    )
    await settle()
    expect(await orderOf(id)).toMatchObject({ status: 'payment_failed', facts: { stock: 'released' } })
    expect(await stockOf(sku)).not.toHaveProperty('waiting')
  })

  it('that pays at placing is paid by a card that comes later, while it waits', async () => {
    const sku = await stocked(operator, 0, allowed)
    const { id } = await place(customer, { [sku]: 1 }, { backorder: { payAt: 'placing' }, payment: { method: 'card' } })
    await settle()
    await customer.api.payOrder({ params: { id }, body: { method: 'card', token: 'tok_accepted' }, idempotencyKey: id })
    await settle()
    expect(await orderOf(id)).toMatchObject({ status: 'backordered', facts: { payment: 'paid' } })
  })

  it('that was approved while it waited is confirmed when it is filled', async () => {
    const sku = await stocked(operator, 0, allowed)
    const { id } = await place(customer, { [sku]: 1 }, { backorder: true })
    expect((await operator.api.approveOrder({ params: { id } })).status).toBe('backordered')
    await settle()
    expect((await orderOf(id)).status).toBe('backordered')
    await receive(operator, sku, 1)
    await settle()
    expect(await orderOf(id)).toMatchObject({ status: 'confirmed', facts: { stock: 'committed' } })
  })

  it.each(['by its schedule', 'by the sweeper when every schedule is lost'])(
    'is cancelled %s when nothing came in time',
    async (how) => {
      const sku = await stocked(operator, 0, allowed)
      const { id } = await place(customer, { [sku]: 1 }, { backorder: { waitSeconds: 3_600 } })
      await settle()
      if (how !== 'by its schedule') await deleteSchedules()
      await advance('59m')
      await settle()
      expect(await statusesOf(id)).toEqual(['backordered'])
      await advance(how === 'by its schedule' ? '1m' : '5m')
      await settle()
      expect(await orderOf(id)).toMatchObject({ status: 'cancelled', reason: { code: 'backorder_unfilled' } })
      await receive(operator, sku, 1)
      await settle()
      expect(await stockOf(sku)).toMatchObject({ available: 1, reserved: 0 })
    },
  )

  it('leaves no schedule behind once it is filled and closed', async () => {
    const sku = await stocked(operator, 0, allowed)
    const { id } = await place(customer, { [sku]: 1 }, { backorder: true })
    const named = async () => (await state()).schedules.filter(({ name }) => name.includes(id))
    await settle()
    expect(await named()).toHaveLength(1)
    await receive(operator, sku, 1)
    await settle()
    await customer.api.cancelOrder({ params: { id } })
    await settle()
    expect(await named()).toHaveLength(0)
  })
})

describe('a product', () => {
  it('that may not be waited for, or only up to its cap, is refused beyond that', async () => {
    const [none, zero, two] = await Promise.all([
      stocked(operator, 0),
      stocked(operator, 0, { backorder: { allowed: true, cap: 0 } }),
      stocked(operator, 0, { backorder: { allowed: true, cap: 2 } }),
    ])
    const statusOf = async (sku: string, quantity: number) =>
      (await place(customer, { [sku]: quantity }, { backorder: true })).status
    expect(await statusOf(none, 1)).toBe('rejected')
    expect(await statusOf(zero, 1)).toBe('rejected')
    expect(await statusOf(two, 3)).toBe('rejected')
    expect(await statusOf(two, 2)).toBe('backordered')
    expect(await statusOf(two, 1)).toBe('rejected')
  })

  it('that is waited for cannot be deleted, and one that is inactive cannot be ordered', async () => {
    const sku = await stocked(operator, 0, allowed)
    await place(customer, { [sku]: 1 }, { backorder: true })
    await expect(operator.api.retireProduct({ params: { sku } })).rejects.toMatchObject({ code: 'product_reserved' })
    const inactive = await stocked(operator, 0, { ...allowed, active: false })
    await expect(place(customer, { [inactive]: 1 }, { backorder: true })).rejects.toMatchObject({
      code: 'product_inactive',
    })
  })

  it('shows how it may be waited for, and null takes that away', async () => {
    const sku = await stocked(operator, 0, { backorder: { allowed: true, cap: 2 } })
    const params = { sku }
    expect(await operator.api.getProduct({ params })).toMatchObject({ backorder: { allowed: true, cap: 2 } })
    expect(await operator.api.updateProduct({ params, body: { backorder: null } })).not.toHaveProperty('backorder')
    if (isLocal) await settle()
    expect((await place(customer, { [sku]: 1 }, { backorder: true })).status).toBe('rejected')
  })
})

describe('an order without backorder', () => {
  it('is rejected as ever, also where its product may be waited for', async () => {
    const sku = await stocked(operator, 0, allowed)
    expect((await place(customer, { [sku]: 1 })).status).toBe('rejected')
  })
})
