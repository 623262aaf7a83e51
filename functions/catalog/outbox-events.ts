import { events } from '../../schemas/catalog.ts'
import { withActions } from '../runtime/actions.ts'
import { NotKnownYet } from '../runtime/redelivery.ts'
import type { ToEvent } from '../runtime/relay.ts'
import { type ProductItem, productOf, skuOf } from './store/product-item.ts'

/** The events of the catalogue, from the product that they ride in. */
export const toEvent: ToEvent = withActions(events.actionRecorded, (item, name) => {
  switch (name) {
    case events.productCreated.name:
      return { contract: events.productCreated, data: ofProduct(item as ProductItem) }
    case events.productUpdated.name:
      return { contract: events.productUpdated, data: ofProduct(item as ProductItem) }
    case events.productDeleted.name:
      return { contract: events.productDeleted, data: { sku: skuOf(item), version: item.version } }
    default:
      throw new NotKnownYet(`${name} is not an event of the catalogue.`)
  }
})

const ofProduct = (product: ProductItem) => ({ ...productOf(product), createdVersion: product.createdVersion })
