import { beforeEach, describe, expect, it } from 'vitest'
import { customer, operator, paymentsWorld } from './payments-world.ts'

let world: ReturnType<typeof paymentsWorld>
const card = (token: string) => ({ method: 'card' as const, token })
const authorized = () => world.calls.filter((name) => name.startsWith('authorize')).length

beforeEach(() => {
  world = paymentsWorld()
  world.rates = { declinedCards: { most: 2, seconds: 86_400 } }
})

/** Has two cards declined, each for an order of its own. */
async function tooMany(): Promise<void> {
  for (const orderId of ['ord_a', 'ord_b']) await world.reserve(card('tok_expired_card'), { orderId })
}

const attemptsOf = async (claims: Record<string, string>, orderId: string) =>
  (await world.call(claims, 'GET /orders/{id}/payments', { id: orderId })).body.items[0].attempts

describe('after too many declined cards in a day', () => {
  it('the card of another order is declined without asking the provider; operators are shown so, customers are not', async () => {
    await tooMany()
    const before = authorized()
    await world.reserve(card('tok_accepted'), { orderId: 'ord_c' })
    expect(authorized()).toBe(before)
    expect(await attemptsOf(operator, 'ord_c')).toMatchObject([
      { state: 'declined', reason: 'card_declined', withheld: true },
    ])
    const [shown] = await attemptsOf(customer, 'ord_c')
    expect(shown).toEqual({ method: 'card', state: 'declined', reason: 'card_declined', at: shown.at })
  })

  it('another try is refused, before the provider is asked, with the time when one may be made', async () => {
    await tooMany()
    const before = authorized()
    expect(await world.pay(card('tok_accepted'), { id: 'ord_a' })).toMatchObject({
      status: 429,
      headers: { 'retry-after': '86400' },
      body: { code: 'too_many_requests' },
    })
    expect(authorized()).toBe(before)
    expect(await attemptsOf(customer, 'ord_a')).toHaveLength(1)
  })

  it('cards are tried again when the time of the rate is over', async () => {
    world.rates = { declinedCards: { most: 2, seconds: 3_600 } }
    await tooMany()
    world.now += 3_600_000
    await world.reserve(card('tok_accepted'), { orderId: 'ord_c' })
    expect(await attemptsOf(operator, 'ord_c')).toMatchObject([{ state: 'authorized' }])
  })

  it('operators pay for the customer, and the customer from the wallet', async () => {
    await tooMany()
    await world.deposit(5_000)
    const pay = (claims: Record<string, string>, body: object, orderId: string) =>
      world.call(claims, 'POST /orders/{id}/payments', { id: orderId, body })
    expect(await pay(operator, card('tok_accepted'), 'ord_a')).toMatchObject({ status: 201 })
    expect(await pay(customer, { method: 'wallet' }, 'ord_b')).toMatchObject({
      status: 201,
      body: { status: 'captured' },
    })
    expect(await attemptsOf(operator, 'ord_a')).toMatchObject([{ state: 'declined' }, { state: 'authorized' }])
  })

  it('an order that costs nothing is paid', async () => {
    await tooMany()
    await world.reserve(card('tok_accepted'), { orderId: 'ord_c', total: { amount: 0, currency: 'GBP' } })
    expect(await attemptsOf(customer, 'ord_c')).toMatchObject([{ state: 'captured' }])
  })
})

describe('declined cards', () => {
  it('count once each, however often the report comes, and those that were not tried count not at all', async () => {
    await world.reserve(card('tok_declined'), { orderId: 'ord_a', eventId: 'e' })
    await world.reserve(card('tok_declined'), { orderId: 'ord_a', eventId: 'e' })
    await world.sweep()
    const counts = () => world.table.items().filter(({ sk }) => sk === 'count')
    expect(counts()).toMatchObject([{ count: 1 }])
    await world.reserve(card('tok_declined'), { orderId: 'ord_b' })
    await world.reserve(card('tok_declined'), { orderId: 'ord_c' })
    expect(counts()).toMatchObject([{ count: 2 }])
    expect(JSON.stringify(counts())).not.toContain(customer.sub)
  })

  it('are not counted where the wallet is too small', async () => {
    await world.reserve({ method: 'wallet' })
    expect(world.table.items().filter(({ sk }) => sk === 'count')).toEqual([])
  })

  it.each(['tok_expired_card', 'tok_declined', 'no_such_token'])(
    'have one reason for the customer and the exact one for operators: %s',
    async (token) => {
      await world.reserve(card(token))
      expect(await attemptsOf(customer, 'ord_1')).toMatchObject([{ reason: 'card_declined' }])
      const [{ reason }] = await attemptsOf(operator, 'ord_1')
      expect(reason).toBe({ tok_expired_card: 'card_expired', tok_declined: 'card_declined' }[token] ?? 'unknown_token')
    },
  )
})
