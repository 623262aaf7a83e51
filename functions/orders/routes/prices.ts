import type { routes } from '../../../schemas/orders.ts'
import type { Handler } from '../../runtime/http.ts'
import type { OrderDeps } from '../deps.ts'
import { findPrices } from '../store/price-item.ts'

/** The price that an order of this moment is placed at. */
export function getPrice({ store }: OrderDeps): Handler<typeof routes.getPrice> {
  return async ({ params: { sku }, refuse }) => {
    const known = (await findPrices(store, [sku], { consistent: true })).get(sku)
    if (known?.offer === undefined) throw refuse('product_not_found', `There is no product ${sku}.`)
    const { productVersion, offer } = known
    return { body: { sku, ...offer, productVersion } }
  }
}
