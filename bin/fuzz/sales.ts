import type { routes as orders } from '../../schemas/orders.ts'
import { ShipmentStatus } from '../../schemas/shipment.ts'
import { type routes as shipping } from '../../schemas/shipping.ts'
import { labelsOf, metadataOf, references } from './labels.ts'
import { type Answered, type Asked, type Plan, about, customer, paging, some } from './plan.ts'
import { addressOf } from './people.ts'
import type { Request } from './request.ts'
import type { Made, Shelf } from './shop.ts'
import { linesOf, textOf } from './text.ts'
import { skuOf } from './goods.ts'

const payments = [
  { method: 'manual' },
  { method: 'manual' },
  { method: 'wallet' },
  { method: 'card', token: 'tok_accepted' },
  { method: 'card', token: 'tok_refund_fails' },
  { method: 'card' },
] as const

/** A parcel that has not left. */
const parcelToSend = ({ shop, chance }: Asked): Made | undefined =>
  shop.some('parcelsToSend', chance) ?? shop.some('parcelsToReduce', chance)

/** An order of which nothing has left, or a parcel of one. */
const goesElsewhere = (asked: Asked): Made | undefined =>
  asked.chance.maybe(0.5) ? asked.shop.some('reservedByHand', asked.chance) : parcelToSend(asked)

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

/** One of the filters that operators have. */
const filterOf = ({ chance, shop }: Asked, status: string): Record<string, string> =>
  chance.pick([
    {},
    { status },
    { customerId: chance.pick(shop.customers).id },
    { updatedSince: '2020-01-01T00:00:00Z' },
    { reference: chance.pick(references) },
    { number: shop.some('orderNumbers', chance)?.id ?? '200101-00000000' },
    { email: 'ann@holdfast.test' },
  ])

const times = { from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' }

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
            notes: linesOf(chance, 2_000),
            ...labelsOf(asked),
          }),
          ...chance.pick<object>([
            {},
            { shipFrom: ['main', 'nowhere'] },
            { backorder: chance.pick([true, { payAt: chance.pick(['filling', 'placing']), waitSeconds: 86_400 }]) },
          ]),
        },
      }
    },
    learn: ({ shop }, { as: owner, body }, { id, status, number }) => {
      shop.put('orderNumbers', { id: String(number) })
      const { payment } = body as { payment: { method: string; token?: string } }
      shop.put('orders', { id, owner })
      const shelf = shelfOf(payment.method, payment.token, status)
      if (shelf) shop.put(shelf, { id, owner })
      if (status === 'confirmed') shop.put('confirmed', { id, owner })
    },
  },
  listOrders: {
    ask: (asked) => {
      const { chance, shop } = asked
      const status = chance.pick(['reserved', 'confirmed,cancelled', 'cancelled'])
      if (chance.maybe(0.5)) return { as: customer(asked), query: { ...paging(chance), ...some(chance, { status }) } }
      return { as: shop.operator, query: { ...paging(chance), ...filterOf(asked, status), ...some(chance, times) } }
    },
  },
  listStuckOrders: { ask: ({ shop, chance }) => ({ as: shop.operator, query: paging(chance) }), weight: 0.2 },
  getOrder: {
    ask: ({ shop, chance }) => {
      const asked = ofOrder(shop.some('orders', chance))
      const expand = chance.pick(['payments,shipments,history', 'history', 'shipments,shipments'])
      return asked && { ...asked, ...(chance.maybe(0.3) && { query: { expand } }) }
    },
  },
  getGuestOrder: {
    ask: ({ shop, chance }) =>
      about(shop.some('guestLinks', chance), ({ id: token }) => ({ as: undefined, params: { token } })),
  },
  eraseGuestOrder: {
    weight: 0.2,
    ask: ({ shop, chance }) =>
      about(shop.some('guestLinksToErase', chance), ({ id: token }) => ({ as: undefined, params: { token } })),
  },
  mailGuestLink: {
    weight: 0.2,
    ask: ({ shop, chance }) =>
      about(shop.some('guestOrders', chance), ({ id }) => ({ as: shop.operator, params: { id } })),
  },
  getOrderHistory: { ask: ({ shop, chance }) => ofOrder(shop.some('orders', chance)) },
  cancelOrder: {
    ask: (asked) =>
      about(asked.take(asked.chance.maybe(0.5) ? 'reservedByHand' : 'reservedForCard'), ({ id, owner }) => ({
        as: owner,
        params: { id },
        ...some(asked.chance, { body: { reason: linesOf(asked.chance, 500) } }),
      })),
  },
  cancelOrderLine: {
    weight: 0.5,
    ask: (asked) =>
      about(asked.take('parcelsToReduce'), ({ of, owner, lines }) => ({
        as: owner,
        params: { id: of ?? '', sku: lines?.[0]?.[0] ?? 'none' },
        idempotencyKey: asked.shop.name('key'),
        body: { quantity: 1, ...some(asked.chance, { reason: linesOf(asked.chance, 500) }) },
      })),
  },
  updateOrder: {
    weight: 0.5,
    ask: (asked) =>
      about(goesElsewhere(asked), ({ id, of = id, owner }) => ({
        as: owner,
        params: { id: of },
        body: asked.chance.maybe(0.6) ? { shippingAddress: addressOf(asked.chance) } : { metadata: metadataOf(asked) },
      })),
  },
  approveOrder: {
    weight: 2,
    ask: (asked) =>
      about(asked.take('reservedByHand'), ({ id, owner }) => ({
        as: asked.shop.operator,
        owner,
        params: { id },
        ...some(asked.chance, { idempotencyKey: asked.shop.name('key') }),
      })),
    learn: ({ shop }, { owner, params }) => {
      // Of an order that none of the customers has placed, nothing more is asked in the name of its owner.
      if (owner === undefined) return
      shop.put('confirmed', { id: params?.['id'] ?? '', owner })
      shop.put('captured', { id: params?.['id'] ?? '', owner })
    },
  },
  getPrice: { ask: (asked) => ({ as: undefined, params: { sku: skuOf(asked) } }), weight: 0.2 },
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
  about(asked.take(shelf), ({ id }) => ({
    as: asked.shop.operator,
    params: { id },
    ...(body && { body }),
    ...some(asked.chance, { idempotencyKey: asked.shop.name('key') }),
  }))

const movesTo =
  (shelf: Shelf): NonNullable<Plan['learn']> =>
  ({ shop }, { params }) =>
    shop.put(shelf, { id: params?.['id'] ?? '' })

/** Whether parcels of that order are reduced before they leave: half of all orders, each whenever it is listed. */
const isReduced = (orderId = ''): boolean => (orderId.codePointAt(orderId.length - 1) ?? 0) % 2 === 0

/** Parcels, from leaving to coming back. */
export const parcels: { readonly [Name in keyof typeof shipping]: Plan } = {
  listShipments: {
    weight: 3,
    ask: (asked) => ofOrder(asked.take('confirmed') ?? asked.shop.some('orders', asked.chance)),
    learn: ({ shop }, { as: owner, params }, { items }) => {
      const waiting = items.filter(({ status }: Answered) => status === 'created')
      for (const { id, lines } of waiting) {
        const made = {
          id,
          owner,
          of: params?.['id'],
          lines: lines.map(({ sku, quantity }) => [sku, quantity] as const),
        }
        shop.put('parcels', made)
        // Something of a reduced order stays, which can be refunded.
        const isToReduce = isReduced(made.of) && (lines[0]?.quantity ?? 0) > 1
        shop.put(isToReduce ? 'parcelsToReduce' : 'parcelsToSend', made)
      }
      if (items.length === 0) shop.put('confirmed', { id: params?.['id'] ?? '', owner })
    },
  },
  listWork: {
    weight: 0.5,
    ask: ({ shop, chance }) => ({
      as: shop.operator,
      query: {
        warehouseId: chance.maybe(0.8) ? 'main' : (shop.some('warehouses', chance)?.id ?? 'main'),
        ...paging(chance),
        ...some(chance, { status: chance.pick(ShipmentStatus.options) }),
      },
    }),
  },
  getShipment: { weight: 0.5, ask: ({ shop, chance }) => ofOrder(shop.some('parcels', chance)) },
  cancelShipmentLine: {
    weight: 2,
    ask: (asked) =>
      about(asked.take('parcelsToReduce'), ({ of, owner, lines }) => ({
        as: owner,
        params: { id: of ?? '' },
        idempotencyKey: asked.shop.name('key'),
        body: { sku: lines?.[0]?.[0] ?? 'none', quantity: 1 },
      })),
  },
  cancelShipments: {
    weight: 0.5,
    ask: (asked) => about(asked.take('parcelsToReduce'), ({ of = '', owner }) => ({ as: owner, params: { id: of } })),
  },
  readdressShipments: {
    weight: 0.5,
    ask: (asked) =>
      about(parcelToSend(asked), ({ of = '', owner }) => ({
        as: owner,
        params: { id: of },
        body: { changeId: asked.shop.name('change'), address: addressOf(asked.chance) },
      })),
  },
  dispatchShipment: {
    weight: 2,
    ask: ({ shop, chance, take }) =>
      about(take('parcelsToSend'), ({ id, owner, lines: [first] = [] }) => ({
        as: shop.operator,
        owner,
        params: { id },
        body: {
          carrier: textOf(chance, 60),
          ...some(chance, {
            trackingNumber: textOf(chance, 60),
            lines: [{ sku: first?.[0] ?? 'none', quantity: chance.between(1, first?.[1] ?? 1) }],
          }),
        },
        ...some(chance, { idempotencyKey: shop.name('key') }),
      })),
    learn: ({ shop }, { owner }, { id, orderId: of, restId, lines }) => {
      shop.put('parcelsSent', { id })
      const sent = lines.map(({ sku }) => [sku, 1] as const)
      if (restId !== undefined) shop.put('parcelsToSend', { id: restId, of, owner, lines: sent })
    },
  },
  trackShipment: {
    weight: 1.5,
    ask: (asked) => parcel(asked, 'parcelsSent', some(asked.chance, { trackingNumber: textOf(asked.chance, 60) })),
    learn: movesTo('parcelsOnTheirWay'),
  },
  deliverShipment: { ask: (asked) => parcel(asked, 'parcelsOnTheirWay'), learn: movesTo('parcelsArrived') },
  failShipment: {
    ask: (asked) => parcel(asked, 'parcelsOnTheirWay', some(asked.chance, { reason: linesOf(asked.chance, 200) })),
    learn: movesTo('parcelsArrived'),
  },
  returnShipment: { ask: (asked) => parcel(asked, 'parcelsArrived', {}) },
}
