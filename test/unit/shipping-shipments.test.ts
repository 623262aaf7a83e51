import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ParcelEvent } from '../../functions/shipping/core/parcel.ts'
import { type Emitted, emits, emitsAgain } from '../../functions/shipping/core/emits.ts'
import {
  type Shipments,
  type ShipmentsEvent,
  evolve,
  isNothingSent,
  leftWarehouses,
  noShipments,
  pending,
  refusal,
  status,
} from '../../functions/shipping/core/shipments.ts'
import { Fulfilment } from '../../schemas/shipping.ts'
import { outboxAgain } from '../../functions/shipping/store/shipments-item.ts'

const at = '2026-01-01T00:00:00.000Z'

const allocated: ShipmentsEvent = {
  name: 'allocated',
  lines: [
    ['A', 'east', 3],
    ['A', 'west', 1],
    ['B', 'east', 2],
  ],
}
const confirmed = (cause = 'c1'): ShipmentsEvent => ({
  name: 'confirmed',
  cause,
  customerId: 'user-1',
  address: { name: 'Ada', line1: '1 High Street', city: 'Leeds', country: 'GB' },
})
const closed = (cause = 'x1'): ShipmentsEvent => ({ name: 'closed', cause, customerId: 'user-1' })
const parcel = (part: number, event: ParcelEvent): ShipmentsEvent => ({ name: 'parcel', part, event })
const dispatched: ParcelEvent = { name: 'dispatched', carrier: 'Royal Mail', trackingNumber: 'RM1' }
const delivered: ParcelEvent = { name: 'delivered' }
const back = (...lines: [string, number, 'restock' | 'damaged'][]): ParcelEvent => ({
  name: 'returned',
  lines: lines.map(([sku, quantity, condition]) => ({ sku, quantity, condition })),
})

/** The shipments after these events, and what each of them made shipping emit. */
function given(...events: ShipmentsEvent[]) {
  const emitted: (readonly Emitted[])[] = []
  const shipments = events.reduce((before, event) => {
    const after = evolve(before, event, at)
    emitted.push(emits(before, after))
    return after
  }, noShipments('ord_1'))
  return { shipments, emitted }
}
const statuses = ({ parcels }: Shipments) => parcels.map(({ status }) => status)
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
    const { shipments, emitted } = given(...events)
    expect(shipments.parcels.map(({ warehouseId, lines }) => [warehouseId, lines])).toEqual([
      [
        'east',
        [
          ['A', 3, 0],
          ['B', 2, 0],
        ],
      ],
      ['west', [['A', 1, 0]]],
    ])
    expect(emitted).toEqual([[], created])
    expect(shipments).not.toHaveProperty('allocated')
    expect(status(shipments)).toBe('created')
  })
  it('are not there before', () => {
    expect(status(given(allocated, allocated).shipments)).toBe('none')
    expect(status(given(confirmed(), confirmed('c2')).shipments)).toBe('none')
  })
  it.each([
    ['everything', [], ['stock.committed', 'order.confirmed']],
    ['the order', [allocated], ['order.confirmed']],
    ['the stock', [confirmed()], ['stock.committed']],
    ['nothing once there are parcels', ready, []],
    ['nothing once the order has closed', [closed()], []],
  ] as const)('wait for %s', (_, events, awaited) => {
    expect(pending(given(...events).shipments)).toEqual(awaited)
  })
  it('are emitted again when another event asks for them, not when the same one comes again', () => {
    const { emitted } = given(...ready, allocated, confirmed(), confirmed('c2'), confirmed('c2'))
    expect(emitted.slice(2)).toEqual([[], [], created, []])
  })
})

describe('shipments', () => {
  const one: ShipmentsEvent = { name: 'allocated', lines: [['A', 'east', 3]] }
  const onItsWay: ParcelEvent = { name: 'in_transit', trackingNumber: 'RM1' }
  it.each<[string, ShipmentsEvent[], ShipmentsEvent]>([
    ['other stock while the order is not confirmed', [allocated], one],
    ['stock that is allocated again once the only parcel has left', [one, confirmed(), parcel(1, dispatched)], one],
    ['another confirmation before there is stock', [confirmed()], confirmed('c2')],
    ['the same closing', [...ready, closed()], closed()],
    ['a parcel that is still in transit', [...ready, parcel(1, dispatched), parcel(1, onItsWay)], parcel(1, onItsWay)],
    [
      'a parcel that is still in transit, under no number',
      [...ready, parcel(1, dispatched), parcel(1, onItsWay)],
      parcel(1, { name: 'in_transit' }),
    ],
  ])('are not changed by %s', (_, events, event) => {
    const { shipments } = given(...events)
    expect(evolve(shipments, event, '2026-01-02T00:00:00.000Z')).toBe(shipments)
  })
  it('of one parcel wait for nothing', () => {
    expect(pending(given(one, confirmed()).shipments)).toEqual([])
  })
  it('take the number of a parcel that changes in transit', () => {
    const { shipments } = given(...ready, parcel(1, dispatched), parcel(1, onItsWay))
    const moved = evolve(shipments, parcel(1, { name: 'in_transit', trackingNumber: 'DHL7' }), at)
    expect(moved.parcels[0]).toMatchObject({ status: 'in_transit', trackingNumber: 'DHL7' })
  })
  it('bring back what is left of a parcel that comes back without a list', () => {
    const { shipments } = given(...ready, parcel(1, dispatched), parcel(1, back(['A', 3, 'damaged'])))
    expect(evolve(shipments, parcel(1, { name: 'returned' }), at).cameBack).toEqual([['B', 'east', 2, 'restock']])
  })
})

describe('the closing of an order', () => {
  it('comes first: then nothing is ever packed', () => {
    const { shipments, emitted } = given(closed(), ...ready)
    expect(shipments.parcels).toEqual([])
    expect(emitted).toEqual([[{ name: 'shipment.cancelled' }], [], []])
  })
  it('stops what has not left, and calls back what has', () => {
    const { shipments } = given(...ready, parcel(2, dispatched), closed())
    expect(statuses(shipments)).toEqual(['cancelled', 'dispatched'])
    expect(shipments.parcels[1]).toMatchObject({ recalled: true })
    expect(leftWarehouses(shipments)).toEqual(['west'])
    expect(status(shipments)).toBe('shipped')
    expect(refusal(shipments, 1, dispatched)).toEqual({ code: 'shipment_cancelled' })
    expect(statuses(given(...ready, parcel(2, dispatched), closed(), parcel(2, delivered)).shipments)).toEqual([
      'cancelled',
      'delivered',
    ])
  })
  it('is answered again when another event asks again', () => {
    const { emitted } = given(...ready, closed(), closed(), closed('x2'))
    expect(emitted.slice(3)).toEqual([[], [{ name: 'shipment.cancelled' }]])
  })
  it('leaves a reminder of the confirmation without effect', () => {
    const { emitted } = given(...ready, closed(), confirmed('c2'))
    expect(emitted.at(-1)).toEqual([])
  })
  it('forgets what was allocated before', () => {
    expect(given(allocated, closed()).shipments).not.toHaveProperty('allocated')
  })
})

describe('a parcel', () => {
  const { shipments: created } = given(...ready)
  it('is dispatched once: the same event again changes nothing, another one is refused', () => {
    const { shipments, emitted } = given(...ready, parcel(1, dispatched), parcel(1, dispatched))
    expect(emitted.slice(2)).toEqual([[{ name: 'shipment.dispatched', part: 1 }], []])
    expect(refusal(shipments, 1, { ...dispatched, carrier: 'DHL' })).toMatchObject({ code: 'shipment_state' })
    expect(refusal(shipments, 1, { name: 'dispatched', carrier: 'Royal Mail' })).toMatchObject({
      code: 'shipment_state',
    })
  })
  it.each<[string, ParcelEvent]>([
    ['delivered', delivered],
    ['in transit', { name: 'in_transit' }],
    ['returned', { name: 'returned' }],
  ])('is not %s before it has left', (_, event) => {
    expect(refusal(created, 1, event)).toEqual({ code: 'shipment_state', status: 'created' })
    expect(() => evolve(created, parcel(1, event), at)).toThrow('cannot be')
  })
  it('that fails before it has left never will, with an event of its own', () => {
    const broken: ParcelEvent = { name: 'failed', reason: 'broken' }
    const { shipments, emitted } = given(...ready, parcel(1, dispatched), parcel(2, broken), parcel(2, broken))
    expect(emitted.slice(3)).toEqual([[{ name: 'shipment.withdrawn', part: 2 }], []])
    expect(shipments.parcels[1]).toMatchObject({ status: 'cancelled', failure: 'broken' })
    expect(refusal(shipments, 2, dispatched)).toEqual({ code: 'shipment_cancelled' })
    expect([status(shipments), isNothingSent(shipments)]).toEqual(['shipped', false])
  })
  it('that was the last one which could leave leaves nothing of the order', () => {
    const { shipments } = given(...ready, parcel(1, { name: 'failed' }), parcel(2, { name: 'failed' }))
    expect(isNothingSent(shipments)).toBe(true)
  })
  it('arrives at the second try, and then cannot fail any more', () => {
    const failed: ParcelEvent = { name: 'failed', reason: 'nobody in' }
    const tried = given(...ready, parcel(1, dispatched), parcel(1, { name: 'in_transit' }), parcel(1, failed))
    expect(tried.shipments.parcels[0]).toMatchObject({ status: 'failed', failure: 'nobody in' })
    expect(tried.emitted.at(-1)).toEqual([{ name: 'shipment.failed', part: 1 }])
    const shipments = evolve(tried.shipments, parcel(1, delivered), at)
    expect(shipments.parcels[0]).not.toHaveProperty('failure')
    expect(refusal(shipments, 1, failed)).toEqual({ code: 'shipment_state', status: 'delivered' })
  })
  it('that failed shows why until all of it is back, or it goes on', () => {
    const failed: ParcelEvent = { name: 'failed', reason: 'nobody in' }
    const some = back(['A', 1, 'restock'])
    const { shipments } = given(...ready, parcel(1, dispatched), parcel(1, failed), parcel(1, some))
    expect(shipments.parcels[0]).toMatchObject({ status: 'failed', failure: 'nobody in', returns: 1 })
    const whole = evolve(shipments, parcel(1, { name: 'returned' }), at).parcels[0]
    expect(whole).toMatchObject({ status: 'returned', returns: 2 })
    expect(whole).not.toHaveProperty('failure')
    expect(evolve(shipments, parcel(1, { name: 'in_transit' }), at).parcels[0]).not.toHaveProperty('failure')
  })
  it('comes back in parts, each emitted with what it brought, and never with more than was sent', () => {
    const part = back(['A', 1, 'restock'], ['B', 1, 'damaged'], ['A', 1, 'restock'])
    const { shipments } = given(...ready, parcel(1, dispatched), parcel(1, delivered), parcel(1, part))
    expect(shipments.parcels[0]).toMatchObject({
      status: 'delivered',
      returns: 1,
      lines: [
        ['A', 3, 2],
        ['B', 2, 1],
      ],
    })
    expect(shipments.cameBack).toEqual([
      ['A', 'east', 2, 'restock'],
      ['B', 'east', 1, 'damaged'],
    ])
    expect(refusal(shipments, 1, back(['A', 1, 'damaged'], ['A', 1, 'restock'], ['C', 1, 'restock']))).toEqual({
      code: 'return_exceeds_shipment',
      lines: [
        { index: 1, away: 1 },
        { index: 2, away: 0 },
      ],
    })
    const whole = evolve(shipments, parcel(1, { name: 'returned' }), at)
    expect(whole.parcels[0]).toMatchObject({ status: 'returned', returns: 2 })
    expect(whole.cameBack).toEqual([
      ['A', 'east', 1, 'restock'],
      ['B', 'east', 1, 'restock'],
    ])
    expect(evolve(whole, parcel(1, { name: 'returned' }), at)).toBe(whole)
    expect(evolve(whole, closed(), at)).not.toHaveProperty('cameBack')
  })
  it('comes back a hundred times at most', () => {
    const many = Array.from({ length: 100 }, () => parcel(1, back(['A', 1, 'restock'])))
    const lines: ShipmentsEvent = { name: 'allocated', lines: [['A', 'east', 200]] }
    const { shipments } = given(lines, confirmed(), parcel(1, dispatched), ...many)
    expect(refusal(shipments, 1, { name: 'returned' })).toEqual({ code: 'too_many_returns' })
  })
})

describe('the fulfilment of an order', () => {
  it.each<[string, ShipmentsEvent[]]>([
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
    expect(status(given(...ready, ...events).shipments)).toBe(fulfilment)
  })

  const event = fc.oneof(
    fc.constantFrom<ShipmentsEvent>(allocated, confirmed(), confirmed('c2')),
    fc.constantFrom('x1', 'x2').map(closed),
    fc.record({
      name: fc.constant('parcel' as const),
      part: fc.constantFrom(1, 2),
      event: fc.oneof(
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

  it('emit again all that they emitted but what went back, whatever happens in whatever order', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        let shipments = noShipments('ord_1')
        const emitted: Emitted[] = []
        for (const each of events) {
          const parts = shipments.parcels.length
          if (each.name === 'parcel' && (each.part > parts || refusal(shipments, each.part, each.event))) continue
          const next = evolve(shipments, each, at)
          const now = emits(shipments, next)
          emitted.push(...now)
          shipments = next
          // Also what the version itself emits is among them, under the same name.
          expect(emitsAgain(shipments)).toEqual(expect.arrayContaining([...now]))
        }
        const lasting = emitted.filter(
          ({ name, part = 0 }) =>
            name === 'shipment.created' ||
            name === 'shipment.dispatched' ||
            name === 'shipment.withdrawn' ||
            name === 'shipment.cancelled' ||
            (name === 'shipment.delivered' && shipments.parcels[part - 1]?.status === 'delivered'),
        )
        expect(emitsAgain(shipments)).toEqual(expect.arrayContaining(lasting))
        const names = emitsAgain(shipments).map(({ name, part }) => `${name}#${part}`)
        expect(new Set(names).size).toBe(names.length)
      }),
      { numRuns: 500 },
    )
  })

  it('emit nothing again that did not happen', () => {
    expect(emitsAgain(noShipments('ord_1'))).toEqual([])
    expect(emitsAgain(given(confirmed()).shipments)).toEqual([])
    expect(emitsAgain(given(...ready, parcel(1, dispatched)).shipments)).toEqual([
      { name: 'shipment.created', part: 1 },
      { name: 'shipment.dispatched', part: 1 },
      { name: 'shipment.created', part: 2 },
    ])
    const returned = given(...ready, parcel(2, dispatched), parcel(2, back(['A', 1, 'damaged'])))
    expect(emitsAgain(returned.shipments).at(-1)).toEqual({ name: 'shipment.returned', part: 2 })
  })

  it('only grows, nothing leaves a closed order, and no more comes back than left, whatever happens in whatever order', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        let shipments = noShipments('ord_1')
        for (const each of events) {
          const parts = shipments.parcels.length
          if (each.name === 'parcel' && (each.part > parts || refusal(shipments, each.part, each.event))) continue
          const next = evolve(shipments, each, at)
          const order = Fulfilment.options
          expect(order.indexOf(status(next))).toBeGreaterThanOrEqual(order.indexOf(status(shipments)))
          if (shipments.cancelled) expect(leftWarehouses(next)).toEqual(leftWarehouses(shipments))
          if (parts > 0) expect(next.parcels).toHaveLength(parts)
          for (const { lines } of next.parcels)
            for (const [, quantity, returned] of lines) expect(returned).toBeLessThanOrEqual(quantity)
          shipments = next
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
  ).shipments
  it('is not called back when its order closes', () => {
    expect(evolve(returned, closed(), at).parcels[0]).toEqual(returned.parcels[0])
  })
  it('has come back once all of its lines have', () => {
    const part = given(...ready, parcel(1, dispatched), parcel(1, back(['A', 3, 'restock'])))
    expect(statuses(part.shipments)).toEqual(['dispatched', 'created'])
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
    const { shipments } = given(...ready, ...before.map((each) => parcel(1, each)))
    expect(events.filter((each) => refusal(shipments, 1, each) === undefined).map(({ name }) => name)).toEqual(possible)
  })
})

describe('the one parcel of an order', () => {
  it('takes note of another event that confirms the order', () => {
    const one: ShipmentsEvent = { name: 'allocated', lines: [['A', 'east', 1]] }
    const { shipments } = given(one, confirmed())
    expect(evolve(shipments, confirmed('c2'), at)).not.toBe(shipments)
    expect(evolve(shipments, confirmed('c2'), at).asked.confirmed).toBe('c2')
  })
})

describe('what shipping emits again', () => {
  it('is nothing for an answer that is kept beside the shipments', () => {
    expect(outboxAgain({ pk: 'answer_1', sk: 'answer', version: 1 })).toEqual([])
  })
})
