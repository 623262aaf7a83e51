import { describe, expect, it } from 'vitest'
import { shop } from './supply-shop.ts'

describe('a transfer with a time in transit', () => {
  it('takes units at once, and brings them in when they are received', async () => {
    const { sends, arrives, totals, listed, moved } = await shop(10)
    const { status, headers, body } = await sends(4)
    const { id } = body.transfer
    expect([status, headers['location']]).toEqual([201, `/transfers/${id}`])
    expect(body).toMatchObject({
      from: { onHand: 6 },
      to: { warehouseId: 'side', onHand: 0, incoming: 4, inTransit: 4 },
      transfer: { quantity: 4, received: 0, missing: 0, returned: 0, status: 'in_transit' },
    })
    expect(await totals()).toMatchObject({ onHand: 6, incoming: 4, inTransit: 4 })
    expect(await listed('GET /transfers')).toEqual([id])
    expect(await listed('GET /inventory/{sku}/inbound')).toEqual([])
    expect((await arrives(id, { quantity: 1 })).body).toMatchObject({
      transfer: { received: 1 },
      level: { onHand: 1, inTransit: 3 },
    })
    expect((await arrives(id, { quantity: 4 })).body).toMatchObject({
      code: 'transfer_exceeded',
      detail: '3 units are in transit.',
    })
    expect((await arrives(id, { quantity: 3 })).body.transfer).toMatchObject({ received: 4, status: 'received' })
    expect(await totals()).toMatchObject({ onHand: 10 })
    expect(await totals()).not.toHaveProperty('inTransit')
    expect(await listed('GET /transfers')).toEqual([])
    expect((await arrives(id, { quantity: 1 })).body.code).toBe('transfer_over')
    expect((await moved()).slice(0, 3)).toEqual([
      ['side', 'transfer', 3, 'transfer', id],
      ['side', 'transfer', 1, 'transfer', id],
      ['main', 'transfer', -4, 'transfer', id],
    ])
  })

  it('writes off what is missing, with its reason', async () => {
    const { sends, arrives, totals, moved } = await shop(10)
    const { id } = (await sends(4)).body.transfer
    expect((await arrives(id, { quantity: 1, missing: 1, reason: 'one box fell' })).body).toMatchObject({
      transfer: { received: 1, missing: 1, status: 'in_transit' },
      level: { onHand: 1, inTransit: 2 },
    })
    expect((await arrives(id, { quantity: 0, missing: 2, reason: 'the others, too' })).body.transfer.status).toBe(
      'received',
    )
    expect(await totals()).toMatchObject({ onHand: 7 })
    expect((await moved()).slice(0, 4)).toEqual([
      ['side', 'writeOff', -2, 'the others, too', id],
      ['side', 'transfer', 2, 'transfer', id],
      ['side', 'writeOff', -1, 'one box fell', id],
      ['side', 'transfer', 2, 'transfer', id],
    ])
  })

  it('goes back as far as it has not come', async () => {
    const { sends, arrives, recalls, totals, call } = await shop(10)
    const { id } = (await sends(4)).body.transfer
    await arrives(id, { quantity: 1 })
    expect((await recalls(id)).status).toBe(204)
    expect((await recalls(id)).status).toBe(204)
    expect((await call('GET /transfers/{id}', { as: 'operator', params: { id } })).body).toMatchObject({
      received: 1,
      returned: 3,
      status: 'returned',
    })
    expect(await totals()).toMatchObject({ onHand: 10 })
    const { body } = await call('GET /inventory/{sku}/levels', { as: 'operator', params: { sku: 'A' } })
    expect(body.items).toMatchObject([
      { warehouseId: 'main', onHand: 9 },
      { warehouseId: 'side', onHand: 1 },
    ])
    const whole = (await sends(1)).body.transfer.id
    await arrives(whole, { quantity: 1 })
    expect((await recalls(whole)).body.code).toBe('transfer_over')
  })

  it('sends no more than is available, and nothing at once any more than before', async () => {
    const { sends, call } = await shop(3)
    expect((await sends(4)).body.code).toBe('insufficient_stock')
    const body = { fromWarehouseId: 'main', toWarehouseId: 'side', quantity: 3 }
    const answer = await call('POST /inventory/{sku}/transfers', { as: 'operator', params: { sku: 'A' }, body })
    expect(answer.body).not.toHaveProperty('transfer')
    expect(answer.headers).toMatchObject({ location: '/inventory/A/levels' })
    expect(answer.body.to).toMatchObject({ onHand: 3 })
  })

  it.each([
    ['GET /transfers/{id}', undefined],
    ['DELETE /transfers/{id}', undefined],
    ['POST /transfers/{id}/receipts', { quantity: 1 }],
  ])('has to be there: %s', async (route, body) => {
    const { call } = await shop()
    const asked = { as: 'operator', params: { id: 'trf_x' }, headers: { 'idempotency-key': 'k' }, body }
    expect((await call(route, asked)).body.code).toBe('transfer_not_found')
  })

  it('loses the one unit of a unique product, or finds it', async () => {
    const { sends, arrives, adjust, recalls } = await shop(1, { unique: true })
    const { id } = (await sends(1)).body.transfer
    await adjust('A', 1)
    expect((await arrives(id, { quantity: 1 })).body.code).toBe('unique_exceeded')
    expect((await recalls(id)).body.code).toBe('unique_exceeded')
    expect((await arrives(id, { quantity: 0, missing: 1, reason: 'counted twice' })).body.transfer.status).toBe(
      'received',
    )
  })
})
