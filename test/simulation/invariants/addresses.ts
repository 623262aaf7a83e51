import { hasLeft } from '../../../functions/shipping/core/parcel.ts'
import type { ShipmentsItem } from '../../../functions/shipping/store/shipments-item.ts'
import { canonical } from '../../../functions/runtime/ids.ts'
import type { Item } from '../../../functions/runtime/store.ts'
import { Violation } from './violation.ts'

/** Parcels go where their order is shown to go, and none of them goes elsewhere once it has left. */
export class AddressInvariants {
  /** Of each order that got one after its placing. */
  readonly #given = new Map<string, unknown>()

  readonly #isMixed: () => boolean

  /** `isMixed`: a service is of the last release, which shows and sends the address that the order came with. */
  constructor(isMixed: () => boolean) {
    this.#isMixed = isMixed
  }

  /** Enters an item that orders has written. */
  enter(after: Item): void {
    if (after.sk === 'order' && after['to']) this.#given.set(after.pk, after['address'])
  }

  /** `placed` is the address that the order came with. */
  check(before: ShipmentsItem | undefined, after: ShipmentsItem, placed: unknown): void {
    const { orderId, address, addressed, parcels, forgotten } = after
    if (parcels.length === 0 || forgotten) return
    const wanted = before?.parcels.length
      ? before.address
      : this.#given.has(orderId)
        ? this.#given.get(orderId)
        : placed
    if (canonical(address) === canonical(wanted)) return
    if (this.#isMixed() && canonical(address) === canonical(placed)) return
    if (addressed === undefined || addressed.number !== (before?.addressed?.number ?? 0) + 1)
      throw new Violation('a parcel has the address of its order', `${orderId} goes to ${JSON.stringify(address)}`)
    if (before?.parcels.some(hasLeft))
      throw new Violation('what has left goes where it was sent', `${orderId} goes to ${JSON.stringify(address)}`)
  }

  /** At rest. */
  checkAll(shippings: Iterable<ShipmentsItem>): void {
    if (this.#isMixed()) return
    for (const { orderId, address, parcels, forgotten } of shippings)
      if (
        parcels.length > 0 &&
        !forgotten &&
        this.#given.has(orderId) &&
        canonical(this.#given.get(orderId)) !== canonical(address)
      )
        throw new Violation('an order shows where its parcels go', `${orderId}: ${JSON.stringify(address)}`)
  }
}
