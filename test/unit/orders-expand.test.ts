import { beforeEach, describe, expect, it } from 'vitest'
import { headerOf } from '../claims.ts'
import { type OrdersWorld, customer, operator, ordersWorld, other } from './orders-world.ts'

let world: OrdersWorld
let id: string
const asked: string[] = []
const payment = {
  id: 'pay_1',
  orderId: 'ord_1',
  customerId: customer.sub,
  method: 'manual',
  status: 'requested',
  amount: { amount: 500, currency: 'GBP' },
  captured: { amount: 0, currency: 'GBP' },
  refunded: { amount: 0, currency: 'GBP' },
  attempts: [],
  refunds: [],
  createdAt: '2026-11-21T10:00:00.000Z',
  updatedAt: '2026-11-21T10:00:00.000Z',
}

beforeEach(async () => {
  world = ordersWorld()
  asked.length = 0
  await world.sells('mug')
  ;({ id } = await world.place())
  world.parts = {
    payments: async (order, authorization) => {
      asked.push(`payments ${order} ${authorization}`)
      return { status: 200, body: { items: [payment] } }
    },
    shipments: async (order, authorization) => {
      asked.push(`shipments ${order} ${authorization}`)
      return { status: 200, body: { items: [] } }
    },
  }
})

const get = (expand?: string, claims: Record<string, string> = customer) =>
  world.call(claims, 'GET /orders/{id}', { id, ...(expand !== undefined && { query: { expand } }) })

describe('an order that is expanded', () => {
  it('has what each route has of it, asked for with the token of the caller', async () => {
    const { body } = await get('payments,shipments,history')
    expect(body).toMatchObject({ id, payments: [payment], shipments: [] })
    const { body: history } = await world.call(customer, 'GET /orders/{id}/history', { id })
    expect(body['history']).toEqual(history['items'])
    expect(body).not.toHaveProperty('missing')
    expect(asked).toEqual([`payments ${id} ${headerOf(customer)}`, `shipments ${id} ${headerOf(customer)}`])
  })
  it('asks nobody for what is not expanded, and once for what is named twice', async () => {
    for (const expand of [undefined, 'history']) expect((await get(expand)).status).toBe(200)
    expect(asked).toEqual([])
    await get('shipments,shipments')
    expect(asked).toHaveLength(1)
  })
  it.each([
    ['does not answer', async () => Promise.reject(new Error('away')), 'unavailable'],
    ['fails', async () => ({ status: 503, body: {} }), 'unavailable'],
    ['answers something else', async () => ({ status: 200, body: { items: [{ id: 1 }] } }), 'unavailable'],
    ['refuses the token', async () => ({ status: 403, body: {} }), 'forbidden'],
  ])('names what is missing where a service %s', async (_, payments, code) => {
    world.parts = { ...world.parts, payments }
    const { status, body } = await get('history,payments,shipments')
    expect(status).toBe(200)
    expect(body).toMatchObject({ id, shipments: [], missing: [{ what: 'payments', code }] })
    expect(body['history']).toHaveLength(1)
    expect(body).not.toHaveProperty('payments')
  })
  it('of another customer asks nobody', async () => {
    expect(await get('payments', other)).toMatchObject({ status: 404 })
    expect(asked).toEqual([])
  })
  it.each(['lines', '', 'payments,', 'Payments', 'payments, history'])(
    'by %j names what is allowed',
    async (expand) => {
      const { status, body } = await get(expand, operator)
      expect([status, body['code']]).toEqual([400, 'validation_failed'])
      expect(JSON.stringify(body['errors'])).toMatch(/expand.*payments.*shipments.*history/)
    },
  )
})
