import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { releasedSchema } from '../../bin/docs/release.ts'
import { toEvent as catalogEvents } from '../../functions/catalog/outbox-events.ts'
import { categoryOf } from '../../functions/catalog/store/category-item.ts'
import { shownProduct } from '../../functions/catalog/routes/shown-product.ts'
import { toEvent as inventoryEvents } from '../../functions/inventory/outbox-events.ts'
import { readReservation } from '../../functions/inventory/store/reservation-item.ts'
import { readStock } from '../../functions/inventory/store/stock-item.ts'
import { orderEvents } from '../../functions/orders/outbox-events.ts'
import { complete, readOrder } from '../../functions/orders/store/order-item.ts'
import { toEvent as paymentEvents } from '../../functions/payments/outbox-events.ts'
import { readPayment } from '../../functions/payments/store/payment-item.ts'
import { entryOf as walletEntryOf, readWallet } from '../../functions/payments/store/wallet-item.ts'
import { type Attributes, attributesOf, itemOf } from '../../functions/runtime/item-codec.ts'
import { NotKnownYet, notUnderstood } from '../../functions/runtime/redelivery.ts'
import { type ToEvent, entryOf } from '../../functions/runtime/relay.ts'
import type { Item } from '../../functions/runtime/store.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import { toEvent as shippingEvents } from '../../functions/shipping/outbox-events.ts'
import { shipmentsItem } from '../../functions/shipping/store/shipments-item.ts'
import { toEvent as userEvents } from '../../functions/users/outbox-events.ts'
import { userOf } from '../../functions/users/store/user-item.ts'
import { Category, Product } from '../../schemas/catalog.ts'
import { type Service, detailTypeOf } from '../../schemas/contract.ts'
import { allEvents } from '../../schemas/topology.ts'
import { User } from '../../schemas/user.ts'
import lastRelease from './released.json' with { type: 'json' }
import releasedItems from './released-items.json' with { type: 'json' }

/** Those whose items carry events; the others keep what they learn by them. */
type Publishing = Exclude<Service, 'audit' | 'notifications' | 'analytics'>

const released = releasedItems as unknown as Readonly<Record<Publishing, readonly Attributes[]>>
const itemsOf = (service: Publishing): readonly Item[] => released[service].map(itemOf)

/** Orders, with what stands beside them. */
const store = memoryStore()
for (const item of itemsOf('orders')) store.follow(undefined, item)

const toEvents: Readonly<Record<Publishing, ToEvent>> = {
  catalog: catalogEvents,
  inventory: inventoryEvents,
  orders: orderEvents(store),
  payments: paymentEvents,
  shipping: shippingEvents,
  users: userEvents,
}

type Reading = (item: Item) => unknown
/** How each kind of item is read, by the start of its sort key; what a part of the code reads as it is stands here with what it reads. */
const readings: Readonly<Record<Publishing, Readonly<Record<string, Reading>>>> = {
  catalog: {
    category: (item) => Category.parse(categoryOf(item as never)),
    product: (item) => 'deleted' in item || Product.parse(shownProduct('https://photos.test', item as never)),
  },
  inventory: {
    stock: (item) => readStock(item as never),
    reservation: (item) => readReservation(item),
  },
  orders: {
    order: async (item) => complete(store, readOrder(item as never)),
  },
  payments: {
    payment: (item) => readPayment(item),
    wallet: (item) => readWallet(item),
    entry: (item) => walletEntryOf(item, 'GBP'),
  },
  shipping: { shipping: (item) => shipmentsItem.read(item) },
  users: { user: (item) => User.parse(userOf(item as never)) },
}

const all = (Object.keys(released) as Publishing[]).flatMap((service) =>
  itemsOf(service).map((item) => [`${service} ${item.sk} ${item.outbox?.join(' ') ?? ''}`, service, item] as const),
)
const emitting = all.flatMap(([name, service, item]) =>
  (item.outbox ?? []).map((each) => [`${each} of ${name}`, service, item, each] as const),
)

describe('an item of the last release', () => {
  it.each(all)('is read and kept as it is: %s', async (_, service, item) => {
    const attributes = released[service].find(
      ({ pk, sk, version }) => pk?.S === item.pk && sk?.S === item.sk && version?.N === String(item.version),
    )
    expect(attributesOf(item)).toEqual(attributes)
    const reading = Object.entries(readings[service]).find(([kind]) => item.sk.startsWith(kind))?.[1]
    await expect(Promise.resolve(reading?.(item) ?? item)).resolves.toBeDefined()
  })

  it('is there for every kind that is read', () => {
    for (const [service, kinds] of Object.entries(readings) as [Publishing, object][])
      for (const kind of Object.keys(kinds)) expect(itemsOf(service).some(({ sk }) => sk.startsWith(kind))).toBe(true)
  })
})

describe('an event of an item of the last release', () => {
  it.each(emitting)('is made by this one, and understood by the last one or left to wait: %s', async (...given) => {
    const [, service, item, name] = given
    const { detail, detailType } = entryOf(item, await toEvents[service](item, name))
    const schema = releasedSchema(lastRelease, detailType)
    const { error } = z.fromJSONSchema(schema).safeParse(JSON.parse(detail))
    const fate = error ? notUnderstood(error, detailType) : 'understood'
    expect(fate === 'understood' || fate instanceof NotKnownYet, String(fate)).toBe(true)
  })

  it('is there of every event that it had', () => {
    const names = new Set(emitting.map(([, service, , name]) => `${service} ${name.split('#')[0]}`))
    const missing = allEvents
      .filter((contract) => detailTypeOf(contract) in lastRelease.data)
      .map(({ source, name }) => `${source.split('.').at(-1)} ${name}`)
      .filter((each) => !names.has(each))
    expect(missing).toEqual([])
  })
})
