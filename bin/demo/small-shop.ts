import { systemClock } from '../../functions/runtime/clock.ts'
import { localLogins } from '../../lib/local-logins.ts'
import type { Api } from '../../schemas/client.ts'
import type { OrderInput } from '../../schemas/order-input.ts'
import { type Stack, signedIn } from '../replay/stack.ts'
import type { DemoStack } from './shop.ts'

/** What a fresh shop sells: its categories, with sku, name, price in pence, and the units in each of its three warehouses. */
const shelves = {
  Kitchen: [
    ['MUG-WHITE', 'White mug', 450, [40, 25, 10]],
    ['MUG-BLUE', 'Blue mug', 450, [40, 0, 0]],
    ['TEAPOT', 'Teapot for four', 2_400, [3, 2, 2]],
  ],
  Garden: [
    ['LANTERN', 'Storm lantern', 1_850, [12, 8, 6]],
    ['PLANTER', 'Clay planter', 990, [0, 30, 0]],
  ],
  Paper: [
    ['NOTEBOOK', 'Ruled notebook', 620, [100, 60, 60]],
    ['POSTER', 'Poster, the last copy', 1_500, [1, 0, 0]],
    ['CARDS', 'Twelve greeting cards', 780, [0, 0, 0]],
  ],
} as const

const address = {
  name: 'Ann Customer',
  line1: '12 High Street',
  city: 'York',
  postalCode: 'YO1 8AA',
  country: 'GB',
} as const

/** Fills a fresh local stack through its API: every list of the API has something, and there is an order in each status that lasts. */
export async function fillShop(baseUrl: string): Promise<void> {
  const [operator, customer, other] = await Promise.all(
    localLogins.map(({ email, password }) => signedIn(baseUrl, { email, password }, systemClock)),
  )
  if (!operator?.control || !customer || !other) throw new Error(`${baseUrl} is not a fresh local stack.`)
  const shop = { ...operator, control: operator.control }
  await fillShelves(shop)
  await customer.api.addAddress({ body: { ...address, type: 'shipping' } })
  await customer.api.addAddress({ body: { ...address, type: 'billing' } })
  const { id } = await customer.api.getMe()
  const body = { amount: { amount: 50_000, currency: 'GBP' }, reference: 'gift card' }
  await shop.api.depositToWallet({ params: { id }, idempotencyKey: 'shop-deposit', body })
  await fillOrders(shop, customer, other)
}

async function fillShelves({ api, control }: DemoStack): Promise<void> {
  const [main = '', ...others] = await Promise.all([
    api.listWarehouses({}).then(({ items }) => items[0]?.id),
    ...['north', 'south'].map(async (name) => (await api.createWarehouse({ body: { name } })).id),
  ])
  for (const [name, products] of Object.entries(shelves)) {
    const category = await api.createCategory({ body: { name } })
    for (const [sku, title, amount] of products) {
      const price = { amount, currency: 'GBP' }
      await api.createProduct({ body: { sku, name: title, price, categoryId: category.id } })
    }
  }
  await control.settle()
  for (const [sku, , , units] of Object.values(shelves).flat()) {
    for (const [index, warehouseId] of [main, ...others].entries()) {
      const delta = units[index] ?? 0
      const body = { warehouseId: warehouseId ?? main, delta, reason: 'opening stock' }
      if (delta > 0) await api.adjustStock({ params: { sku }, idempotencyKey: `shop-${sku}-${index}`, body })
    }
  }
}

/** Each line is an order, and how far it has come. */
async function fillOrders(stack: DemoStack, { api: customer }: Stack, { api: other }: Stack): Promise<void> {
  const { api, control } = stack
  const wallet = { method: 'wallet' } as const
  const expired = await place(customer, 'expired', { 'MUG-BLUE': 2 }, { method: 'manual' }, 60)
  await place(other, 'reserved', { NOTEBOOK: 3 })
  await place(other, 'rejected', { CARDS: 1 })
  await place(other, 'payment-failed', { LANTERN: 1 }, wallet)
  const cancelled = await place(customer, 'cancelled', { POSTER: 1 })
  const approved = await place(customer, 'approved', { 'MUG-WHITE': 4 })
  await place(customer, 'paid', { 'MUG-WHITE': 1, PLANTER: 2 }, wallet)
  const half = await place(customer, 'half-shipped', { TEAPOT: 5 }, wallet)
  const shipped = await place(customer, 'shipped', { LANTERN: 2 }, wallet)
  const completed = await place(customer, 'completed', { NOTEBOOK: 5 }, wallet)
  const returned = await place(customer, 'returned', { 'MUG-BLUE': 3 }, wallet)
  const unrefunded = await place(customer, 'unrefunded', { PLANTER: 1 }, { method: 'card', token: 'tok_refund_fails' })
  await control.settle()
  await api.approveOrder({ params: { id: approved } })
  await customer.cancelOrder({ params: { id: cancelled }, body: { reason: 'bought it elsewhere' } })
  await customer.cancelOrder({ params: { id: unrefunded } })
  const parcels = async (id: string) => (await api.listShipments({ params: { id } })).items
  for (const { id } of (await parcels(half)).slice(0, 1)) await dispatch(api, id)
  for (const order of [shipped, completed, returned]) for (const { id } of await parcels(order)) await dispatch(api, id)
  for (const order of [completed, returned])
    for (const { id } of await parcels(order)) await api.deliverShipment({ params: { id } })
  const back = { lines: [{ sku: 'MUG-BLUE', quantity: 1, condition: 'damaged' as const }] }
  for (const { id } of await parcels(returned)) await api.returnShipment({ params: { id }, body: back })
  const { expiresAt } = await customer.getOrder({ params: { id: expired } })
  const left = Date.parse(expiresAt ?? '') - (await control.now())
  await control.advance(`${Math.max(0, Math.ceil(left / 1_000))}s`)
  await control.settle()
}

type Lines = Readonly<Record<string, number>>
type Payment = OrderInput['payment']

async function place(
  who: Api,
  name: string,
  lines: Lines,
  payment: Payment = { method: 'manual' },
  holdSeconds?: number,
): Promise<string> {
  const body = {
    lines: Object.entries(lines).map(([sku, quantity]) => ({ sku, quantity })),
    payment,
    shippingAddress: address,
    ...(holdSeconds !== undefined && { holdSeconds }),
  }
  return (await who.placeOrder({ idempotencyKey: `shop-${name}`, body })).id
}

const dispatch = (api: Api, id: string) =>
  api.dispatchShipment({ params: { id }, body: { carrier: 'Royal Mail', trackingNumber: id.slice(-20) } })
