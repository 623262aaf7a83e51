import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reduced, reductionsOf } from '../../functions/shipping/core/cancel-line.ts'
import type { ParcelEvent } from '../../functions/shipping/core/parcel.ts'
import { emits, emitsAgain } from '../../functions/shipping/core/emits.ts'
import {
  type Shipments,
  evolve,
  leftWarehouses,
  noShipments,
  refusal,
  status,
} from '../../functions/shipping/core/shipments.ts'
import { leftInAll, maxParcelLines, maxParcels } from '../../functions/shipping/core/split.ts'
import { readShipments, shipmentsItem } from '../../functions/shipping/store/shipments-item.ts'
import type { HeldLine } from '../../schemas/held-lines.ts'

const at = '2026-01-01T00:00:00.000Z'
const later = '2026-01-02T00:00:00.000Z'

/** An order that is packed: three mugs and two plates in `main`, a mug in `side`. */
const packed = (
  lines: readonly HeldLine[] = [
    ['mug', 'main', 3],
    ['plate', 'main', 2],
    ['mug', 'side', 1],
  ],
): Shipments =>
  evolve(
    evolve(noShipments('ord_1'), { name: 'allocated', lines }, at),
    { name: 'confirmed', cause: 'c', customerId: 'u' },
    at,
  )

const leaves = (...lines: readonly [string, number][]): ParcelEvent => ({
  name: 'dispatched',
  carrier: 'Post',
  ...(lines.length > 0 && { lines: lines.map(([sku, quantity]) => ({ sku, quantity })) }),
})
const does = (before: Shipments, part: number, event: ParcelEvent): Shipments =>
  evolve(before, { name: 'parcel', part, event }, later)
const unitsOf = ({ parcels }: Shipments) =>
  parcels.map(({ status: is, lines }) => [is, ...lines.map(([sku, units]) => `${sku} ${units}`)].join(' '))

describe('a parcel of which a part leaves', () => {
  it('leaves with that, and what stays is the last parcel, as old as it was', () => {
    const after = does(packed(), 1, leaves(['mug', 2]))
    expect(unitsOf(after)).toEqual(['dispatched mug 2', 'created mug 1', 'created mug 1 plate 2'])
    expect(after.parcels[0]).toMatchObject({ restPart: 3, carrier: 'Post', updatedAt: later })
    expect(after.parcels[2]).toMatchObject({ warehouseId: 'main', createdAt: at, returns: 0 })
    expect(status(after)).toBe('partially_shipped')
    expect(emits(packed(), after)).toEqual([
      { name: 'shipment.part_dispatched', part: 1 },
      { name: 'shipment.created', part: 3 },
    ])
  })

  it('leaves whole where all of it is named', () => {
    const after = does(packed(), 1, leaves(['plate', 2], ['mug', 3]))
    expect(after).toEqual(does(packed(), 1, leaves()))
    expect(emits(packed(), after)).toEqual([{ name: 'shipment.dispatched', part: 1 }])
    expect(leftWarehouses(after)).toEqual(['main'])
  })

  it('knows what left with it: the same again changes nothing, and anything else is refused', () => {
    const after = does(packed(), 1, leaves(['mug', 2]))
    expect(does(after, 1, leaves(['mug', 2]))).toBe(after)
    for (const other of [leaves(), leaves(['mug', 1]), leaves(['mug', 2], ['plate', 2])])
      expect(refusal(after, 1, other)).toEqual({ code: 'shipment_state', status: 'dispatched' })
    expect(refusal(after, 1, { ...leaves(['mug', 2]), carrier: 'Van' } as ParcelEvent)).toBeDefined()
  })

  it('has no more than it has', () => {
    expect(refusal(packed(), 1, leaves(['mug', 4], ['plate', 2], ['cup', 1]))).toEqual({
      code: 'dispatch_exceeds_shipment',
      lines: [
        { index: 0, there: 3 },
        { index: 2, there: 0 },
      ],
    })
  })

  it('sends the rest in further parts, and completes the order with the last of it', () => {
    const events = (before: Shipments, part: number, event: ParcelEvent) => {
      const after = does(before, part, event)
      return [after, emits(before, after).map(({ name }) => name)] as const
    }
    const first = does(does(packed(), 2, leaves()), 1, leaves(['mug', 1]))
    const [second, emitted] = events(first, 3, leaves(['mug', 2]))
    expect(emitted).toEqual(['shipment.part_dispatched', 'shipment.created'])
    expect(leftInAll(second.parcels)).toEqual([['mug', 'main', 3]])
    expect(leftWarehouses(second)).toEqual(['side'])
    const [third, last] = events(second, 4, leaves())
    expect(last).toEqual(['shipment.part_dispatched'])
    expect(status(third)).toBe('shipped')
    const arrived = [1, 2, 3, 4].reduce((before, part) => does(before, part, { name: 'delivered' }), third)
    expect(status(arrived)).toBe('delivered')
  })

  it('leaves the rest to be withdrawn, cancelled by line, or closed with the order', () => {
    const split = does(packed(), 1, leaves(['mug', 2]))
    const withdrawn = does(split, 3, { name: 'failed' })
    expect(emits(split, withdrawn)).toEqual([{ name: 'shipment.part_withdrawn', part: 3 }])
    const reductions = reductionsOf(split, 'mug', 2)
    expect(reductions).toEqual([
      { part: 3, sku: 'mug', quantity: 1, empties: false },
      { part: 2, sku: 'mug', quantity: 1, empties: true },
    ])
    expect(
      reduced(split, reductions as Exclude<typeof reductions, string>, { by: 'user-1', as: 'customer' }, later).dropped,
    ).toEqual([['mug', 'main', 1, 3]])
    expect(reductionsOf(split, 'mug', 3)).toBe('line_dispatched')
    const closed = evolve(split, { name: 'closed', cause: 'x', customerId: 'u' }, later)
    expect(emits(split, closed)).toEqual([{ name: 'shipment.rest_cancelled' }])
    expect(unitsOf(closed)).toEqual(['dispatched mug 2', 'cancelled mug 1', 'cancelled mug 1 plate 2'])
  })

  it('names in a return the part that came back, of which there are so many to a warehouse', () => {
    const away = does(does(packed(), 1, leaves(['mug', 2])), 3, leaves())
    const back = does(away, 3, { name: 'returned', lines: [{ sku: 'mug', quantity: 1, condition: 'restock' }] })
    expect(emits(away, back)).toEqual([{ name: 'shipment.part_returned', part: 3 }])
    expect(emitsAgain(back).filter(({ name }) => name === 'shipment.part_returned')).toEqual([
      { name: 'shipment.part_returned', part: 3 },
    ])
    const often = { ...back, parcels: back.parcels.with(0, { ...back.parcels[0]!, returns: 99 }) }
    expect(refusal(often, 3, { name: 'returned' })).toEqual({ code: 'too_many_returns' })
  })

  it('is refused where the order has as many parcels as it can, and not where all of it leaves', () => {
    const many = packed([['mug', 'main', maxParcels + 1]])
    let [state, part] = [many, 1]
    while (state.parcels.length < maxParcels) {
      state = does(state, part, leaves(['mug', 1]))
      part = state.parcels.length
    }
    expect(refusal(state, part, leaves(['mug', 1]))).toEqual({ code: 'too_many_parcels' })
    expect(refusal(state, part, leaves(['mug', 2]))).toBeUndefined()
  })

  it('is refused where its lines would be more than an item has place for', () => {
    const lines = Array.from({ length: 1_000 }, (_, index): HeldLine => [`sku-${index}`, 'main', 5])
    const all = lines.map(([sku]): [string, number] => [sku, 1])
    const twice = does(does(packed(lines), 1, leaves(...all)), 2, leaves(...all.slice(0, maxParcelLines - 2_000)))
    expect(twice.parcels.flatMap((parcel) => parcel.lines)).toHaveLength(maxParcelLines)
    expect(refusal(twice, 3, leaves(['sku-0', 1]))).toEqual({ code: 'too_many_parcels' })
    expect(refusal(twice, 3, leaves(['sku-0', 3]))).toBeUndefined()
  })

  it('never changes how many units there are', () => {
    const step = fc.record({ part: fc.nat(4), mugs: fc.nat(3), plates: fc.nat(3) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), (steps) => {
        const after = steps.reduce((before, { part, mugs, plates }) => {
          const named = (
            [
              ['mug', mugs],
              ['plate', plates],
            ] as [string, number][]
          ).filter(([, units]) => units > 0)
          const event = leaves(...named)
          const isThere = part < before.parcels.length
          return isThere && !refusal(before, part + 1, event) ? does(before, part + 1, event) : before
        }, packed())
        const sums = new Map<string, number>()
        for (const { lines, warehouseId } of after.parcels)
          for (const [sku, units] of lines)
            sums.set(`${sku} ${warehouseId}`, (sums.get(`${sku} ${warehouseId}`) ?? 0) + units)
        expect(Object.fromEntries(sums)).toEqual({ 'mug main': 3, 'mug side': 1, 'plate main': 2 })
      }),
    )
  })
})

describe('the item of an order in several parcels', () => {
  it('has no warehouse that the last release takes for all that is allocated there', () => {
    const state = does(packed(), 1, leaves(['mug', 2]))
    const [write] = shipmentsItem.writes(undefined, { state, emits: [] }, { at: 0, cause: 'c', by: 'b' })
    const item = (write as { readonly put: Parameters<typeof readShipments>[0] }).put
    expect((item as unknown as Shipments).parcels.map(({ warehouseId }) => warehouseId)).toEqual([
      'main/several',
      'side',
      'main/several',
    ])
    expect(readShipments(item).parcels).toEqual(state.parcels)
  })
})
