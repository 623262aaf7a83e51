import type { reservationLists } from '../../../schemas/reservation.ts'
import { sortableTime } from '../../runtime/clock.ts'
import type { Handler } from '../../runtime/http.ts'
import { listSifted } from '../../runtime/sifted.ts'
import type { InventoryDeps } from '../deps.ts'
import { readReservation, reservationKey } from '../store/reservation-item.ts'
import { shown } from './known-reservation.ts'

/** The last time that sort keys compare right, in milliseconds since 1970. */
const lastTime = 9_999_999_999_999

/** The reservations of a status; or the one of an order, whatever its status, where it fits what else is asked. */
export function listReservations({ store }: InventoryDeps): Handler<typeof reservationLists.listReservations> {
  return async ({ query: { status, expiresBefore, orderId, limit, cursor }, refuse }) => {
    const listed = status ?? 'held'
    const end = expiresBefore === undefined ? undefined : Date.parse(expiresBefore)
    if (end !== undefined && listed !== 'held')
      throw refuse('validation_failed', 'The request has invalid fields.', {
        errors: [{ path: 'expiresBefore', message: 'of those alone that are held' }],
      })
    if (orderId !== undefined) {
      const item = await store.get(reservationKey(orderId))
      const found = item && readReservation(item)
      const isWanted =
        found?.orderId === orderId &&
        (status === undefined || found.status === status) &&
        (end === undefined || (found.status === 'held' && Date.parse(found.expiresAt) < end))
      return { body: { items: found && isWanted ? [shown(found)] : [] } }
    }
    const before = end === undefined ? undefined : sortableTime(Math.max(0, Math.min(end, lastTime)))
    const page = await listSifted(store, 'list', { list: listed, limit, cursor, before }, (items) =>
      items.map(readReservation).map((each) => (each.status === listed ? shown(each) : undefined)),
    )
    return { body: page }
  }
}
