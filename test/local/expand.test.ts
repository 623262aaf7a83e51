import { describe, expect, it } from 'vitest'
import { place, raw, signIn, stocked, unique, until } from './target.ts'

describe('GET /orders/{id}?expand=', () => {
  it('answers what the other routes answer', async () => {
    const [operator, customer] = [await signIn('operator'), await signIn('customer')]
    const { id } = await place(customer, { [await stocked(operator, 1)]: 1 })
    await operator.api.approveOrder({ params: { id } })
    const params = { id }
    await until(
      () => customer.api.listShipments({ params }),
      ({ items }) => items.length > 0,
    )
    const expanded = await until(
      () => customer.api.getOrder({ params, query: { expand: 'payments,shipments,history' } }),
      ({ payments = [], shipments = [], facts }) =>
        payments.length > 0 && shipments.length > 0 && facts.fulfilment === 'created',
    )
    expect(expanded.payments).toEqual((await customer.api.listPayments({ params })).items)
    expect(expanded.shipments).toEqual((await customer.api.listShipments({ params })).items)
    expect(expanded.history).toEqual((await customer.api.getOrderHistory({ params })).items)
    expect(expanded).not.toHaveProperty('missing')
    const { payments: _, shipments: __, history: ___, ...order } = expanded
    expect(order).toEqual(await customer.api.getOrder({ params }))
  })
  it('names what a key may not see', async () => {
    const operator = await signIn('operator')
    const { id } = await place(operator, { [await stocked(operator, 1)]: 1 })
    const { key } = await operator.api.createApiKey({
      body: { name: unique('reader'), scopes: ['orders:read'] },
    })
    const { status, body } = await raw({
      method: 'GET',
      path: `/orders/${id}?expand=payments,shipments`,
      headers: { authorization: `Bearer ${key}` },
    })
    expect(status).toBe(200)
    expect(body).toMatchObject({ id, shipments: [], missing: [{ what: 'payments', code: 'forbidden' }] })
  })
  it('refuses another name, and names those that there are', async () => {
    const { token } = await signIn('operator')
    const headers = { authorization: `Bearer ${token}` }
    const answer = await raw({ method: 'GET', path: '/orders/ord_1?expand=lines', headers })
    expect(answer.status).toBe(400)
    expect(JSON.stringify(answer.body)).toMatch(/payments.*shipments.*history/)
  })
})
