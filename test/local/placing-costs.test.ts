import { beforeAll, describe, expect, it } from 'vitest'
import type { OrderInput } from '../../schemas/order-input.ts'
import { settle } from './control.ts'
import { usedBy } from './one-order.ts'
import { type SignedIn, isLocal, newcomer, signIn, stocked, unique } from './target.ts'

describe.runIf(isLocal)('what an order has beside it', () => {
  let operator: SignedIn
  let sku: string
  let customerId: string

  beforeAll(async () => {
    operator = await signIn('operator')
    sku = await stocked(operator, 20)
    customerId = (await newcomer()).userId
  })

  /** The write units that orders use until it is held, or waits for its payment. */
  const placing = async (more: Partial<OrderInput>): Promise<number> => {
    await settle()
    const before = await usedBy('-orders-')
    const body = { lines: [{ sku, quantity: 1 }], payment: { method: 'manual' as const }, customerId, ...more }
    await operator.api.placeOrder({ idempotencyKey: unique('cost'), body })
    await settle()
    return (await usedBy('-orders-')).writeUnits - before.writeUnits
  }

  it.each<[what: string, units: number, more: Partial<OrderInput>]>([
    ['a guest', 7, { customerId: 'guest', guest: { name: 'Ann', email: 'ann@guest.test' } }],
    ['metadata', 3, { metadata: { channel: 'telephone' } }],
    ['a reference', 5, { reference: unique('PO') }],
    ['notes of two kilobytes with its lines', 5, { notes: 'x'.repeat(1_000) }],
  ])('costs with %s as many write units more as docs/costs.md has it: %i', async (_, units, more) => {
    const plain = await placing({})
    expect((await placing(more)) - plain).toBe(units)
  })
})
