import { describe, expect, it } from 'vitest'
import { Busy } from '../../functions/inventory/core/allocation-tasks.ts'
import { type Reservation, evolve } from '../../functions/inventory/core/reservation.ts'
import type { ReservationRequest } from '../../functions/inventory/core/reservation-request.ts'
import { putReservation, readReservation } from '../../functions/inventory/store/reservation-item.ts'
import { itemSize, maxItemBytes } from '../../functions/runtime/item-size.ts'
import { type HeldLine, maxHeldLines } from '../../schemas/held-lines.ts'
import { maxQuantity } from '../../schemas/shared.ts'
import type { ReturnedLine } from '../../schemas/shipping.ts'

describe('of a reservation at its bounds what waits fits its item, and is read as it was written:', () => {
  const halls = ['a'.repeat(64), 'b'.repeat(64)] as const
  const lines = Array.from({ length: maxHeldLines }, (_, index): HeldLine => [
    `sku-${Math.floor(index / 2)}-`.padEnd(64, 'x'),
    halls[index % 2] ?? '',
    maxQuantity,
  ])
  const at = { now: new Date(0).toISOString(), expires: new Date(1).toISOString() }
  const [id, cause] = ['o'.repeat(64), 'e'.repeat(64)]
  const asked = { hold: cause, commit: cause, release: cause }
  const times = { createdAt: at.now, expiresAt: at.expires }
  const committed: Reservation = { id, orderId: id, status: 'committed', wanted: [], lines, done: 0, asked, ...times }
  const sent = lines.map(([sku, hall]): HeldLine => [sku, hall, maxQuantity - 1])
  const inFirst = lines.filter(([, hall]) => hall === halls[0])
  const back = inFirst.map(([sku, hall]): ReturnedLine => [sku, hall, 1, 'damaged'])
  const requests: readonly [string, readonly ReservationRequest[]][] = [
    ['the rest of what nearly all left in parts', [{ move: 'release', id, cause, left: [], sent }]],
    [
      'parts that leave while another does',
      [1, 2, 3, 4, 5, 6].map((less) => ({
        move: 'part',
        id,
        cause,
        lines: inFirst.map(([sku, hall]): HeldLine => [sku, hall, maxQuantity - 10 + less]),
      })),
    ],
    [
      'a parcel that comes back before its dispatch is known',
      [{ move: 'return', id, cause, returnId: 'r1', lines: back, sent: inFirst }],
    ],
    [
      'parcels that come back together',
      ['r1', 'r2', 'r3'].map((returnId) => ({
        move: 'return',
        id,
        cause,
        returnId,
        lines: back.slice(0, 750),
        sent: [],
      })),
    ],
  ]
  it.each(requests)('%s', (_, all) => {
    let reservation: Reservation = committed
    try {
      for (const request of all) reservation = evolve(reservation, request, at)
    } catch (error) {
      expect(error).toBeInstanceOf(Busy)
    }
    const { put } = putReservation(undefined, reservation, { cause, at: 0, by: 't' }, ['stock.released'])
    expect(itemSize(put)).toBeLessThanOrEqual(maxItemBytes)
    expect(reservation.tasks?.length).toBeGreaterThan(0)
    expect(readReservation(put).tasks).toEqual(reservation.tasks)
  })
})
