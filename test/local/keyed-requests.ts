import type { routes } from '../../schemas/client.ts'
import { type SignedIn, deposit, newcomer, place, raw, receive, receiverUrl, stocked, unique, until } from './target.ts'

/** What makes two requests of one route different. */
export interface Variant {
  readonly params?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** Requests of a route that are all different, and of which each would have an effect if it came alone. */
export interface Sample {
  readonly requests: readonly Variant[]
  /** How many of them have had it, each as often as it did. */
  readonly effects: () => Promise<number>
  /** Ends what would go on for ever. */
  readonly end?: () => Promise<void>
}

/** Makes new requests for a user: of a route for operators the operator, else a customer. */
export type Make = (by: SignedIn) => Promise<Sample>

/** Units, or pence, whose sum shows how often each of them was moved, up to 15 times. */
const sums = [1, 16, 256] as const
const movedIn = (sum: number): number =>
  Array.from(sum.toString(16)).reduce((all, digit) => all + Number.parseInt(digit, 16), 0)
const gbp = (amount: number) => ({ amount, currency: 'GBP' })
const count = (found: readonly boolean[]): number => found.filter(Boolean).length

/** Samples by the name of their route. */
export function samplesOf(operator: SignedIn): Partial<Readonly<Record<keyof typeof routes, Make>>> {
  const available = async (sku: string, warehouseId = 'main'): Promise<number> => {
    const { items } = await operator.api.getLevels({ params: { sku } })
    return items.find((level) => level.warehouseId === warehouseId)?.available ?? 0
  }
  const three = <Each>(make: (index: number) => Promise<Each>) => Promise.all([0, 1, 2].map(make))
  const ofEach = (ids: readonly string[]): Variant[] => ids.map((id) => ({ params: { id } }))

  const held = async () => {
    const sku = await stocked(operator, 3)
    const body = { lines: [{ sku, quantity: 1 }] }
    const make = () => operator.api.createReservation({ idempotencyKey: unique('hold'), body })
    return (await three(make)).map(({ id }) => id)
  }
  const heldAs = async (ids: readonly string[], status: string) =>
    count(
      await Promise.all(
        ids.map(async (id) => (await operator.api.getReservation({ params: { id } })).status === status),
      ),
    )

  const ordered = async (by: SignedIn, more: Parameters<typeof place>[2] = {}) => {
    const sku = await stocked(operator, 3)
    return (await three(() => place(by, { [sku]: 1 }, more))).map(({ id }) => id)
  }
  const ordersAs = async (ids: readonly string[], ...statuses: readonly string[]) =>
    count(
      await Promise.all(
        ids.map(async (id) => statuses.includes((await operator.api.getOrder({ params: { id } })).status)),
      ),
    )

  const paymentOf = (id: string) =>
    until(
      async () => (await operator.api.listPayments({ params: { id } })).items[0],
      (payment) => payment !== undefined,
    )

  /** Parcels of orders of so many units, as far on their way as asked. */
  const parcels = async (units: number, ...steps: readonly ('dispatch' | 'deliver')[]) => {
    const sku = await stocked(operator, 3 * units)
    const customer = await newcomer()
    return three(async () => {
      const { id } = await place(customer, { [sku]: units })
      await operator.api.approveOrder({ params: { id } })
      const [parcel] = await until(
        async () => (await operator.api.listShipments({ params: { id } })).items,
        (items) => items.length > 0,
      )
      const params = { id: parcel!.id }
      if (steps.includes('dispatch')) await operator.api.dispatchShipment({ params, body: { carrier: 'Post' } })
      if (steps.includes('deliver')) await operator.api.deliverShipment({ params })
      return { ...parcel!, sku }
    })
  }
  type Parcels = Awaited<ReturnType<typeof parcels>>
  const parcelsAs = async (sent: Parcels, status: string) => {
    const all = await Promise.all(sent.map(({ orderId }) => operator.api.listShipments({ params: { id: orderId } })))
    return count(all.map(({ items }) => items[0]?.status === status))
  }
  /** Two requests about one parcel, and one about another one. */
  const aboutParcels = ([first, second]: Parcels, one: object, other: object): Variant[] => [
    { params: { id: first!.id }, body: one },
    { params: { id: first!.id }, body: other },
    { params: { id: second!.id }, body: one },
  ]

  /** An order of 4,096 units in a parcel that has not left, and how many of them it still has. */
  const large = async (by: SignedIn) => {
    const sku = await stocked(operator, 4_096)
    const { id } = await place(by, { [sku]: 4_096 })
    const params = { id }
    await operator.api.approveOrder({ params })
    const shipments = () => operator.api.listShipments({ params })
    await until(shipments, ({ items }) => items.length > 0)
    return { params, sku, left: async () => (await shipments()).items[0]?.lines[0]?.quantity ?? 0 }
  }

  const newHook = async () => {
    const { id } = await operator.api.createWebhook({ body: { url: receiverUrl, events: ['stock.low'] } })
    return { id, end: () => operator.api.deleteWebhook({ params: { id } }) }
  }
  const deliveriesOf = async (id: string) =>
    (await operator.api.listWebhookDeliveries({ params: { id }, query: { limit: 100 } })).items

  const newKey = () => operator.api.createApiKey({ body: { name: unique('key'), scopes: ['stock:read'] } })

  return {
    createApiKey: async () => {
      const names = await three(async () => unique('key'))
      return {
        requests: names.map((name) => ({ body: { name, scopes: ['stock:read'] } })),
        effects: async () => {
          const { items } = await operator.api.listApiKeys({ query: { limit: 100 } })
          return count(items.map(({ name }) => names.includes(name)))
        },
      }
    },
    rotateApiKey: async () => {
      const keys = await three(newKey)
      /** Of two rotations the second ends the first secret. */
      const rotated = async ({ id, prefix, key = '' }: (typeof keys)[number]): Promise<number> => {
        const now = await operator.api.getApiKey({ params: { id } })
        if (now.prefix === prefix) return 0
        const { status } = await raw({
          method: 'GET',
          path: '/warehouses',
          headers: { authorization: `Bearer ${key}` },
        })
        return status === 200 ? 1 : 2
      }
      return {
        requests: ofEach(keys.map(({ id }) => id)),
        effects: async () => (await Promise.all(keys.map(rotated))).reduce((sum, each) => sum + each, 0),
      }
    },
    createWebhook: async () => {
      const names = await three(async () => unique('hook'))
      const listed = async () => (await operator.api.listWebhooks({ query: { limit: 100 } })).items
      return {
        requests: names.map((description) => ({ body: { url: receiverUrl, events: ['stock.low'], description } })),
        effects: async () => count((await listed()).map(({ description = '' }) => names.includes(description))),
        end: async () => {
          for (const { id, description = '' } of await listed())
            if (names.includes(description)) await operator.api.deleteWebhook({ params: { id } })
        },
      }
    },
    rotateWebhookSecret: async () => {
      const hooks = await three(newHook)
      return {
        requests: ofEach(hooks.map(({ id }) => id)),
        effects: async () => {
          const all = await Promise.all(hooks.map(({ id }) => operator.api.getWebhook({ params: { id } })))
          return count(all.map(({ overlapUntil }) => overlapUntil !== undefined))
        },
        end: async () => void (await Promise.all(hooks.map(({ end }) => end()))),
      }
    },
    testWebhook: async () => {
      const hooks = await three(newHook)
      return {
        requests: ofEach(hooks.map(({ id }) => id)),
        effects: async () => (await Promise.all(hooks.map(({ id }) => deliveriesOf(id)))).flat().length,
        end: async () => void (await Promise.all(hooks.map(({ end }) => end()))),
      }
    },
    redeliverWebhookDelivery: async () => {
      const hooks = await three(newHook)
      const sent = await Promise.all(hooks.map(({ id }) => operator.api.testWebhook({ params: { id } })))
      const attempts = async (): Promise<number> => {
        const all = (await Promise.all(hooks.map(({ id }) => deliveriesOf(id)))).flat()
        return all.reduce((sum, each) => sum + each.attempts.length + (each.state === 'pending' ? 100 : 0), 0)
      }
      await until(attempts, (found) => found === 3)
      return {
        requests: hooks.map(({ id }, index) => ({ params: { id, deliveryId: sent[index]!.id } })),
        effects: async () => (await until(attempts, (found) => found < 100)) - 3,
        end: async () => void (await Promise.all(hooks.map(({ end }) => end()))),
      }
    },
    addAddress: async (by) => ({
      requests: ['Leeds', 'York', 'Hull'].map((city) => ({
        body: { type: 'billing', name: 'Ada King', line1: '1 High Street', city, country: 'GB' },
      })),
      effects: async () => (await by.api.listAddresses()).items.length,
    }),
    createCategory: async () => {
      const names = await three(async () => unique('Category'))
      const listed = async (cursor?: string): Promise<string[]> => {
        const page = await operator.api.listCategories({ query: { limit: 100, ...(cursor && { cursor }) } })
        return [...page.items.map(({ name }) => name), ...(page.cursor ? await listed(page.cursor) : [])]
      }
      return {
        requests: names.map((name) => ({ body: { name } })),
        effects: async () => count((await listed()).map((name) => names.includes(name))),
      }
    },
    createProduct: async () => {
      const skus = await three(async () => unique('sku'))
      const exists = async (sku: string) =>
        (await operator.send({ method: 'GET', path: `/products/${sku}` })).status === 200
      return {
        requests: skus.map((sku) => ({ body: { sku, name: 'Product', price: gbp(250) } })),
        effects: async () => count(await Promise.all(skus.map(exists))),
      }
    },
    createWarehouse: async () => {
      const names = await three(async () => unique('keyed'))
      const listed = async (cursor?: string): Promise<string[]> => {
        const page = await operator.api.listWarehouses({ query: { limit: 100, ...(cursor && { cursor }) } })
        return [...page.items.map(({ name }) => name), ...(page.cursor ? await listed(page.cursor) : [])]
      }
      return {
        requests: names.map((name) => ({ body: { name, priority: 950 } })),
        effects: async () => count((await listed()).map((name) => names.includes(name))),
      }
    },
    createImport: async () => {
      const listed = async (cursor?: string): Promise<number> => {
        const page = await operator.api.listImports({ query: { limit: 100, ...(cursor && { cursor }) } })
        return page.items.length + (page.cursor ? await listed(page.cursor) : 0)
      }
      const before = await listed()
      const written = [{ format: 'csv' }, { format: 'ndjson' }, { encoding: 'windows-1252' }] as const
      return {
        requests: written.map((each) => ({ body: { kind: 'products', ...each } })),
        effects: async () => (await listed()) - before,
      }
    },
    addPhoto: async () => {
      const sku = await stocked(operator, 0)
      const types = ['image/jpeg', 'image/png', 'image/webp'] as const
      return {
        requests: types.map((contentType) => ({ params: { sku }, body: { contentType } })),
        effects: async () => (await operator.api.listPhotos({ params: { sku } })).items.length,
      }
    },
    createStockImport: async () => {
      const listed = async (cursor?: string): Promise<number> => {
        const page = await operator.api.listStockImports({ query: { limit: 100, ...(cursor && { cursor }) } })
        return page.items.length + (page.cursor ? await listed(page.cursor) : 0)
      }
      const before = await listed()
      const written = [{ format: 'csv' }, { format: 'ndjson' }, { encoding: 'windows-1252' }] as const
      return {
        requests: written.map((each) => ({ body: { kind: 'adjustments', ...each } })),
        effects: async () => (await listed()) - before,
      }
    },
    adjustStock: async () => {
      const sku = await stocked(operator, 0)
      return {
        requests: sums.map((delta) => ({ params: { sku }, body: { warehouseId: 'main', delta, reason: 'found' } })),
        effects: async () => movedIn(await available(sku)),
      }
    },
    transferStock: async () => {
      const sku = await stocked(operator, 4_096)
      const { id } = await operator.api.createWarehouse({ body: { name: unique('annex'), priority: 960 } })
      await receive(operator, sku, 1, id)
      const route = { fromWarehouseId: 'main', toWarehouseId: id }
      return {
        requests: sums.map((quantity) => ({ params: { sku }, body: { ...route, quantity } })),
        effects: async () => movedIn((await available(sku, id)) - 1),
      }
    },
    moveUnavailable: async () => {
      const sku = await stocked(operator, 4_096)
      const aside = { warehouseId: 'main', kind: 'damaged', move: 'in', reason: 'found' } as const
      return {
        requests: sums.map((quantity) => ({ params: { sku }, body: { ...aside, quantity } })),
        effects: async () => movedIn(4_096 - (await available(sku))),
      }
    },
    createReservation: async () => {
      const sku = await stocked(operator, 4_096)
      return {
        requests: sums.map((quantity) => ({ body: { lines: [{ sku, quantity }] } })),
        effects: async () => movedIn(4_096 - (await available(sku))),
      }
    },
    createInbound: async () => {
      const sku = await stocked(operator, 0)
      const delivery = { warehouseId: 'main', expectedAt: '2099-01-01T00:00:00Z' }
      return {
        requests: sums.map((quantity) => ({ params: { sku }, body: { ...delivery, quantity } })),
        effects: async () => movedIn((await operator.api.getStock({ params: { sku } })).incoming ?? 0),
      }
    },
    receiveInbound: async () => {
      const sku = await stocked(operator, 0)
      const body = { warehouseId: 'main', quantity: 4_096, expectedAt: '2099-01-01T00:00:00Z' }
      const { id } = await operator.api.createInbound({ params: { sku }, body, idempotencyKey: unique('inbound') })
      return {
        requests: sums.map((quantity) => ({ params: { id }, body: { quantity } })),
        effects: async () => movedIn(await available(sku)),
      }
    },
    receiveTransfer: async () => {
      const sku = await stocked(operator, 4_096)
      const { id: toWarehouseId } = await operator.api.createWarehouse({ body: { name: unique('t'), priority: 960 } })
      const body = { fromWarehouseId: 'main', toWarehouseId, quantity: 4_096, expectedAt: '2099-01-01T00:00:00Z' }
      const { transfer } = await operator.api.transferStock({ params: { sku }, body })
      return {
        requests: sums.map((quantity) => ({ params: { id: transfer?.id ?? '' }, body: { quantity } })),
        effects: async () => movedIn(await available(sku, toWarehouseId)),
      }
    },
    createCount: async () => {
      const sku = await stocked(operator, 1)
      const references = await three(async () => unique('keyed'))
      const listed = async (cursor?: string): Promise<(string | undefined)[]> => {
        const page = await operator.api.listCounts({ query: { limit: 100, ...(cursor && { cursor }) } })
        return [...page.items.map(({ reference }) => reference), ...(page.cursor ? await listed(page.cursor) : [])]
      }
      return {
        requests: references.map((reference) => ({ body: { warehouseId: 'main', skus: [sku], reference } })),
        effects: async () => count((await listed()).map((each) => references.some((reference) => reference === each))),
      }
    },
    postCount: async () => {
      const sku = await stocked(operator, 0)
      const ids = await Promise.all(
        sums.map(async (counted) => {
          const body = { warehouseId: 'main', skus: [sku] }
          const { id } = await operator.api.createCount({ body, idempotencyKey: unique('sheet') })
          await operator.api.countLine({ params: { id, sku }, body: { counted } })
          return id
        }),
      )
      return { requests: ofEach(ids), effects: async () => movedIn(await available(sku)) }
    },
    commitReservation: async () => {
      const ids = await held()
      return { requests: ofEach(ids), effects: () => heldAs(ids, 'committed') }
    },
    releaseReservation: async () => {
      const ids = await held()
      return { requests: ofEach(ids), effects: () => heldAs(ids, 'released') }
    },
    extendReservation: async () => {
      const ids = await held()
      const extended = async (id: string) => {
        const { createdAt, expiresAt = '' } = await operator.api.getReservation({ params: { id } })
        return Date.parse(expiresAt) - Date.parse(createdAt) > 172_000_000
      }
      return {
        requests: ids.map((id) => ({ params: { id }, body: { holdSeconds: 172_800 } })),
        effects: async () => count(await Promise.all(ids.map(extended))),
      }
    },
    shipReservation: async () => {
      const sku = await stocked(operator, 4_096)
      const body = { lines: [{ sku, quantity: 4_096 }] }
      const { id } = await operator.api.createReservation({ idempotencyKey: unique('hold'), body })
      await operator.api.commitReservation({ params: { id } })
      return {
        requests: sums.map((quantity) => ({ params: { id }, body: { lines: [{ sku, quantity }] } })),
        effects: async () => {
          const { shippedLines = [] } = await operator.api.getReservation({ params: { id } })
          return movedIn(shippedLines.reduce((sum, { quantity }) => sum + quantity, 0))
        },
      }
    },
    placeOrder: async (by) => {
      const sku = await stocked(operator, 4_096)
      return {
        requests: sums.map((quantity) => ({ body: { lines: [{ sku, quantity }], payment: { method: 'manual' } } })),
        effects: async () => (await by.api.listOrders()).items.length,
      }
    },
    cancelOrder: async (by) => {
      const [first = '', second = '', third = ''] = await ordered(by)
      const reasons = [{ reason: 'too late' }, { reason: 'too dear' }]
      return {
        requests: [...reasons.map((body) => ({ params: { id: first }, body })), ...ofEach([second, third])],
        effects: () => ordersAs([first, second, third], 'cancelled'),
      }
    },
    cancelOrderLine: async (by) => {
      const { params, sku, left } = await large(by)
      return {
        requests: sums.map((quantity) => ({ params: { ...params, sku }, body: { quantity } })),
        effects: async () => movedIn(4_096 - (await left())),
      }
    },
    cancelShipmentLine: async (by) => {
      const { params, sku, left } = await large(by)
      return {
        requests: sums.map((quantity) => ({ params, body: { sku, quantity } })),
        effects: async () => movedIn(4_096 - (await left())),
      }
    },
    approveOrder: async () => {
      const ids = await ordered(await newcomer())
      return { requests: ofEach(ids), effects: () => ordersAs(ids, 'confirmed') }
    },
    payOrder: async (by) => {
      const [first = '', second = ''] = await ordered(by, { payment: { method: 'card' } })
      await deposit(operator, by, 1_000)
      await Promise.all([paymentOf(first), paymentOf(second)])
      const token = 'tok_accepted'
      return {
        requests: [
          { params: { id: first }, body: { method: 'wallet' } },
          { params: { id: first }, body: { method: 'card', token } },
          { params: { id: second }, body: { method: 'wallet' } },
        ],
        effects: async () => {
          const payments = await Promise.all([paymentOf(first), paymentOf(second)])
          return payments.reduce((sum, payment) => sum + (payment?.attempts.length ?? 0), 0)
        },
      }
    },
    refundOrder: async () => {
      const customer = await newcomer()
      await deposit(operator, customer, 10_000)
      const sku = await stocked(operator, 1, { price: 5_000 })
      const { id } = await place(customer, { [sku]: 1 }, { payment: { method: 'wallet' } })
      return {
        requests: sums.map((amount) => ({ params: { id }, body: { amount: gbp(amount) } })),
        effects: async () => movedIn((await paymentOf(id))?.refunded.amount ?? 0),
      }
    },
    closeRefund: async () => {
      const customer = await newcomer()
      const failed = async () => {
        const sku = await stocked(operator, 1)
        const payment = { method: 'card', token: 'tok_refund_fails' } as const
        const { id } = await place(customer, { [sku]: 1 }, { payment })
        await until(
          () => paymentOf(id),
          (paid) => paid?.status === 'captured',
        )
        await customer.api.cancelOrder({ params: { id } })
        return until(
          () => paymentOf(id),
          (paid) => paid?.refunds[0]?.state === 'failed',
        )
      }
      const [first, second] = await Promise.all([failed(), failed()])
      const close = (payment: typeof first, reference: string): Variant => {
        return { params: { id: payment!.refunds[0]!.id }, body: { reference } }
      }
      return {
        requests: [close(first, 'BACS 1'), close(first, 'BACS 2'), close(second, 'BACS 1')],
        effects: async () => {
          const now = await Promise.all([first, second].map((payment) => paymentOf(payment!.orderId)))
          return count(now.map((payment) => payment?.refunds[0]?.state === 'closed'))
        },
        // Orders whose money has not gone back are reminded of every hour.
        end: async () => {
          for (const payment of [first, second]) {
            const [refund] = (await paymentOf(payment!.orderId))?.refunds ?? []
            if (refund?.state !== 'failed') continue
            const closing = { params: { id: refund.id }, idempotencyKey: unique('end') }
            await operator.api.closeRefund({ ...closing, body: { reference: 'BACS 3' } })
          }
        },
      }
    },
    depositToWallet: async () => {
      const customer = await newcomer()
      await deposit(operator, customer, 4_096)
      return {
        requests: sums.map((amount) => ({ params: { id: customer.userId }, body: { amount: gbp(amount) } })),
        effects: async () => movedIn((await customer.api.getWallet()).balance.amount - 4_096),
      }
    },
    correctWallet: async () => {
      const customer = await newcomer()
      await deposit(operator, customer, 4_096)
      const reason = 'typing error'
      return {
        requests: sums.map((amount) => ({ params: { id: customer.userId }, body: { amount: gbp(amount), reason } })),
        effects: async () => movedIn(4_096 - (await customer.api.getWallet()).balance.amount),
      }
    },
    dispatchShipment: async () => {
      const sent = await parcels(1)
      const requests = aboutParcels(sent, { carrier: 'Post' }, { carrier: 'Van' })
      return { requests, effects: () => parcelsAs(sent, 'dispatched') }
    },
    trackShipment: async () => {
      const sent = await parcels(1, 'dispatch')
      const requests = aboutParcels(sent, { trackingNumber: 'T-1' }, { trackingNumber: 'T-2' })
      return { requests, effects: () => parcelsAs(sent, 'in_transit') }
    },
    deliverShipment: async () => {
      const sent = await parcels(1, 'dispatch')
      return { requests: ofEach(sent.map(({ id }) => id)), effects: () => parcelsAs(sent, 'delivered') }
    },
    failShipment: async () => {
      const sent = await parcels(1, 'dispatch')
      const requests = aboutParcels(sent, { reason: 'nobody in' }, { reason: 'no such street' })
      return { requests, effects: () => parcelsAs(sent, 'failed') }
    },
    returnShipment: async () => {
      const [parcel] = await parcels(4_096, 'dispatch', 'deliver')
      const { id, orderId, sku } = parcel!
      return {
        requests: sums.map((quantity) => ({ params: { id }, body: { lines: [{ sku, quantity }] } })),
        effects: async () => {
          const { items } = await operator.api.listShipments({ params: { id: orderId } })
          return movedIn(items[0]?.lines[0]?.returned ?? 0)
        },
      }
    },
  }
}
