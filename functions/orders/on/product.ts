import type { events } from '../../../schemas/catalog.ts'
import type { DataOf } from '../../../schemas/contract.ts'
import type { HandlersOf } from '../../runtime/events.ts'
import type { Price } from '../core/price-list.ts'
import type { OrderDeps } from '../deps.ts'
import { learnPrice } from '../store/price-item.ts'

type ProductEvent = typeof events.productCreated | typeof events.productUpdated | typeof events.productDeleted
type Product = DataOf<typeof events.productCreated | typeof events.productUpdated>

/** The names and prices that orders are placed with. */
export function onProduct(deps: OrderDeps): HandlersOf<ProductEvent> {
  const learn = (price: Price, cause: string) => learnPrice(deps, price, { cause, at: deps.clock.now(), by: 'catalog' })
  return {
    'product.created': ({ id, data }) => learn(offered(data), id),
    'product.updated': ({ id, data }) => learn(offered(data), id),
    'product.deleted': ({ id, data: { sku, version } }) => learn({ sku, productVersion: version }, id),
  }
}

const offered = ({ sku, version, name, price, active }: Product): Price => ({
  sku,
  productVersion: version,
  offer: { name, price, active },
})
