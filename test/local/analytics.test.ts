import { BatchWriteItemCommand, paginateScan } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { beforeAll, describe, expect, it } from 'vitest'
import { stageAt } from '../../bin/place.ts'
import { replayArchive } from '../../bin/replay-events/replay-archive.ts'
import { daysIn } from '../../functions/analytics/adapters/days.ts'
import { systemClock } from '../../functions/runtime/clock.ts'
import type { DayReport } from '../../schemas/analytics.ts'
import { detailTypeOf } from '../../schemas/contract.ts'
import { topology } from '../../schemas/topology.ts'
import { advance, enqueue, settle, state } from './control.ts'
import { tables } from './tables.ts'
import { type SignedIn, baseUrl, isLocal, newcomer, place, signIn, stocked, unique } from './target.ts'

/** No other test sells anything in it. */
const currency = 'NOK'
const consumed = new Set<string>(topology.analytics.consumes.map(detailTypeOf))
const nok = (amount: number) => ({ amount, currency })

let operator: SignedIn
let customer: SignedIn
let began: Date

const today = async (): Promise<string> => daysIn('Europe/London').of(Date.parse((await state()).now))

async function dispatchAndDeliver(id: string): Promise<void> {
  const [parcel] = (await operator.api.listShipments({ params: { id } })).items
  const params = { id: parcel?.id ?? '' }
  await operator.api.dispatchShipment({ params, body: { carrier: 'Royal Mail' } })
  await operator.api.deliverShipment({ params })
  await settle()
}

const reportOf = async (from: string, to: string): Promise<readonly DayReport[]> =>
  (await operator.api.getDailyReport({ query: { from, to } })).items.filter((each) => each.currency === currency)

const soldIn = async (from: string, to: string) =>
  (await operator.api.listTopProducts({ query: { from, to, currency, by: 'money' } })).items

/** Sends every event since the test began to the service once more. */
async function replay(): Promise<void> {
  const found = await stageAt({ url: baseUrl, aws: false })
  const request = { from: began, to: new Date(Date.parse((await state()).now) + 60_000), service: 'analytics' } as const
  await replayArchive(new EventBridgeClient(found.settings), found, request, { clock: systemClock, report: () => {} })
  await settle()
}

async function emptyTable(): Promise<void> {
  const TableName = (await state()).tables.find((name) => name.includes('-analytics-'))!
  const client = await tables()
  for await (const { Items = [] } of paginateScan({ client, pageSize: 25 }, { TableName })) {
    if (Items.length === 0) continue
    const deletions = Items.map(({ pk, sk }) => ({ DeleteRequest: { Key: { pk: pk!, sk: sk! } } }))
    await client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: deletions } }))
  }
}

beforeAll(async () => {
  if (!isLocal) return
  operator = await signIn('operator')
  customer = await newcomer()
  // The bus writes times down in whole seconds.
  began = new Date(Date.parse((await state()).now) - 1_000)
})

describe.runIf(isLocal)('reports', () => {
  it('have what was placed, paid, shipped, cancelled, expired and given back, day by day, exact to the penny', async () => {
    const [cheap, dear] = [
      await stocked(operator, 50, { price: 333, currency }),
      await stocked(operator, 50, { price: 10_001, currency }),
    ]
    const idempotencyKey = unique('deposit')
    await settle()
    await operator.api.depositToWallet({
      params: { id: customer.userId },
      idempotencyKey,
      body: { amount: nok(100_000) },
    })
    const wallet = { payment: { method: 'wallet' } } as const
    const first = await today()
    const sold = await place(customer, { [cheap]: 3, [dear]: 1 }, wallet)
    const cancelled = await place(customer, { [cheap]: 2 }, wallet)
    const approved = await place(customer, { [dear]: 2 })
    await place(customer, { [cheap]: 1 }, { holdSeconds: 600 })
    const rejected = await place(customer, { [dear]: 99 })
    expect(rejected.status).toBe('rejected')
    await operator.api.approveOrder({ params: { id: approved.id } })
    await settle()
    await customer.api.cancelOrder({ params: { id: cancelled.id } })
    await settle()
    await dispatchAndDeliver(sold.id)

    await advance('24h')
    await settle()
    const second = await today()
    expect(second).not.toBe(first)
    const refund = (id: string, amount: number) =>
      operator.api.refundOrder({ params: { id }, idempotencyKey: unique('refund'), body: { amount: nok(amount) } })
    await refund(sold.id, 1)
    await refund(sold.id, 998)
    await settle()
    await dispatchAndDeliver(approved.id)

    const days = await reportOf(first, second)
    // The hold of ten minutes may have ended after midnight.
    const expired = days.map((day) => day.expired)
    expect(expired.reduce((sum, count) => sum + count, 0)).toBe(1)
    const none = { paymentFailed: 0, currency }
    expect(days).toMatchObject([
      {
        day: first,
        placed: 5,
        confirmed: 3,
        shipped: 1,
        completed: 1,
        cancelled: 1,
        rejected: 1,
        units: 8,
        gross: 3 * 333 + 10_001 + 2 * 333 + 2 * 10_001,
        refunded: 2 * 333,
        net: 3 * 333 + 3 * 10_001,
        averageOrder: Math.round((5 * 333 + 3 * 10_001) / 3),
        cancellationRate: 0.2,
        ...none,
      },
      {
        day: second,
        placed: 0,
        confirmed: 0,
        shipped: 1,
        completed: 1,
        cancelled: 0,
        rejected: 0,
        units: 0,
        gross: 0,
        refunded: 999,
        net: -999,
        ...none,
      },
    ])
    expect(days[0]!.toConfirmed.counts.reduce((sum, count) => sum + count, 0)).toBe(3)
    expect(days[1]!.toShipped.counts.reduce((sum, count) => sum + count, 0)).toBe(1)
    const names = (sku: string) => `Product ${sku}`
    expect(await soldIn(first, second)).toEqual([
      { sku: dear, name: names(dear), units: 3, revenue: nok(3 * 10_001) },
      { sku: cheap, name: names(cheap), units: 5, revenue: nok(5 * 333) },
    ])
    expect(await soldIn(second, second)).toEqual([])
  })

  it('show how far orders got, and how those left that got no further', async () => {
    const query = { from: daysIn('Europe/London').of(began.getTime()), to: await today() }
    const { items, ...days } = await operator.api.getFunnel({ query })
    expect(days).toEqual({ timeZone: 'Europe/London', ...query })
    expect(items.filter((each) => each.currency === currency)).toEqual([
      {
        currency,
        steps: [
          { step: 'placed', orders: 5, ofPlaced: 1 },
          { step: 'confirmed', orders: 3, ofPlaced: 0.6, ofPrevious: 0.6 },
          { step: 'shipped', orders: 2, ofPlaced: 0.4, ofPrevious: 2 / 3 },
          { step: 'completed', orders: 2, ofPlaced: 0.4, ofPrevious: 1 },
        ],
        ends: [
          { end: 'cancelled', orders: 1, ofPlaced: 0.2 },
          { end: 'expired', orders: 1, ofPlaced: 0.2 },
          { end: 'rejected', orders: 1, ofPlaced: 0.2 },
          { end: 'payment_failed', orders: 0, ofPlaced: 0 },
        ],
      },
    ])
  })

  it('take back what was confirmed on a card whose money could not be taken, with its units', async () => {
    const sek = 'SEK'
    const sku = await stocked(operator, 5, { price: 250, currency: sek })
    await settle()
    const order = await place(customer, { [sku]: 2 }, { payment: { method: 'card', token: 'tok_capture_fails' } })
    await settle()
    expect((await customer.api.getOrder({ params: { id: order.id } })).status).toBe('payment_failed')
    const query = { from: daysIn('Europe/London').of(began.getTime()), to: await today() }
    const { totals } = await operator.api.getDailyReport({ query })
    const none = { uncollected: 1, units: 0, gross: 0, refunded: 0, net: 0 }
    expect(totals.filter((each) => each.currency === sek)).toMatchObject([
      { placed: 1, confirmed: 1, paymentFailed: 1, ...none },
    ])
    expect((await operator.api.listTopProducts({ query: { ...query, currency: sek } })).items).toEqual([])
  })

  it('stay as they are when an event comes twice, when the archive is replayed, and when it fills an empty table', async () => {
    const last = await today()
    const from = daysIn('Europe/London').of(began.getTime())
    const before = [await reportOf(from, last), await soldIn(from, last)]
    expect(before.flat().length).toBeGreaterThan(2)
    const { events } = await state()
    const again = events.filter((event) => consumed.has(event['detail-type']))
    await Promise.all(again.slice(-40).map((event) => enqueue('analytics', event)))
    await settle()
    expect([await reportOf(from, last), await soldIn(from, last)]).toEqual(before)
    await replay()
    expect([await reportOf(from, last), await soldIn(from, last)]).toEqual(before)
    await emptyTable()
    expect(await reportOf(from, last)).toEqual([])
    await replay()
    expect([await reportOf(from, last), await soldIn(from, last)]).toEqual(before)
  })
})
