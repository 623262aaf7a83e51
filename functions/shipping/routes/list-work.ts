import type { routes } from '../../../schemas/shipping.ts'
import type { Handler } from '../../runtime/http.ts'
import { listSifted } from '../../runtime/sifted.ts'
import type { ShippingDeps } from '../deps.ts'
import { isPast, partIn, workList } from '../store/shipment-places.ts'
import { readShipments, shipmentsItem } from '../store/shipments-item.ts'
import { shown } from './shipment-body.ts'

/** Parcels that are read at once where those of other statuses stand among them. */
const pageAmongOthers = 100

/** The parcels of a warehouse in a status: those that are still to be done by their age, all others the newest first. */
export function listWork({ store }: ShippingDeps): Handler<typeof routes.listWork> {
  return async ({ query: { warehouseId, status, limit, cursor } }) => {
    const list = { list: workList(warehouseId, status), limit, cursor }
    const asked = isPast(status) ? { ...list, descending: true, atOnce: pageAmongOthers } : list
    const page = await listSifted(store, 'work', asked, async (places) => {
      const others = places.filter((place) => partIn(place) > 1).map(({ pk }) => shipmentsItem.key(pk))
      const items = [...places, ...(await store.getMany(others))]
      const ofOrder = new Map(items.filter((item) => partIn(item) === 1).map((item) => [item.pk, readShipments(item)]))
      return places.map((place) => {
        const [shipments, part] = [ofOrder.get(place.pk), partIn(place)]
        const parcel = shipments?.parcels[part - 1]
        return shipments && parcel?.status === status && parcel.warehouseId === warehouseId
          ? shown(shipments, part)
          : undefined
      })
    })
    return { body: page }
  }
}
