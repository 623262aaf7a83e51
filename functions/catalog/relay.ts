import { events } from '../../schemas/catalog.ts'
import { liveBus, liveDeadLetters, unmarshallImage } from '../runtime/live.ts'
import { type Tell, relay } from '../runtime/relay.ts'
import { type ProductItem, productOf, skuOf } from './product.store.ts'

export const tell: Tell = (item, name) => {
  if (name === events.productDeleted.name) {
    return { contract: events.productDeleted, data: { sku: skuOf(item), version: item.version } }
  }
  const contract = name === events.productCreated.name ? events.productCreated : events.productUpdated
  const product = item as ProductItem
  return { contract, data: { ...productOf(product), createdVersion: product.createdVersion } }
}

export const handler = relay(() => ({
  tell,
  bus: liveBus(),
  unmarshall: unmarshallImage,
  deadLetters: liveDeadLetters(),
}))
