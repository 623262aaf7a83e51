import type { routes as orders } from '../../schemas/orders.ts'
import type { routes as shipping } from '../../schemas/shipping.ts'
import { type Answered, type Asked, type Plan, about, customer, next, paging, some } from './plan.ts'
import { addressOf } from './people.ts'
import type { Request } from './request.ts'
import type { Made, Shelf } from './shop.ts'
import { textOf } from './text.ts'

const payments = [
  { method: 'manual' },
  { method: 'manual' },
  { method: 'wallet' },
  { method: 'card', token: 'tok_accepted' },
  { method: 'card', token: 'tok_refund_fails' },
  { method: 'card' },
] as const

/** Asks for the order itself, in the name of who placed it. */
const ofOrder = (made: Made | undefined): Request | undefined =>
  about(made, ({ id, owner }) => ({ as: owner, params: { id } }))

/** Where an order lies that was just placed, by how it is paid and how far it is. */
function shelfOf(method: string, token: unknown, status: string): Shelf | undefined {
  if (status === 'confirmed') return 'captured'
  if (status !== 'reserved') return undefined
  if (method === 'manual') return 'reservedByHand'
  return method === 'card' && token === undefined ? 'reservedForCard' : 'captured'
}

/** Orders, from placing to the approval by hand. */
export const sales: { readonly [Name in keyof typeof orders]: Plan } = {
  placeOrder: {
    weight: 5,
    ask: (asked) => {
      const { shop, chance } = asked
      const lines = Array.from({ length: chance.between(1, 3) }, () => ({
        sku: shop.some('products', chance)?.id ?? 'none',
        quantity: chance.between(1, 3),
      }))
      return {
        as: customer(asked),
        idempotencyKey: shop.name('key'),
        prefer: 'wait=4',
        body: {
          lines,
          payment: chance.pick(payments),
          ...some(chance, {
            holdSeconds: chance.between(3_600, 86_400),
            shippingAddress: addressOf(chance),
            billingAddress: addressOf(chance),
            notes: textOf(chance, 2_000),
          }),
        },
      }
    },
    learn: ({ shop }, { as: owner, body }, { id, status }) => {
      const { payment } = body as { payment: { method: string; token?: string } }
      shop.put('orders', { id, owner })
      const shelf = shelfOf(payment.method, payment.token, status)
      if (shelf) shop.put(shelf, { id, owner })
      if (status === 'confirmed') shop.put('confirmed', { id, owner })
    },
  },
  listOrders: {
    ask: (asked) => ({
      as: asked.chance.maybe(0.5) ? customer(asked) : asked.shop.operator,
      query: {
        ...paging(asked.chance),
        ...some(asked.chance, { status: asked.chance.pick(['reserved', 'confirmed', 'cancelled']) }),
      },
    }),
  },
  listStuckOrders: { ask: ({ shop, chance }) => ({ as: shop.operator, query: paging(chance) }), weight: 0.2 },
  getOrder: { ask: ({ shop, chance }) => ofOrder(shop.some('orders', chance)) },
  getOrderHistory: { ask: ({ shop, chance }) => ofOrder(shop.some('orders', chance)) },
  cancelOrder: {
    ask: (asked) =>
      about(next(asked, asked.chance.maybe(0.5) ? 'reservedByHand' : 'reservedForCard'), ({ id, owner }) => ({
        as: owner,
        params: { id },
        ...some(asked.chance, { body: { reason: textOf(asked.chance, 500) } }),
      })),
  },
  approveOrder: {
    weight: 2,
    ask: (asked) =>
      about(next(asked, 'reservedByHand'), ({ id, owner }) => ({
        as: asked.shop.operator,
        params: { id, owner: owner?.id ?? '' },
        ...some(asked.chance, { idempotencyKey: asked.shop.name('key') }),
      })),
    learn: ({ shop }, { params }) => {
      const owner = shop.customers.find(({ id }) => id === params?.['owner'])
      shop.put('confirmed', { id: params?.['id'] ?? '', owner })
      shop.put('captured', { id: params?.['id'] ?? '', owner })
    },
  },
  getLimits: { ask: (asked) => ({ as: asked.shop.operator, params: { id: customer(asked).id } }), weight: 0.2 },
  // High enough for everybody to go on ordering.
  setLimits: {
    weight: 0.2,
    ask: (asked) => ({
      as: asked.shop.operator,
      params: { id: customer(asked).id },
      body: some(asked.chance, {
        openHolds: asked.chance.pick([null, 'unlimited', 1_000]),
        unitsPerSku: asked.chance.pick([null, 'unlimited', 1_000_000_000]),
      }),
    }),
  },
}

const parcel = (asked: Asked, shelf: Shelf, body?: object): Request | undefined =>
  about(next(asked, shelf), ({ id }) => ({
    as: asked.shop.operator,
    params: { id },
    ...(body && { body }),
    ...some(asked.chance, { idempotencyKey: asked.shop.name('key') }),
  }))

const movesTo =
  (shelf: Shelf): NonNullable<Plan['learn']> =>
  ({ shop }, { params }) =>
    shop.put(shelf, { id: params?.['id'] ?? '' })

/** Parcels, from leaving to coming back. */
export const parcels: { readonly [Name in keyof typeof shipping]: Plan } = {
  listShipments: {
    weight: 3,
    ask: (asked) => ofOrder(next(asked, 'confirmed') ?? asked.shop.some('orders', asked.chance)),
    learn: ({ shop }, { as: owner, params }, { items }) => {
      const waiting = items.filter(({ status }: Answered) => status === 'created')
      for (const { id } of waiting) shop.put('parcelsToSend', { id, of: params?.['id'] })
      if (items.length === 0) shop.put('confirmed', { id: params?.['id'] ?? '', owner })
    },
  },
  dispatchShipment: {
    weight: 2,
    ask: (asked) =>
      parcel(asked, 'parcelsToSend', {
        carrier: textOf(asked.chance, 60),
        ...some(asked.chance, { trackingNumber: textOf(asked.chance, 60) }),
      }),
    learn: movesTo('parcelsSent'),
  },
  trackShipment: {
    weight: 1.5,
    ask: (asked) => parcel(asked, 'parcelsSent', some(asked.chance, { trackingNumber: textOf(asked.chance, 60) })),
    learn: movesTo('parcelsOnTheirWay'),
  },
  deliverShipment: { ask: (asked) => parcel(asked, 'parcelsOnTheirWay'), learn: movesTo('parcelsArrived') },
  failShipment: {
    ask: (asked) => parcel(asked, 'parcelsOnTheirWay', some(asked.chance, { reason: textOf(asked.chance, 200) })),
    learn: movesTo('parcelsArrived'),
  },
  returnShipment: { ask: (asked) => parcel(asked, 'parcelsArrived', {}) },
}
