import { beforeAll, describe, expect, it } from 'vitest'
import type { OrderInput } from '../../schemas/order-input.ts'
import { advance, codeFor, mailTo, settle, state, without } from './control.ts'
import { type SignedIn, anonymous, counts, isLocal, place, raw, signIn, stocked, unique, until } from './target.ts'

let operator: SignedIn
let customer: SignedIn

beforeAll(async () => {
  ;[operator, customer] = await Promise.all([signIn('operator'), signIn('customer')])
})

const timeoutMs = 600_000

/** Lets hours pass, in steps that each answer in time: without its tables each function that is woken tries for a second or two. */
async function awayFor(hours: number): Promise<void> {
  for (let quarter = 0; quarter < 4 * hours; quarter += 1) await advance('15m')
}

const statusOf = async (id: string) => (await customer.api.getOrder({ params: { id } })).status
const card = (token: string): { payment: OrderInput['payment'] } => ({ payment: { method: 'card', token } })

/** Messages and objects in everything that keeps what failed. */
async function deadLetters(): Promise<number> {
  const { queues, buckets } = await state()
  const depths = queues.filter(({ deadLetters: isDead }) => isDead).map(({ depth }) => depth)
  return [...depths, ...buckets.map(({ count }) => count)].reduce((sum, count) => sum + count, 0)
}

describe.runIf(isLocal)('two hours without', () => {
  it.each(['dynamodb', 'events', 'sqs', 'scheduler', 's3', 'secretsmanager', 'cognito-idp', 'ses', 'cloudwatch'])(
    '%s lose nothing and park nothing; what waited is done within five minutes',
    { timeout: timeoutMs },
    async (service) => {
      const sku = await stocked(operator, 20)
      const parked = await deadLetters()
      const toApprove = await place(customer, { [sku]: 1 })
      const toExpire = await place(customer, { [sku]: 2 }, { holdSeconds: 1_800 })
      const underWay = await place(customer, { [sku]: 3 }, { ...card('tok_accepted'), waits: false })

      const request = {
        idempotencyKey: unique('during'),
        body: { lines: [{ sku, quantity: 4 }], ...card('tok_accepted') },
      }
      const refused: unknown[] = []
      await without(service, async () => {
        await customer.api.placeOrder(request).catch((error: unknown) => refused.push(error))
        await operator.api.approveOrder({ params: { id: toApprove.id } }).catch((error: unknown) => refused.push(error))
        await awayFor(2)
      })
      expect(refused.map(String)).toEqual(refused.map(() => expect.stringContaining('unavailable')))
      // The same requests again, as a client does that was asked to come back.
      const during = await until(
        () => customer.api.placeOrder(request),
        () => true,
      )
      await operator.api.approveOrder({ params: { id: toApprove.id } })
      await advance('5m')

      const wanted = ['confirmed', 'expired', 'confirmed', 'confirmed']
      const found = () => Promise.all([toApprove, toExpire, underWay, during].map(({ id }) => statusOf(id)))
      await until(found, (statuses) => String(statuses) === String(wanted))
      expect(await counts(operator, sku)).toEqual([12, 0, 8])
      expect(await deadLetters()).toBe(parked)
      // What the bus and the scheduler themselves try again, up to ten minutes apart, has no effect any more.
      await advance('11m')
      await settle()
      expect(await found()).toEqual(wanted)
      expect(await raw({ method: 'GET', path: '/health/ready' })).toMatchObject({ status: 200 })
    },
  )

  it(
    'mails keep orders and accounts, and send each mail once somebody asks again',
    { timeout: timeoutMs },
    async () => {
      const sku = await stocked(operator, 2)
      const [guest, newcomer] = [unique('guest'), unique('newcomer')].map((name) => `${name}@holdfast.test`)
      const toPlace = {
        idempotencyKey: unique('for-a-guest'),
        body: {
          lines: [{ sku, quantity: 1 }],
          payment: { method: 'manual' as const },
          customerId: 'guest',
          guest: { name: 'Ann Guest', email: guest! },
        },
      }
      const account = { email: newcomer!, password: 'Somebody-1!' }
      const resets = () => anonymous.requestPasswordReset({ body: { email: newcomer! } })
      await without('ses', async () => {
        const unavailable = { status: 503, code: 'unavailable' }
        await expect(operator.api.placeOrder(toPlace)).rejects.toMatchObject(unavailable)
        await anonymous.register({ body: account })
        await expect(resets()).rejects.toMatchObject(unavailable)
        await advance('2h')
      })
      expect([await mailTo(guest!), await mailTo(newcomer!)]).toEqual([undefined, undefined])

      const order = await operator.api.placeOrder(toPlace)
      expect((await mailTo(guest!))?.text).toContain('/guest-orders/')
      expect(await counts(operator, sku)).toEqual([1, 1, 0])
      await resets()
      const code = await codeFor(newcomer!)
      await anonymous.confirmPasswordReset({ body: { email: newcomer!, code, newPassword: 'Somebody-2!' } })
      expect(await anonymous.signIn({ body: { ...account, password: 'Somebody-2!' } })).toHaveProperty('accessToken')
      await operator.api.cancelOrder({ params: { id: order.id } })
      await settle()
    },
  )

  it('the card provider leave the payment in flight, and take it within five minutes', async () => {
    const sku = await stocked(operator, 1)
    const parked = await deadLetters()
    const { id } = await place(customer, { [sku]: 1 }, card('tok_accepted_after_outage'))
    await advance('2h')
    await advance('5m')
    await until(
      () => statusOf(id),
      (status) => status === 'confirmed',
    )
    expect(await counts(operator, sku)).toEqual([0, 0, 1])
    expect(await deadLetters()).toBe(parked)
    await settle()
  })
})
