import type { OrderInput } from '../../schemas/orders.ts'
import type { RouteName } from '../contracts/request-fields.ts'
import { settle, state } from './control.ts'
import { type SignedIn, anonymous, newcomer, place, raw, stocked, unique, until } from './target.ts'

/** A request with every field of its body, its answer, and what is seen of a field elsewhere: what it should be, and what it is. */
export interface Evidence {
  readonly body: object
  readonly answer: object
  readonly elsewhere?: Readonly<Record<string, readonly [wanted: unknown, seen: unknown]>>
}

const gbp = (amount: number) => ({ amount, currency: 'GBP' })
const address = {
  name: 'Some Body',
  line1: '1 Road',
  line2: 'Second floor',
  city: 'London',
  region: 'Greater London',
  postalCode: 'N1 1AA',
  country: 'GB',
  phone: '+44 1',
} as const

/** The data of the last event of that name about something. */
async function eventOf(name: string, about: (data: Record<string, unknown>) => boolean) {
  await settle()
  const { events } = await state()
  const found = events.filter((each) => each['detail-type'] === `${name}.v1` && about(each.detail.data))
  return found.at(-1)?.detail.data ?? {}
}

/** An order of three units that is paid by hand, with the shipment that it becomes. */
async function parcelOf(operator: SignedIn, customer: SignedIn, sku: string) {
  const { id } = await place(customer, { [sku]: 3 })
  await operator.api.approveOrder({ params: { id } })
  const { items } = await until(
    () => customer.api.listShipments({ params: { id } }),
    (page) => page.items.length > 0,
  )
  return { orderId: id, params: { id: items[0]!.id } }
}

const signsIn = async (body: { email: string; password: string }): Promise<number> =>
  (
    await raw({
      method: 'POST',
      path: '/sessions',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  ).status

/** How the fields of bodies are seen to have an effect, for each route that has a body. */
export const evidence = (
  operator: SignedIn,
  customer: SignedIn,
): { readonly [Name in RouteName]?: () => Promise<Evidence> } => ({
  register: async () => {
    const body = { email: `${unique('f')}@holdfast.test`, password: 'Somebody-1!', name: 'Some Body' }
    const answer = await anonymous.register({ body })
    return {
      body,
      answer,
      elsewhere: { password: [201, await signsIn({ email: body.email, password: body.password })] },
    }
  },
  signIn: async () => {
    const body = { email: `${unique('f')}@holdfast.test`, password: 'Somebody-1!' }
    await anonymous.register({ body })
    const answer = await anonymous.signIn({ body })
    const other = await signsIn({ ...body, password: 'Different-1!' })
    return { body, answer, elsewhere: { email: [body.email, answer.user.email], password: [401, other] } }
  },
  refreshSession: async () => {
    const account = { email: `${unique('f')}@holdfast.test`, password: 'Somebody-1!' }
    await anonymous.register({ body: account })
    const body = { refreshToken: (await anonymous.signIn({ body: account })).refreshToken }
    return { body, answer: await anonymous.refreshSession({ body }) }
  },
  setRoles: async () => {
    const body = { roles: ['support' as const] }
    const { userId: id } = await newcomer()
    return { body, answer: await operator.api.setRoles({ params: { id }, body }) }
  },
  updateMe: async () => {
    const body = { name: 'Another Name', phone: '+44 2', preferences: { theme: 'dark' } }
    return { body, answer: await (await newcomer()).api.updateMe({ body }) }
  },
  addAddress: async () => {
    const body = { ...address, type: 'billing', default: true } as const
    return { body, answer: await (await newcomer()).api.addAddress({ body }) }
  },
  replaceAddress: async () => {
    const { api } = await newcomer()
    const { id } = await api.addAddress({ body: { ...address, type: 'billing' } })
    const body = { ...address, line1: '2 Road', type: 'shipping', default: true } as const
    return { body, answer: await api.replaceAddress({ params: { id }, body }) }
  },
  createCategory: async () => {
    const { id: parentId } = await operator.api.createCategory({ body: { name: unique('parent') } })
    const body = { name: unique('child'), parentId }
    return { body, answer: await operator.api.createCategory({ body }) }
  },
  updateCategory: async () => {
    const { id: parentId } = await operator.api.createCategory({ body: { name: unique('parent') } })
    const { id } = await operator.api.createCategory({ body: { name: unique('child') } })
    const body = { name: unique('other'), parentId }
    return { body, answer: await operator.api.updateCategory({ params: { id }, body }) }
  },
  createProduct: async () => {
    const { id: categoryId } = await operator.api.createCategory({ body: { name: unique('category') } })
    const body = { sku: unique('f'), ...everythingOf(categoryId), unique: true, active: false }
    return { body, answer: await operator.api.createProduct({ body }) }
  },
  updateProduct: async () => {
    const sku = await stocked(operator, 0)
    const { id: categoryId } = await operator.api.createCategory({ body: { name: unique('category') } })
    const body = { ...everythingOf(categoryId), active: false }
    return { body, answer: await operator.api.updateProduct({ params: { sku }, body }) }
  },
  createWarehouse: async () => {
    const body = { name: unique('hall'), location: 'Leicester', priority: 900 }
    return { body, answer: await operator.api.createWarehouse({ body }) }
  },
  updateWarehouse: async () => {
    const { id } = await operator.api.createWarehouse({ body: { name: unique('hall'), priority: 900 } })
    const body = { name: unique('other'), location: 'Derby', priority: 901, active: false }
    return { body, answer: await operator.api.updateWarehouse({ params: { id }, body }) }
  },
  adjustStock: async () => {
    const sku = await stocked(operator, 5)
    const adjust = (more: object) =>
      operator.send({
        method: 'POST',
        path: `/inventory/${sku}/adjustments`,
        headers: { 'content-type': 'application/json', 'idempotency-key': unique('f') },
        body: JSON.stringify({ warehouseId: 'main', reason: 'found', reference: 'PO-7', ...more }),
      })
    const added = (await adjust({ delta: 2 })).body as { level: { warehouseId: string; onHand: number } }
    const counted = (await adjust({ set: 9, expected: 7 })).body as { level: { onHand: number } }
    const { status } = await adjust({ set: 9, expected: 8 })
    const event = await eventOf('stock.adjusted', (data) => data['sku'] === sku)
    return {
      body: {},
      answer: {},
      elsewhere: {
        warehouseId: ['main', added.level.warehouseId],
        delta: [7, added.level.onHand],
        set: [9, counted.level.onHand],
        expected: [409, status],
        reason: ['found', event['reason']],
        reference: ['PO-7', event['reference']],
      },
    }
  },
  transferStock: async () => {
    const sku = await stocked(operator, 5)
    const { id } = await operator.api.createWarehouse({ body: { name: unique('hall'), priority: 900 } })
    const body = { fromWarehouseId: 'main', toWarehouseId: id, quantity: 2, reference: 'TR-7' }
    const answer = await operator.api.transferStock({ params: { sku }, body })
    const event = await eventOf('stock.adjusted', (data) => data['sku'] === sku && data['reason'] === 'transfer')
    return {
      body,
      answer,
      elsewhere: {
        fromWarehouseId: ['main', answer.from.warehouseId],
        toWarehouseId: [id, answer.to.warehouseId],
        quantity: [
          [3, 2],
          [answer.from.onHand, answer.to.onHand],
        ],
        reference: ['TR-7', event['reference']],
      },
    }
  },
  createReservation: async () => {
    const sku = await stocked(operator, 5)
    const body = { lines: [{ sku, quantity: 2 }], holdSeconds: 7_200, reference: 'checkout 7' }
    const answer = await operator.api.createReservation({ body, idempotencyKey: unique('f') })
    const held = secondsBetween(answer.createdAt, answer.expiresAt) ?? 0
    return { body, answer, elsewhere: { holdSeconds: [true, isAbout(held, 7_200)] } }
  },
  placeOrder: async () => {
    const sku = await stocked(operator, 5)
    const body: OrderInput = {
      lines: [{ sku, quantity: 2 }],
      payment: { method: 'card', token: 'tok_accepted' },
      holdSeconds: 7_200,
      shippingAddress: address,
      billingAddress: { ...address, name: 'Another Body' },
      notes: 'ring twice',
      customerId: customer.userId,
    }
    const answer = await operator.api.placeOrder({ body, idempotencyKey: unique('f'), prefer: 'wait=8' })
    const hold = await place(customer, { [sku]: 1 }, { holdSeconds: 7_200 })
    const paid = await until(
      () => customer.api.listPayments({ params: { id: answer.id } }),
      ({ items }) => items[0]?.status === 'captured',
    )
    const held = secondsBetween(hold.placedAt, hold.expiresAt) ?? 0
    return {
      body,
      answer,
      elsewhere: {
        'payment.token': ['captured', paid.items[0]?.status],
        holdSeconds: [true, isAbout(held, 7_200)],
      },
    }
  },
  cancelOrder: async () => {
    const { id } = await place(customer, { [await stocked(operator, 1)]: 1 })
    const body = { reason: 'ordered by mistake' }
    const answer = await customer.api.cancelOrder({ params: { id }, body })
    return { body, answer, elsewhere: { reason: [body.reason, answer.reason?.message] } }
  },
  payOrder: async () => {
    const { id } = await place(customer, { [await stocked(operator, 1)]: 1 }, { payment: { method: 'card' } })
    const body = { method: 'card', token: 'tok_declined' } as const
    const answer = await until(
      () => customer.api.payOrder({ params: { id }, body, idempotencyKey: 'f' }),
      () => true,
    )
    return { body, answer, elsewhere: { token: ['card_declined', answer.attempts[0]?.reason] } }
  },
  refundOrder: async () => {
    const { id } = await paidByCard(operator, customer, 'tok_accepted')
    const body = { amount: gbp(50), reason: 'a scratch' }
    const answer = await operator.api.refundOrder({ params: { id }, body, idempotencyKey: unique('f') })
    const [refund] = answer.refunds
    return {
      body,
      answer,
      elsewhere: {
        'amount.amount': [50, refund?.amount.amount],
        'amount.currency': ['GBP', refund?.amount.currency],
        reason: [body.reason, refund?.reason],
      },
    }
  },
  closeRefund: async () => {
    const { id } = await paidByCard(operator, customer, 'tok_refund_fails')
    const refunded = await operator.api.refundOrder({ params: { id }, body: {}, idempotencyKey: unique('f') })
    const body = { reference: 'transfer 7', reason: 'paid by the bank' }
    const params = { id: refunded.refunds[0]!.id }
    const answer = await operator.api.closeRefund({ params, body, idempotencyKey: unique('f') })
    const closed = answer.refunds[0]?.closed
    return {
      body,
      answer,
      elsewhere: { reference: [body.reference, closed?.reference], reason: [body.reason, closed?.reason] },
    }
  },
  setLimits: async () => {
    const { userId } = await newcomer()
    const body = { openHolds: 7, unitsPerSku: 70 }
    return { body, answer: await operator.api.setLimits({ params: { id: userId }, body }) }
  },
  depositToWallet: async () => {
    const { userId } = await newcomer()
    const body = { amount: gbp(70), reference: 'transfer 7' }
    const answer = await operator.api.depositToWallet({ params: { id: userId }, body, idempotencyKey: unique('f') })
    return {
      body,
      answer,
      elsewhere: {
        'amount.amount': [70, answer.entry.amount],
        'amount.currency': ['GBP', answer.balance.currency],
        reference: [body.reference, answer.entry.reference],
      },
    }
  },
  dispatchShipment: async () => {
    const { params } = await parcelOf(operator, customer, await stocked(operator, 3))
    const body = { carrier: 'Snail', trackingNumber: 'S-7' }
    return { body, answer: await operator.api.dispatchShipment({ params, body }) }
  },
  trackShipment: async () => {
    const { params } = await parcelOf(operator, customer, await stocked(operator, 3))
    await operator.api.dispatchShipment({ params, body: { carrier: 'Snail' } })
    const body = { trackingNumber: 'S-8' }
    return { body, answer: await operator.api.trackShipment({ params, body }) }
  },
  failShipment: async () => {
    const { params } = await parcelOf(operator, customer, await stocked(operator, 3))
    await operator.api.dispatchShipment({ params, body: { carrier: 'Snail' } })
    const body = { reason: 'nobody there' }
    const answer = await operator.api.failShipment({ params, body })
    return { body, answer, elsewhere: { reason: [body.reason, answer.failure] } }
  },
  returnShipment: async () => {
    const sku = await stocked(operator, 3)
    const { params } = await parcelOf(operator, customer, sku)
    await operator.api.dispatchShipment({ params, body: { carrier: 'Snail' } })
    const body = { lines: [{ sku, quantity: 2, condition: 'damaged' as const }] }
    const answer = await operator.api.returnShipment({ params, body })
    const levels = await until(
      () => operator.api.getLevels({ params: { sku } }),
      ({ items }) => items.some(({ unavailable }) => unavailable > 0),
    )
    return {
      body,
      answer,
      elsewhere: {
        'lines[].quantity': [2, answer.lines[0]?.returned],
        'lines[].condition': [2, levels.items[0]?.unavailable],
      },
    }
  },
})

const everythingOf = (categoryId: string) => ({
  name: 'Lamp',
  description: 'It shines.',
  categoryId,
  attributes: { colour: 'red' },
  price: gbp(7),
  weightGrams: 70,
  lowStockAt: 7,
})

async function paidByCard(operator: SignedIn, customer: SignedIn, token: string) {
  const order = await place(customer, { [await stocked(operator, 1)]: 1 }, { payment: { method: 'card', token } })
  await until(
    () => customer.api.listPayments({ params: { id: order.id } }),
    ({ items }) => items[0]?.status === 'captured',
  )
  return order
}

/** A hold is from when it is held, which may be a moment later, and ends on a whole second. */
const isAbout = (held: number, seconds: number): boolean => held >= seconds - 1 && held < seconds + 60

const secondsBetween = (from: string, to: string | undefined): number | undefined =>
  to === undefined ? undefined : Math.round((Date.parse(to) - Date.parse(from)) / 1_000)
