import { beforeAll, describe, expect, it } from 'vitest'
import type { Movement } from '../../schemas/movement.ts'
import { type SignedIn, place, signIn, stocked, unique, until } from './target.ts'

let operator: SignedIn
let customer: SignedIn

beforeAll(async () => {
  ;[operator, customer] = await Promise.all([signIn('operator'), signIn('customer')])
})

/** Every movement of a sku, by pages of three. */
async function ledgerOf(sku: string): Promise<readonly Movement[]> {
  const items: Movement[] = []
  let cursor: string | undefined
  do {
    const query = { limit: 3, ...(cursor !== undefined && { cursor }) }
    const page = await operator.api.listMovements({ params: { sku }, query })
    items.push(...page.items)
    cursor = page.cursor
  } while (cursor !== undefined)
  return items
}

const available = async (sku: string): Promise<number> =>
  (await operator.api.getLevels({ params: { sku } })).items[0]?.available ?? 0

const setAside = (sku: string, move: 'in' | 'writeOff') =>
  operator.api.moveUnavailable({
    params: { sku },
    idempotencyKey: unique('aside'),
    body: { warehouseId: 'main', quantity: 1, kind: 'damaged', move, reason: 'fell off the shelf' },
  })

describe('the ledger', () => {
  it('has every change of a level, and each follows from the one before', async () => {
    const sku = await stocked(operator, 20)
    const orders = []
    for (let count = 0; count < 6; count += 1) orders.push((await place(customer, { [sku]: 2 })).id)
    for (const id of orders) await customer.api.cancelOrder({ params: { id } })
    await until(
      () => available(sku),
      (units) => units === 20,
    )
    await setAside(sku, 'in')
    await setAside(sku, 'writeOff')
    const movements = (await ledgerOf(sku)).toReversed()
    expect(movements).toHaveLength(15)
    expect(new Set(movements.map(({ id }) => id)).size).toBe(15)
    let level = { available: 0, reserved: 0, allocated: 0, unavailable: 0 }
    for (const { delta, after } of movements) {
      level = {
        available: level.available + (delta.available ?? 0),
        reserved: level.reserved + (delta.reserved ?? 0),
        allocated: level.allocated + (delta.allocated ?? 0),
        unavailable: level.unavailable + (delta.unavailable ?? 0),
      }
      expect(after).toMatchObject(level)
    }
    expect((await operator.api.getLevels({ params: { sku } })).items[0]).toMatchObject({ ...level, onHand: 19 })
    for (const id of orders)
      expect(movements.filter(({ reference }) => reference === id).map(({ kind }) => kind)).toEqual([
        'reserve',
        'release',
      ])
    expect(movements.at(-1)).toMatchObject({ kind: 'writeOff', by: operator.userId, reason: 'fell off the shelf' })
  })
})

describe('units that are kept back', () => {
  it('are on hand and not sold', async () => {
    const sku = await stocked(operator, 5)
    const params = { sku, warehouseId: 'main' }
    const { level } = await operator.api.setLevel({ params, body: { keepBack: 3 } })
    expect(level).toMatchObject({ onHand: 5, available: 5, keepBack: 3 })
    expect(await operator.api.getStock({ params: { sku } })).toMatchObject({ onHand: 5, available: 2, keepBack: 3 })
    const refused = await place(customer, { [sku]: 3 })
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'insufficient_stock' } })
    expect((await place(customer, { [sku]: 2 })).status).toBe('reserved')
    expect(await operator.api.getStock({ params: { sku } })).toMatchObject({ available: 0, keepBack: 3, reserved: 2 })
  })
})
