import { describe, expect, it } from 'vitest'
import type { HeldLine } from '../../schemas/held-lines.ts'
import { maxReductions, reduced, reductionsOf } from '../../functions/shipping/core/cancel-line.ts'
import { emits } from '../../functions/shipping/core/emits.ts'
import { type Shipments, evolve, isNothingSent, noShipments } from '../../functions/shipping/core/shipments.ts'

const at = '2026-01-01T00:00:00.000Z'
const packed = (...lines: readonly HeldLine[]): Shipments =>
  evolve(
    evolve(noShipments('ord_1'), { name: 'allocated', lines }, at),
    { name: 'confirmed', cause: 'c', customerId: 'user-1' },
    at,
  )
const sent = (shipments: Shipments, part: number): Shipments =>
  evolve(shipments, { name: 'parcel', part, event: { name: 'dispatched', carrier: 'Post' } }, at)
const cancel = (before: Shipments, sku: string, quantity?: number) => {
  const reductions = reductionsOf(before, sku, quantity)
  if (typeof reductions === 'string') throw new Error(reductions)
  const after = reduced(before, reductions, { by: 'user-1', as: 'customer' }, at)
  return { after, events: emits(before, after) }
}

describe('a line that is cancelled', () => {
  it('shrinks its parcel, which goes on', () => {
    const { after, events } = cancel(packed(['mug', 'main', 3], ['cup', 'main', 1]), 'mug', 2)
    expect(after.parcels[0]).toMatchObject({
      status: 'created',
      reductions: 1,
      lines: [
        ['mug', 1, 0],
        ['cup', 1, 0],
      ],
    })
    expect(after.dropped).toEqual([['mug', 'main', 2, 1]])
    expect(events).toEqual([{ name: 'shipment.reduced', part: 1 }])
  })
  it('leaves the parcel whole, or ends it with its last units', () => {
    const { after } = cancel(packed(['mug', 'main', 3], ['cup', 'main', 1]), 'mug')
    expect(after.parcels[0]?.lines).toEqual([['cup', 1, 0]])
    const last = cancel(after, 'cup')
    expect(last.after.parcels[0]).toMatchObject({ status: 'cancelled', withdrawn: true, emptied: true })
    expect(last.events).toEqual([{ name: 'shipment.withdrawn', part: 1 }])
    expect(isNothingSent(last.after)).toBe(true)
  })
  it('is taken from the last parcels first, and from none that has left', () => {
    const both = packed(['mug', 'main', 3], ['mug', 'side', 2], ['cup', 'side', 1])
    const { after, events } = cancel(both, 'mug', 3)
    expect(after.parcels.map(({ lines }) => lines)).toEqual([[['mug', 2, 0]], [['cup', 1, 0]]])
    expect(events.map(({ part }) => part)).toEqual([1, 2])
    expect(cancel(sent(both, 2), 'mug').after.parcels.map(({ status }) => status)).toEqual(['cancelled', 'dispatched'])
  })
  it('is refused where units have left, where nothing is left, and where it is more than that', () => {
    const both = sent(packed(['mug', 'main', 3], ['mug', 'side', 2]), 1)
    expect(reductionsOf(both, 'mug', 3)).toBe('line_dispatched')
    expect(reductionsOf(both, 'mug', 6)).toBe('line_exceeded')
    expect(reductionsOf(sent(both, 2), 'mug', undefined)).toBe('line_dispatched')
    expect(reductionsOf(cancel(packed(['mug', 'main', 1]), 'mug').after, 'mug', 1)).toBe('line_cancelled')
  })
  it('is cancelled so many times in one order, over all of its parcels, those too that a part of them left', () => {
    let order = packed(['mug', 'main', 200], ['cup', 'side', 200])
    for (let times = 0; times < maxReductions; times += 1) {
      order = cancel(order, times % 2 === 0 ? 'mug' : 'cup', 1).after
      if (times === 49)
        order = evolve(
          order,
          {
            name: 'parcel',
            part: 1,
            event: { name: 'dispatched', carrier: 'Post', lines: [{ sku: 'mug', quantity: 1 }] },
          },
          at,
        )
    }
    expect(order.parcels.map(({ reductions }) => reductions)).toEqual([25, 50, 25])
    expect([reductionsOf(order, 'mug', 1), reductionsOf(order, 'cup', 149)]).toEqual(
      Array(2).fill('too_many_cancellations'),
    )
    // What empties a parcel ends it, and adds to nothing.
    expect(cancel(order, 'cup').after.parcels[1]).toMatchObject({ status: 'cancelled', emptied: true, reductions: 50 })
    const closed = evolve(order, { name: 'closed', cause: 'x', customerId: 'user-1' }, at)
    expect(closed.parcels.map(({ status }) => status)).toEqual(['dispatched', 'cancelled', 'cancelled'])
  })
})
