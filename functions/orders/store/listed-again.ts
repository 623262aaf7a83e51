import type { Item, Write } from '../../runtime/store.ts'
import { inPlaceOf } from '../../runtime/update.ts'
import { isOrder, readOrder } from './order-item.ts'
import { listPlaces } from './order-lists.ts'
import { marked, requestIn } from './order-marks.ts'
import { numberEntry } from './order-number.ts'

/**
 * The writes that bring an order into the lists by status and by change, and lead from a number of an older release to it; the order first.
 * None where it stands there, and of other items.
 */
export function listedAgain(item: Item, why: { readonly cause: string; readonly at: string }): readonly Write[] {
  if (!isOrder(item)) return []
  const { state, item: header } = readOrder(item)
  const { at = state.placedAt } = state.history.at(-1) ?? {}
  const order = { changedAt: at, ...state }
  const places = listPlaces(order)
  if (Object.entries(places).every(([name, place]) => item[name] === place)) return []
  const { outbox: _, ...rest } = header
  const hash = marked(requestIn(header.hash), order)
  const listed = { ...rest, ...why, ...places, hash, version: header.version + 1 }
  const leading = order.numbersTime ? [] : [{ put: numberEntry(order), if: 'any' } as const]
  return [inPlaceOf(header, listed), ...leading]
}
