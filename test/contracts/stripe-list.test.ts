import { afterEach, beforeEach, expect, it } from 'vitest'
import { comparedPayment } from '../../functions/operations/core/differences.ts'
import { listedMs, reconcile, restMs } from '../../functions/operations/core/reconcile.ts'
import type { CardProvider } from '../../functions/payments/adapters/provider.ts'
import { keyedClient, stripeProvider } from '../../functions/payments/adapters/provider.stripe.ts'
import { readPayment } from '../../functions/payments/store/payment-item.ts'
import { type PaymentsWorld, day, gbp, id, operator, paymentsWorld } from '../unit/payments-world.ts'
import { StripeServer } from './stripe-server.ts'

let server: StripeServer
let world: PaymentsWorld
let provider: CardProvider
beforeEach(async () => {
  server = new StripeServer()
  server.now = () => world.now
  const client = keyedClient(async () => 'sk_test_1', await server.start())
  world = paymentsWorld(
    (clock) => (provider = stripeProvider({ clock, client, webhookSecrets: async () => ['whsec_1'] })),
  )
})
afterEach(() => server.stop())

/** Reconciles the one payment with the list of Stripe, once it has rested. */
async function reconciled(restedMs: number = restMs) {
  world.now += restedMs
  const item = world.item()
  const payments = new Map(
    item ? [[id, { content: comparedPayment(readPayment(item).state), at: Date.parse(item.at ?? '') }]] : [],
  )
  const none = new Map<string, never>()
  const readAll = async () => ({
    stocks: none,
    levels: none,
    others: none,
    reservations: none,
    orders: none,
    payments,
  })
  const { charges, differences } = await reconcile({ readAll, versionsOf: async () => none }, world.now, {
    list: provider.list,
  })
  return { charges, details: differences.map(({ kind, of, detail }) => `${kind} ${of}: ${detail}`) }
}

async function paid(): Promise<void> {
  await world.reserve({ method: 'card', token: 'pm_card_visa' })
  await world.confirm()
}

it('a payment that is captured, and given back in part, is as Stripe lists it', async () => {
  await paid()
  await world.refund({ amount: gbp(300) })
  expect(server.intent()).toMatchObject({ amount_received: 1_000, refunded: 300 })
  expect(await reconciled()).toEqual({ charges: 1, details: [] })
})

it.each([
  ['set aside for an open order', () => world.reserve({ method: 'card', token: 'pm_card_visa' })],
  ['declined', () => world.reserve({ method: 'card', token: 'pm_card_chargeDeclined' })],
])('a card that is %s is as Stripe lists it', async (_, act) => {
  await act()
  expect(await reconciled()).toEqual({ charges: 1, details: [] })
})

it('a card whose money was given up is as Stripe lists it', async () => {
  await world.reserve({ method: 'card', token: 'pm_card_visa' })
  await world.cancel()
  expect(server.intent()).toMatchObject({ status: 'canceled' })
  expect(await reconciled()).toEqual({ charges: 1, details: [] })
})

it('money that was given back at Stripe alone is named', async () => {
  await paid()
  server.intent().refunded = 400
  expect(await reconciled()).toEqual({
    charges: 1,
    details: ['card ord_1: the provider keeps 600 as pi_1, attempt 1 of the payment 1000'],
  })
})

it('money that is still set aside for a payment that gave it up is named', async () => {
  await world.reserve({ method: 'card', token: 'pm_card_visa' })
  await world.cancel()
  Object.assign(server.intent(), { status: 'requires_capture', amount_capturable: 1_000 })
  const { details } = await reconciled()
  expect(details).toEqual(['card ord_1: the provider sets 1000 aside as pi_1, attempt 1 of the payment nothing'])
})

it('a charge that no payment knows of is named, one that was not made here is not', async () => {
  await paid()
  const { metadata } = server.intent()
  server.intents.set('pi_8', { ...server.intent(), id: 'pi_8', metadata: { ...metadata, order: 'ord_8' } })
  server.intents.set('pi_9', { ...server.intent(), id: 'pi_9', metadata: { shop: 'of somebody else' } })
  expect(await reconciled()).toEqual({
    charges: 2,
    details: ['card ord_8: the provider keeps 1000 and sets 0 aside as pi_8, which no payment knows of'],
  })
})

it('a payment that Stripe has nothing of is named', async () => {
  await paid()
  server.intents.clear()
  world.now += 3_600_000
  server.now = () => world.now
  expect(await reconciled()).toEqual({
    charges: 0,
    details: ['card ord_1: attempt 1 of the payment keeps 1000, which no list of the provider has'],
  })
})

it('nothing is named of what changed within the last quarter of an hour, or is under way', async () => {
  await paid()
  server.intent().refunded = 400
  expect(await reconciled(restMs - 1)).toMatchObject({ details: [] })
  server.intent().refunded = 0
  server.refundStatuses.push('pending')
  await world.refund({ amount: gbp(300) })
  expect(await world.payment()).toMatchObject({ refunds: [{ state: 'due' }] })
  expect(await reconciled()).toEqual({ charges: 1, details: [] })
})

it.each([0, 300])('a refund that was closed by hand fits, whether or not %d came from Stripe', async (refunded) => {
  await paid()
  server.refundStatuses.push('failed')
  await world.refund({ amount: gbp(300) })
  const closing = { reference: 'BACS 4711' }
  const closed = await world.call(operator, 'POST /refunds/{id}/close', { id: 'ref_1_1', body: closing })
  expect(closed).toMatchObject({ status: 200 })
  server.intent().refunded = refunded
  expect(await reconciled()).toEqual({ charges: 1, details: [] })
})

it('money of an older charge that goes back now is compared as well', async () => {
  await paid()
  world.now += listedMs + day
  expect(await reconciled()).toEqual({ charges: 0, details: [] })
  await world.refund({ amount: gbp(300) })
  expect(await reconciled()).toEqual({ charges: 1, details: [] })
  server.intent().refunded = 500
  expect(await reconciled()).toMatchObject({
    details: ['card ord_1: the provider keeps 500 as pi_1, attempt 1 of the payment 700'],
  })
})

it('every page of the list is read', async () => {
  await paid()
  server.pageSize = 2
  const { metadata } = server.intent()
  for (let number = 2; number <= 5; number += 1)
    server.intents.set(`pi_${number}`, {
      ...server.intent(),
      id: `pi_${number}`,
      metadata: { ...metadata, order: `ord_${number}` },
    })
  const { charges, details } = await reconciled()
  expect([charges, details.length]).toEqual([5, 4])
})
