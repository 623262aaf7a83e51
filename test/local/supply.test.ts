import { beforeAll, describe, expect, it } from 'vitest'
import { settle } from './control.ts'
import { type SignedIn, isLocal, newcomer, place, signIn, stocked, unique } from './target.ts'

let operator: SignedIn
let side: string

beforeAll(async () => {
  operator = await signIn('operator')
  const warehouse = await operator.api.createWarehouse({ body: { name: unique('side'), priority: 900 } })
  side = warehouse.id
})

const soon = '2099-01-02T03:04:05.000Z'
const totals = (sku: string) => operator.api.getStock({ params: { sku } })

const expects = async (sku: string, quantity: number, expectedAt = soon) =>
  operator.api.createInbound({
    params: { sku },
    idempotencyKey: unique('inbound'),
    body: { warehouseId: 'main', quantity, expectedAt, reference: 'PO-7' },
  })

const receives = (id: string, body: { quantity: number; refused?: number; final?: true; reason?: string }) =>
  operator.api.receiveInbound({ params: { id }, idempotencyKey: unique('receipt'), body })

const sends = async (sku: string, quantity: number) => {
  const body = { fromWarehouseId: 'main', toWarehouseId: side, quantity, expectedAt: soon }
  const { transfer } = await operator.api.transferStock({ params: { sku }, body })
  return transfer?.id ?? ''
}

describe('an inbound', () => {
  it('is incoming, comes in parts, and closes short for a reason', async () => {
    const sku = await stocked(operator, 0)
    const { id } = await expects(sku, 10)
    const { items } = await operator.api.listInbound({ params: { sku } })
    expect(items).toMatchObject([{ id, warehouseId: 'main', quantity: 10, expectedAt: soon, reference: 'PO-7' }])
    const first = await receives(id, { quantity: 4, refused: 1 })
    expect(first).toMatchObject({ inbound: { received: 4, refused: 1 }, level: { onHand: 4, incoming: 5 } })
    await expect(receives(id, { quantity: 2, final: true })).rejects.toMatchObject({ code: 'delivery_differs' })
    const last = await receives(id, { quantity: 2, final: true, reason: 'the rest is sold out' })
    expect(last).toMatchObject({ inbound: { received: 6, status: 'closed' }, level: { onHand: 6 } })
    const shown = await totals(sku)
    expect(shown).toMatchObject({ onHand: 6, available: 6 })
    expect(shown).not.toHaveProperty('incoming')
    const moved = await operator.api.listMovements({ params: { sku } })
    expect(moved.items).toMatchObject([
      { kind: 'receive', delta: { available: 2 }, reason: 'the rest is sold out', reference: 'PO-7' },
      { kind: 'receive', delta: { available: 4 }, reason: 'received', reference: 'PO-7' },
    ])
  })

  it('counts ten receipts at once once each, and takes no more than was ordered', async () => {
    const sku = await stocked(operator, 0)
    const { id } = await expects(sku, 7)
    const answers = await Promise.allSettled(Array.from({ length: 10 }, () => receives(id, { quantity: 1 })))
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(7)
    expect(await totals(sku)).toMatchObject({ onHand: 7 })
    expect(await operator.api.getInbound({ params: { id } })).toMatchObject({ received: 7, status: 'received' })
  })

  it('is amended and cancelled', async () => {
    const sku = await stocked(operator, 0)
    const { id } = await expects(sku, 5)
    await receives(id, { quantity: 2 })
    const amend = (quantity: number) => operator.api.updateInbound({ params: { id }, body: { quantity } })
    await expect(amend(1)).rejects.toMatchObject({ code: 'below_received' })
    expect(await amend(8)).toMatchObject({ quantity: 8, received: 2 })
    expect(await totals(sku)).toMatchObject({ incoming: 6 })
    await operator.api.cancelInbound({ params: { id } })
    await operator.api.cancelInbound({ params: { id } })
    expect(await totals(sku)).not.toHaveProperty('incoming')
    await expect(receives(id, { quantity: 1 })).rejects.toMatchObject({ code: 'inbound_over' })
  })
})

describe('a transfer with a time in transit', () => {
  it('is on its way until it is received, and names what is missing', async () => {
    const sku = await stocked(operator, 10)
    const id = await sends(sku, 6)
    expect(await totals(sku)).toMatchObject({ onHand: 4, incoming: 6, inTransit: 6 })
    const arrive = (body: { quantity: number; missing?: number; reason?: string }) =>
      operator.api.receiveTransfer({ params: { id }, idempotencyKey: unique('arrival'), body })
    await expect(arrive({ quantity: 7 })).rejects.toMatchObject({ code: 'transfer_exceeded' })
    await arrive({ quantity: 2 })
    const { transfer, level } = await arrive({ quantity: 3, missing: 1, reason: 'one fell off the truck' })
    expect(transfer).toMatchObject({ received: 5, missing: 1, status: 'received' })
    expect(level).toMatchObject({ warehouseId: side, onHand: 5 })
    expect(await totals(sku)).toMatchObject({ onHand: 9 })
    const moved = await operator.api.listMovements({ params: { sku } })
    expect(moved.items[0]).toMatchObject({
      kind: 'writeOff',
      delta: { available: -1 },
      reason: 'one fell off the truck',
    })
  })

  it('is listed while it is open, and goes back when it is called back', async () => {
    const sku = await stocked(operator, 3)
    const id = await sends(sku, 3)
    const open: string[] = []
    let cursor: string | undefined
    do {
      const query = { limit: 2, ...(cursor !== undefined && { cursor }) }
      const page = await operator.api.listTransfers({ query })
      open.push(...page.items.map((each) => each.id))
      cursor = page.cursor
    } while (cursor !== undefined)
    expect(open).toContain(id)
    await operator.api.recallTransfer({ params: { id } })
    expect(await operator.api.getTransfer({ params: { id } })).toMatchObject({ returned: 3, status: 'returned' })
    expect(await totals(sku)).toMatchObject({ onHand: 3, available: 3 })
  })
})

describe.runIf(isLocal)('an order that waits', () => {
  it('shows when enough is expected, and is filled by what is received before any new order', async () => {
    const [first, second] = [await newcomer(), await newcomer()]
    const sku = await stocked(operator, 0, { backorder: { allowed: true } })
    const { id } = await expects(sku, 3)
    const waiting = await place(first, { [sku]: 3 }, { backorder: true })
    expect(waiting).toMatchObject({ status: 'backordered', backorder: { estimatedAt: soon } })
    await receives(id, { quantity: 2 })
    await settle()
    expect((await place(second, { [sku]: 1 })).status).toBe('rejected')
    await receives(id, { quantity: 1 })
    await settle()
    expect(await operator.api.getOrder({ params: { id: waiting.id } })).toMatchObject({ status: 'reserved' })
    expect(await totals(sku)).toMatchObject({ onHand: 3, available: 0, reserved: 3 })
  })
})
