import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ParcelEvent } from '../../functions/shipping/core/parcel.ts'
import {
  type Saying,
  type Shipping,
  type ShippingEvent,
  change,
  fulfilmentOf,
  isNothingSent,
  leftWarehouses,
  nothingKnown,
  refusal,
} from '../../functions/shipping/core/shipping.ts'
import { Fulfilment } from '../../schemas/shipping.ts'

const at = '2026-01-01T00:00:00.000Z'

const allocated: ShippingEvent = {
  name: 'allocated',
  lines: [
    ['A', 'east', 3],
    ['A', 'west', 1],
    ['B', 'east', 2],
  ],
}
const confirmed = (cause = 'c1'): ShippingEvent => ({
  name: 'confirmed',
  cause,
  customerId: 'user-1',
  address: { name: 'Ada', line1: '1 High Street', city: 'Leeds', country: 'GB' },
})
const closed = (cause = 'x1'): ShippingEvent => ({ name: 'closed', cause, customerId: 'user-1' })
const parcel = (part: number, told: ParcelEvent): ShippingEvent => ({ name: 'parcel', part, told })
const dispatched: ParcelEvent = { name: 'dispatched', carrier: 'Royal Mail', trackingNumber: 'RM1' }
const delivered: ParcelEvent = { name: 'delivered' }
const back = (...lines: [string, number, 'restock' | 'damaged'][]): ParcelEvent => ({
  name: 'returned',
  lines: lines.map(([sku, quantity, condition]) => ({ sku, quantity, condition })),
})

/** The facts after these events, and what each of them made shipping say. */
function given(...events: ShippingEvent[]) {
  const says: (readonly Saying[])[] = []
  const shipping = events.reduce<Shipping>((known, event) => {
    const changed = change(known, event, at)
    says.push(changed?.says ?? [])
    return changed?.shipping ?? known
  }, nothingKnown('ord_1'))
  return { shipping, says }
}
const statuses = ({ parcels }: Shipping) => parcels.map(({ status }) => status)
const ready = [allocated, confirmed()]

describe('the parcels of an order', () => {
  const created = [
    { name: 'shipment.created', part: 1 },
    { name: 'shipment.created', part: 2 },
  ]
  it.each([
    ['allocated and then confirmed', ready],
    ['confirmed and then allocated', ready.toReversed()],
  ])('are there once it is %s: one for each warehouse', (_, events) => {
    const { shipping, says } = given(...events)
    expect(shipping.parcels.map(({ warehouseId, lines }) => [warehouseId, lines])).toEqual([
      [
        'east',
        [
          ['A', 3, 0],
          ['B', 2, 0],
        ],
      ],
      ['west', [['A', 1, 0]]],
    ])
    expect(says).toEqual([[], created])
    expect(shipping).not.toHaveProperty('allocated')
    expect(fulfilmentOf(shipping)).toBe('created')
  })
  it('are not there before', () => {
    expect(fulfilmentOf(given(allocated, allocated).shipping)).toBe('none')
    expect(fulfilmentOf(given(confirmed(), confirmed('c2')).shipping)).toBe('none')
  })
  it('are told again when another event asks for them, not when the same one comes again', () => {
    const { says } = given(...ready, allocated, confirmed(), confirmed('c2'), confirmed('c2'))
    expect(says.slice(2)).toEqual([[], [], created, []])
  })
})

describe('the closing of an order', () => {
  it('comes first: then nothing is ever packed', () => {
    const { shipping, says } = given(closed(), ...ready)
    expect(shipping.parcels).toEqual([])
    expect(says).toEqual([[{ name: 'shipment.cancelled' }], [], []])
  })
  it('stops what has not left, and calls back what has', () => {
    const { shipping } = given(...ready, parcel(2, dispatched), closed())
    expect(statuses(shipping)).toEqual(['cancelled', 'dispatched'])
    expect(shipping.parcels[1]).toMatchObject({ recalled: true })
    expect(leftWarehouses(shipping)).toEqual(['west'])
    expect(fulfilmentOf(shipping)).toBe('shipped')
    expect(refusal(shipping, 1, dispatched)).toEqual({ code: 'shipment_cancelled' })
    expect(statuses(given(...ready, parcel(2, dispatched), closed(), parcel(2, delivered)).shipping)).toEqual([
      'cancelled',
      'delivered',
    ])
  })
  it('is answered again when another event asks again', () => {
    const { says } = given(...ready, closed(), closed(), closed('x2'))
    expect(says.slice(3)).toEqual([[], [{ name: 'shipment.cancelled' }]])
  })
  it('makes a reminder of the confirmation old news', () => {
    const { says } = given(...ready, closed(), confirmed('c2'))
    expect(says.at(-1)).toEqual([])
  })
  it('forgets what was allocated before', () => {
    expect(given(allocated, closed()).shipping).not.toHaveProperty('allocated')
  })
})

describe('a parcel', () => {
  const { shipping: created } = given(...ready)
  it('is dispatched once: the same words again change nothing, others are refused', () => {
    const { shipping, says } = given(...ready, parcel(1, dispatched), parcel(1, dispatched))
    expect(says.slice(2)).toEqual([[{ name: 'shipment.dispatched', part: 1 }], []])
    expect(refusal(shipping, 1, { ...dispatched, carrier: 'DHL' })).toMatchObject({ code: 'shipment_state' })
    expect(refusal(shipping, 1, { name: 'dispatched', carrier: 'Royal Mail' })).toMatchObject({
      code: 'shipment_state',
    })
  })
  it.each<[string, ParcelEvent]>([
    ['delivered', delivered],
    ['in transit', { name: 'in_transit' }],
    ['returned', { name: 'returned' }],
  ])('is not %s before it has left', (_, told) => {
    expect(refusal(created, 1, told)).toEqual({ code: 'shipment_state', status: 'created' })
    expect(() => change(created, parcel(1, told), at)).toThrow('cannot be')
  })
  it('that fails before it has left never will, and is told apart from those of the rest of the order', () => {
    const broken: ParcelEvent = { name: 'failed', reason: 'broken' }
    const { shipping, says } = given(...ready, parcel(1, dispatched), parcel(2, broken), parcel(2, broken))
    expect(says.slice(3)).toEqual([[{ name: 'shipment.withdrawn', part: 2 }], []])
    expect(shipping.parcels[1]).toMatchObject({ status: 'cancelled', failure: 'broken' })
    expect(refusal(shipping, 2, dispatched)).toEqual({ code: 'shipment_cancelled' })
    expect([fulfilmentOf(shipping), isNothingSent(shipping)]).toEqual(['shipped', false])
  })
  it('that was the last one which could leave leaves nothing of the order', () => {
    const { shipping } = given(...ready, parcel(1, { name: 'failed' }), parcel(2, { name: 'failed' }))
    expect(isNothingSent(shipping)).toBe(true)
  })
  it('arrives at the second try, and then cannot fail any more', () => {
    const failed: ParcelEvent = { name: 'failed', reason: 'nobody in' }
    const tried = given(...ready, parcel(1, dispatched), parcel(1, { name: 'in_transit' }), parcel(1, failed))
    expect(tried.shipping.parcels[0]).toMatchObject({ status: 'failed', failure: 'nobody in' })
    expect(tried.says.at(-1)).toEqual([{ name: 'shipment.failed', part: 1 }])
    const { shipping } = { shipping: change(tried.shipping, parcel(1, delivered), at)!.shipping }
    expect(shipping.parcels[0]).not.toHaveProperty('failure')
    expect(refusal(shipping, 1, failed)).toEqual({ code: 'shipment_state', status: 'delivered' })
  })
  it('comes back in parts, each told with what it brought, and never with more than was sent', () => {
    const part = back(['A', 1, 'restock'], ['B', 1, 'damaged'], ['A', 1, 'restock'])
    const { shipping } = given(...ready, parcel(1, dispatched), parcel(1, delivered), parcel(1, part))
    expect(shipping.parcels[0]).toMatchObject({
      status: 'delivered',
      returns: 1,
      lines: [
        ['A', 3, 2],
        ['B', 2, 1],
      ],
    })
    expect(shipping.cameBack).toEqual([
      ['A', 'east', 2, 'restock'],
      ['B', 'east', 1, 'damaged'],
    ])
    expect(refusal(shipping, 1, back(['A', 1, 'damaged'], ['A', 1, 'restock'], ['C', 1, 'restock']))).toEqual({
      code: 'return_exceeds_shipment',
      lines: [
        { index: 1, away: 1 },
        { index: 2, away: 0 },
      ],
    })
    const whole = change(shipping, parcel(1, { name: 'returned' }), at)!.shipping
    expect(whole.parcels[0]).toMatchObject({ status: 'returned', returns: 2 })
    expect(whole.cameBack).toEqual([
      ['A', 'east', 1, 'restock'],
      ['B', 'east', 1, 'restock'],
    ])
    expect(change(whole, parcel(1, { name: 'returned' }), at)).toBeUndefined()
    expect(change(whole, closed(), at)!.shipping).not.toHaveProperty('cameBack')
  })
  it('comes back a hundred times at most', () => {
    const many = Array.from({ length: 100 }, () => parcel(1, back(['A', 1, 'restock'])))
    const lines: ShippingEvent = { name: 'allocated', lines: [['A', 'east', 200]] }
    const { shipping } = given(lines, confirmed(), parcel(1, dispatched), ...many)
    expect(refusal(shipping, 1, { name: 'returned' })).toEqual({ code: 'too_many_returns' })
  })
})

describe('the fulfilment of an order', () => {
  it.each<[string, ShippingEvent[]]>([
    ['partially_shipped', [parcel(1, dispatched)]],
    ['shipped', [parcel(1, dispatched), parcel(2, dispatched)]],
    ['shipped', [parcel(1, dispatched), parcel(2, dispatched), parcel(1, delivered)]],
    [
      'delivered',
      [parcel(1, dispatched), parcel(2, dispatched), parcel(1, delivered), parcel(2, { name: 'returned' })],
    ],
    [
      'returned',
      [parcel(1, dispatched), parcel(2, dispatched), parcel(1, { name: 'returned' }), parcel(2, { name: 'returned' })],
    ],
    ['delivered', [parcel(1, dispatched), parcel(1, delivered), closed()]],
    ['created', [closed()]],
  ])('is %s', (fulfilment, events) => {
    expect(fulfilmentOf(given(...ready, ...events).shipping)).toBe(fulfilment)
  })

  const event = fc.oneof(
    fc.constantFrom<ShippingEvent>(allocated, confirmed(), confirmed('c2')),
    fc.constantFrom('x1', 'x2').map(closed),
    fc.record({
      name: fc.constant('parcel' as const),
      part: fc.constantFrom(1, 2),
      told: fc.oneof(
        fc.constantFrom<ParcelEvent>(
          dispatched,
          { name: 'in_transit' },
          delivered,
          { name: 'failed' },
          { name: 'returned' },
        ),
        fc.constantFrom(back(['A', 1, 'restock']), back(['B', 1, 'damaged'], ['A', 1, 'damaged'])),
      ),
    }),
  )

  it('only grows, nothing leaves a closed order, and no more comes back than left, whatever happens in whatever order', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        let shipping = nothingKnown('ord_1')
        for (const each of events) {
          const parts = shipping.parcels.length
          if (each.name === 'parcel' && (each.part > parts || refusal(shipping, each.part, each.told))) continue
          const next = change(shipping, each, at)?.shipping ?? shipping
          const order = Fulfilment.options
          expect(order.indexOf(fulfilmentOf(next))).toBeGreaterThanOrEqual(order.indexOf(fulfilmentOf(shipping)))
          if (shipping.cancelled) expect(leftWarehouses(next)).toEqual(leftWarehouses(shipping))
          if (parts > 0) expect(next.parcels).toHaveLength(parts)
          for (const { lines } of next.parcels)
            for (const [, quantity, returned] of lines) expect(returned).toBeLessThanOrEqual(quantity)
          shipping = next
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('a parcel that has come back', () => {
  const returned = given(
    ...ready,
    parcel(1, dispatched),
    parcel(1, back(['A', 3, 'restock'], ['B', 2, 'restock'])),
  ).shipping
  it('is not called back when its order closes', () => {
    expect(change(returned, closed(), at)?.shipping.parcels[0]).toEqual(returned.parcels[0])
  })
  it('has come back once all of its lines have', () => {
    const part = given(...ready, parcel(1, dispatched), parcel(1, back(['A', 3, 'restock'])))
    expect(statuses(part.shipping)).toEqual(['dispatched', 'created'])
    expect(statuses(returned)).toEqual(['returned', 'created'])
  })
})

describe('what can become of a parcel', () => {
  const events: readonly ParcelEvent[] = [
    dispatched,
    { name: 'in_transit', trackingNumber: 'new' },
    delivered,
    { name: 'failed', reason: 'nobody at home' },
    back(['A', 1, 'restock']),
  ]
  const inTransit: ParcelEvent = { name: 'in_transit' }
  const failed: ParcelEvent = { name: 'failed' }
  it.each<[string, readonly ParcelEvent[], readonly string[]]>([
    ['created', [], ['dispatched', 'failed']],
    ['dispatched', [dispatched], ['dispatched', 'in_transit', 'delivered', 'failed', 'returned']],
    ['in transit', [dispatched, inTransit], ['dispatched', 'in_transit', 'delivered', 'failed', 'returned']],
    ['failed', [dispatched, failed], ['dispatched', 'in_transit', 'delivered', 'failed', 'returned']],
    ['delivered', [dispatched, delivered], ['dispatched', 'delivered', 'returned']],
    ['returned', [dispatched, { name: 'returned' }], ['dispatched']],
  ])('that is %s', (_, before, possible) => {
    const { shipping } = given(...ready, ...before.map((each) => parcel(1, each)))
    expect(events.filter((each) => refusal(shipping, 1, each) === undefined).map(({ name }) => name)).toEqual(possible)
  })
})
