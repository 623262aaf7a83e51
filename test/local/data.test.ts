import { paginateScan } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { S3Client, GetObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3'
import { beforeAll, describe, expect, it } from 'vitest'
import { stageAt } from '../../bin/place.ts'
import { replayArchive } from '../../bin/replay-events/replay-archive.ts'
import { readPage } from '../../functions/notifications/store/feed-page-item.ts'
import { systemClock } from '../../functions/runtime/clock.ts'
import { itemOf } from '../../functions/runtime/item-codec.ts'
import { type Service, services } from '../../schemas/contract.ts'
import { type Place, personalData } from '../../schemas/personal-data.ts'
import type { Kind } from '../../schemas/personal.ts'
import { postTo } from './form.ts'
import { advance, codeFor, enqueue, holdBack, letGo, logs, mailsTo, purge, settle, state } from './control.ts'
import { tables } from './tables.ts'
import {
  type SignedIn,
  anonymous,
  baseUrl,
  isLocal,
  place,
  raw,
  receiverUrl,
  signIn,
  stocked,
  unique,
  until,
} from './target.ts'

const kinds = Object.keys(personalData) as Kind[]
const run = unique('').replaceAll(/[^a-zA-Z0-9]/g, '')

/** A text that stands for a value of that kind, and for no other. */
const canary = (kind: Kind, field = ''): string => `canary${kind}${run}${field}`
const kindsIn = (text: string): Kind[] =>
  kinds.filter((kind) => text.toLowerCase().includes(canary(kind).toLowerCase()))

const address = {
  name: canary('address', 'name'),
  line1: canary('address', 'line1'),
  city: canary('address', 'city'),
  country: 'GB',
  phone: canary('address', 'p').slice(0, 30),
}
const token = `tok_${canary('card')}`
const reason = canary('reason')
const reference = canary('reference')
const guestEmail = `${canary('email')}@guest.test`.toLowerCase()

const inTables: Readonly<Record<Service, readonly string[]>> = Object.fromEntries(
  services.map((service) => [
    service,
    Object.values(personalData).flatMap(({ places }) =>
      places.flatMap((each: Place) => (each.service === service ? each.item : [])),
    ),
  ]),
) as never

/** Where the canary of each kind is: `service item`. */
async function found({ unexpired = false } = {}): Promise<Record<Kind, Set<string>>> {
  const places = Object.fromEntries(kinds.map((kind) => [kind, new Set<string>()])) as Record<Kind, Set<string>>
  const client = await tables()
  const { now, tables: names } = await state()
  for (const TableName of names) {
    const service = services.find((each) => TableName.includes(`-${each}-`))
    for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true }))
      for (const item of Items.map(itemOf)) {
        // What has expired DynamoDB may have deleted.
        if (unexpired && (item.ttl ?? Infinity) * 1_000 < Date.parse(now)) continue
        const known = service && inTables[service].find((each) => item.sk.startsWith(each) || item.pk.startsWith(each))
        // Pages of the feed are compressed.
        const text = JSON.stringify(item.pk.startsWith('feed#') ? readPage(item) : item)
        for (const kind of kindsIn(text)) places[kind].add(`${service ?? TableName} ${known ?? item.sk}`)
      }
  }
  return places
}

async function inQueues(): Promise<string[]> {
  const { queues } = await state()
  return queues.flatMap(({ name, messages = [] }) =>
    messages.flatMap((each) => kindsIn(JSON.stringify(each)).map((kind) => `${name.split('-')[2]} ${kind}`)),
  )
}

/** The canaries in objects of buckets: `service kind`. */
async function inBuckets(): Promise<string[]> {
  const { buckets, endpoint, region } = await state()
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const client = new S3Client({ endpoint, region, forcePathStyle: true, credentials })
  const found: string[] = []
  for (const { name: Bucket } of buckets)
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket }))
      for (const { Key } of Contents) {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }))
        for (const kind of kindsIn(await Body!.transformToString('latin1')))
          found.push(`${services.find((each) => Bucket.includes(`-${each}-`)) ?? Bucket} ${kind}`)
      }
  return found
}

/** Sends a file of adjustments, and waits until it was read. */
async function importStock(operator: SignedIn, file: string): Promise<void> {
  const { id, upload } = await operator.api.createStockImport({ body: { kind: 'adjustments' } })
  expect(await postTo(upload, file)).toBe(204)
  await settle()
  expect(await operator.api.getStockImport({ params: { id } })).toMatchObject({ state: 'done', rows: { done: 1 } })
}

describe.runIf(isLocal)('personal data', () => {
  let operator: SignedIn
  let customer: SignedIn
  let sku: string
  const seen = Object.fromEntries(kinds.map((kind) => [kind, new Set<string>()])) as Record<Kind, Set<string>>
  const note = async (): Promise<void> => {
    for (const [kind, places] of Object.entries(await found())) for (const each of places) seen[kind as Kind].add(each)
  }
  const key = (): string => unique('data')
  const paid = async (payment: Parameters<typeof place>[2], id?: string) => {
    const order = id ?? (await place(customer, { [sku]: 1 }, { shippingAddress: address, ...payment })).id
    await settle()
    return order
  }
  const parcelOf = async (id: string) => (await operator.api.listShipments({ params: { id } })).items[0]!.id

  beforeAll(async () => {
    operator = await signIn('operator')
    const account = { email: `${canary('email')}@holdfast.test`, password: 'Customer-1!' }
    await anonymous.register({ body: { ...account, name: canary('name') } })
    await fetch(`${baseUrl}/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': canary('session') },
      body: JSON.stringify(account),
    })
    customer = await signIn(account)
    // Whoever reads the mails of an address gets mails about orders there.
    await customer.api.requestEmailCode({ body: { email: account.email } })
    await customer.api.verifyEmail({ body: { code: await codeFor(account.email.toLowerCase()) } })
    await customer.api.updateMe({
      body: { phone: canary('phone').slice(0, 30), preferences: { a: canary('preferences') } },
    })
    await customer.api.addAddress({ idempotencyKey: key(), body: { ...address, type: 'shipping' } })
    sku = await stocked(operator, 20)
    await fetch(`${baseUrl}/inventory/${sku}/adjustments`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': canary('session'),
        'idempotency-key': key(),
        authorization: `Bearer ${operator.token}`,
      },
      body: JSON.stringify({
        warehouseId: 'main',
        delta: 1,
        reason,
        reference,
        metadata: { a: canary('metadata') },
      }),
    })
    const labels = { reference, metadata: { a: canary('metadata') } }
    await operator.api.updateProductLabels({ params: { sku }, body: labels })
    const { id: toWarehouseId } = await operator.api.createWarehouse({ body: { name: unique('d'), priority: 900 } })
    const expected = { quantity: 1, expectedAt: '2099-01-01T00:00:00Z', reference }
    await operator.api.createInbound({
      params: { sku },
      idempotencyKey: key(),
      body: { warehouseId: 'main', ...expected },
    })
    await operator.api.transferStock({
      params: { sku },
      idempotencyKey: key(),
      body: { fromWarehouseId: 'main', toWarehouseId, ...expected },
    })
    const held = await operator.api.createReservation({
      idempotencyKey: key(),
      body: { lines: [{ sku, quantity: 1 }], reference },
    })
    await operator.api.commitReservation({ params: { id: held.id }, idempotencyKey: key() })
    const deposit = { amount: { amount: 10_000, currency: 'GBP' }, reference }
    await until(
      () => operator.api.depositToWallet({ params: { id: customer.userId }, idempotencyKey: key(), body: deposit }),
      () => true,
    )
    await settle()
  })

  it('is where docs/data.md has it on every way that it takes, and nowhere else', { timeout: 120_000 }, async () => {
    await holdBack('payments')
    await holdBack('shipping')
    const byCard = await paid({ payment: { method: 'card', token } })
    const fromWallet = await paid({ payment: { method: 'manual' } })
    await operator.api.approveOrder({ params: { id: fromWallet } })
    await settle().catch(() => {})
    await note()
    expect((await inQueues()).toSorted()).toEqual(['payments card', 'shipping address'])
    await letGo('payments')
    await letGo('shipping')
    await settle()
    expect(await inQueues()).toEqual([])

    await operator.api.dispatchShipment({
      params: { id: await parcelOf(fromWallet) },
      idempotencyKey: key(),
      body: { carrier: 'Royal Mail' },
    })
    await customer.api.cancelOrder({ params: { id: byCard }, idempotencyKey: key(), body: { reason } })
    await settle()
    const large = await customer.api.placeOrder({
      idempotencyKey: key(),
      body: {
        lines: [{ sku, quantity: 1 }],
        payment: { method: 'wallet' },
        shippingAddress: address,
        billingAddress: address,
        notes: canary('notes').padEnd(1_000, '.'),
      },
    })
    const small = await customer.api.placeOrder({
      idempotencyKey: key(),
      body: {
        lines: [{ sku, quantity: 1 }],
        payment: { method: 'manual' },
        notes: canary('notes'),
        reference,
        metadata: { a: canary('metadata') },
      },
    })
    await customer.api.updateOrder({ params: { id: small.id }, body: { shippingAddress: address } })
    await operator.api.createWebhook({
      idempotencyKey: key(),
      body: { url: receiverUrl, events: ['stock.low'], description: reference },
    })
    await operator.api.createCount({ idempotencyKey: key(), body: { warehouseId: 'main', skus: [sku], reference } })
    await operator.api.placeOrder({
      idempotencyKey: key(),
      body: {
        lines: [{ sku, quantity: 1 }],
        payment: { method: 'manual' },
        customerId: 'guest',
        guest: { name: canary('name'), email: guestEmail },
      },
    })
    await settle()
    const [payment] = (await operator.api.listPayments({ params: { id: large.id } })).items
    const labels = { reference, metadata: { a: canary('metadata') } }
    await operator.api.updatePayment({ params: { id: payment!.id }, body: labels })
    await operator.api.refundOrder({
      params: { id: large.id },
      idempotencyKey: key(),
      body: { amount: { amount: 1, currency: 'GBP' }, reason },
    })
    await operator.api.failShipment({
      params: { id: await parcelOf(large.id) },
      idempotencyKey: key(),
      body: { reason },
    })
    const long = { reason: reason.padEnd(500, '.') }
    await operator.api.cancelOrder({ params: { id: small.id }, idempotencyKey: key(), body: long })
    const failing = await paid({ payment: { method: 'card', token: 'tok_refund_fails' } })
    const { refunds } = await operator.api.refundOrder({
      params: { id: failing },
      idempotencyKey: key(),
      body: { reason },
    })
    await operator.api.closeRefund({
      params: { id: refunds[0]!.id },
      idempotencyKey: key(),
      body: { reference, reason },
    })
    await importStock(
      operator,
      `key,sku,warehouseId,delta,reason,reference\nrow,${sku},main,1,${reason},${reference}\n`,
    )
    expect((await inBuckets()).toSorted()).toEqual(['inventory reason', 'inventory reference'])
    await settle()
    await note()
    const wanted = Object.entries(personalData).map(([kind, { places }]) => [
      kind,
      places.map(({ service, item }: Place) => `${service} ${item}`).toSorted(),
    ])
    expect(Object.entries(seen).map(([kind, places]) => [kind, [...places].toSorted()])).toEqual(wanted)
  })

  it('is in no archived event, in no log line and not in what the control API shows of events', async () => {
    const found = await stageAt({ url: baseUrl, aws: false })
    const { now, events } = await state()
    for (const service of ['payments', 'shipping', 'orders'] as const) {
      await holdBack(service)
      const span = { from: new Date(Date.parse(now) - 3_600_000), to: new Date(Date.parse(now) + 60_000) }
      const client = new EventBridgeClient(found.settings)
      await replayArchive(client, found, { ...span, service }, { clock: systemClock, report: () => {} })
      const { queues } = await state()
      const queue = queues.find(({ name }) => name.includes(`-${service}-EventsQueue`))
      expect(queue!.depth).toBeGreaterThan(0)
      expect(await inQueues()).toEqual([])
      await purge(service)
      await letGo(service)
    }
    expect(kindsIn(JSON.stringify(events))).toEqual([])
    expect(
      events.filter((each) => each['detail-type'] === 'order.address.v1').map(({ detail }) => detail.data),
    ).toContainEqual({})
    expect(kindsIn(JSON.stringify(await logs()))).toEqual([])
  })

  it('lies among the dead letters of its one consumer, with a cause that has nothing of it', async () => {
    const data = { orderId: 7, customerId: customer.userId, address }
    const detail = { id: unique('bad'), time: '2026-01-01T00:00:00.000Z', correlationId: 'x', causationId: 'x', data }
    await enqueue('shipping', { source: 'holdfast.orders', 'detail-type': 'order.address.v1', detail })
    await settle()
    expect(await inQueues()).toEqual(['shipping address'])
    const { queues } = await state()
    const causes = queues.flatMap(({ messages = [] }) => messages.map(({ cause = '' }) => cause))
    expect(kindsIn(causes.join())).toEqual([])
    expect(kindsIn(JSON.stringify(await logs()))).toEqual([])
  })

  it(
    'is where docs/data.md lets it stay once its person is erased, and nowhere else',
    { timeout: 600_000 },
    async () => {
      const wallet = { params: { id: customer.userId } }
      // Everything comes to its end.
      const { items: mine } = await customer.api.listOrders({ query: { limit: 100 } })
      for (const { id, status } of mine) {
        if (['placed', 'reserved'].includes(status))
          await operator.api.cancelOrder({ params: { id }, idempotencyKey: key(), body: {} })
        const { items: parcels } = await operator.api.listShipments({ params: { id } })
        for (const parcel of parcels.filter((each) => ['created', 'dispatched'].includes(each.status))) {
          const params = { id: parcel.id }
          if (parcel.status === 'created')
            await operator.api.dispatchShipment({ params, idempotencyKey: key(), body: { carrier: 'Royal Mail' } })
          await operator.api.deliverShipment({ params, idempotencyKey: key() })
        }
      }
      await settle()
      const { balance } = await operator.api.getWalletOf(wallet)
      await operator.api.correctWallet({
        ...wallet,
        idempotencyKey: key(),
        body: { amount: balance, reason, reference },
      })
      for (const { text } of await mailsTo(guestEmail)) {
        const [path] = /\/guest-orders\/[A-Za-z0-9_-]{43}/.exec(text) ?? []
        const order = await raw({ method: 'GET', path: path! })
        const { id } = order.body as { readonly id: string }
        await operator.api.cancelOrder({ params: { id }, idempotencyKey: key(), body: {} })
        await settle()
        expect(await raw({ method: 'DELETE', path: `${path}/data` })).toMatchObject({ status: 202 })
      }
      await customer.api.eraseMe()
      // A day of grace, then two for invoices, as this stage has it.
      await advance('25h')
      await settle()
      await advance('49h')
      await settle()
      // Dead letters lie for two weeks, sent files for thirty days, and pages of the feed for two days more than its thirty.
      expect((await inQueues()).length + (await inBuckets()).length).toBeGreaterThan(0)
      for (let count = 0; count < 4; count += 1) await advance('8d')
      await settle()
      const stay = Object.entries(personalData).map(([kind, { places }]) => [
        kind,
        (places as readonly Place[]).flatMap(({ service, item, erased }) =>
          erased === 'stays' ? `${service} ${item}` : [],
        ),
      ])
      const left = await found({ unexpired: true })
      for (const [kind, allowed] of stay as [Kind, string[]][])
        expect(
          [...left[kind]].filter((each) => !allowed.includes(each)),
          kind,
        ).toEqual([])
      expect(
        left.email.size + left.name.size + left.phone.size + left.notes.size + left.address.size + left.card.size,
      ).toBe(0)
      expect(await inQueues()).toEqual([])
      expect(await inBuckets()).toEqual([])
      expect(kindsIn(JSON.stringify(await logs()))).toEqual([])
    },
  )
})
