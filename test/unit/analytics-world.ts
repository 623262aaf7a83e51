import type { DynamoDBRecord } from 'aws-lambda'
import { daysIn } from '../../functions/analytics/adapters/days.ts'
import { fold } from '../../functions/analytics/adapters/fold.ts'
import { consumer } from '../../functions/analytics/events.ts'
import { handlers } from '../../functions/analytics/http.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import type { Item } from '../../functions/runtime/store.ts'
import { type DataOf, type EventContract, detailTypeOf } from '../../schemas/contract.ts'
import { routes } from '../../schemas/analytics.ts'
import { events as ofOrders } from '../../schemas/orders.ts'
import { events as ofPayments } from '../../schemas/payments.ts'
import { caller } from './call-route.ts'

export const gbp = (amount: number) => ({ amount, currency: 'GBP' })

const ofOrder = (orderId: string, amount: number) => ({
  orderId,
  customerId: 'user-1',
  number: '1',
  status: 'placed' as const,
  facts: { stock: 'requested', payment: 'none', closing: 'none', fulfilment: 'none' } as const,
  total: gbp(amount),
})

/** The reports in memory: events come in, and what their stream carries is kept until it is folded. */
export function analyticsWorld(timeZone = 'Europe/London', now = '2026-11-28T12:00:00Z') {
  const records: DynamoDBRecord[] = []
  const store = memoryStore({
    onChange: (_, after) => {
      if (after?.sk === 'order') records.push(recordOf(after, records.length + 1))
    },
  })
  const clock = { now: () => Date.parse(now), sleep: async () => {} }
  const deps = { store, clock, random: () => 0.5, days: daysIn(timeZone) }
  const consume = consumer(deps)
  let messages = 0

  const take = async <Contract extends EventContract>(
    contract: Contract,
    id: string,
    time: string,
    data: DataOf<Contract>,
  ): Promise<void> => {
    const event = { id, time, correlationId: 'o', causationId: 'c', data, contract, messageId: `m${(messages += 1)}` }
    const failures = await consume([event])
    if (failures.length > 0) throw new Error(`${detailTypeOf(contract)}: ${String(failures[0]?.error)}`)
  }
  const foldRecords = (from = 0, to = Infinity, shardId: string | null = 'shard-1') =>
    fold(
      { ...deps, unmarshall: (image) => image as unknown as Item },
      {
        Records: records.slice(from, to),
        ...(shardId !== null && { shardId }),
      },
    )
  const call = caller(routes, handlers(deps))
  const report = async (from: string, to: string) => {
    const { body } = await call('GET /analytics/daily', { as: 'operator', query: { from, to } })
    return body as { items: Record<string, unknown>[]; totals: Record<string, unknown>[] }
  }
  return {
    deps,
    store,
    records,
    take,
    fold: foldRecords,
    call,
    report,
    placed: (
      orderId: string,
      at: string,
      lines: readonly (readonly [sku: string, units: number, price: number])[] = [['A', 2, 500]],
    ) =>
      take(ofOrders.orderPlaced, `${orderId} placed`, at, {
        ...ofOrder(
          orderId,
          lines.reduce((sum, [, units, price]) => sum + units * price, 0),
        ),
        placedAt: at,
        holdSeconds: 600,
        lines: lines.map(([sku, units]): [string, number] => [sku, units]),
        prices: lines.map(([, , price]) => price),
      }),
    became: (
      orderId: string,
      what: 'Confirmed' | 'Shipped' | 'Completed' | 'Cancelled' | 'Expired' | 'Rejected' | 'PaymentFailed',
      at: string,
      amount = 1_000,
    ) => take(ofOrders[`order${what}`], `${orderId} ${what} ${at}`, at, ofOrder(orderId, amount)),
    /** Its payment is over without any money. */
    unpaid: (orderId: string, as: 'Failed' | 'Voided', version: number, at: string, amount = 1_000) =>
      take(ofPayments[`payment${as}`], `${orderId} ${as} ${version}`, at, {
        paymentId: `pay_${orderId}`,
        orderId,
        customerId: 'user-1',
        method: 'card',
        version,
        status: as === 'Failed' ? 'failed' : 'voided',
        amount: gbp(amount),
        captured: gbp(0),
        refunded: gbp(0),
        refundedForReturns: 0,
        reason: 'capture_failed',
      }),
    refunded: (orderId: string, version: number, at: string, amount: number, more: object = {}) =>
      take(ofPayments.paymentRefunded, `${orderId} refunded ${version}`, at, {
        paymentId: `pay_${orderId}`,
        orderId,
        customerId: 'user-1',
        method: 'wallet',
        version,
        status: 'captured',
        amount: gbp(1_000),
        captured: gbp(1_000),
        refunded: gbp(amount),
        refundedForReturns: 0,
        ...more,
      }),
  }
}

const recordOf = (item: Item, sequence: number): DynamoDBRecord =>
  ({
    eventName: item.version === 1 ? 'INSERT' : 'MODIFY',
    dynamodb: { SequenceNumber: String(sequence), Keys: { pk: item.pk, sk: item.sk }, NewImage: item },
  }) as unknown as DynamoDBRecord
