import type { Origin } from '../../../schemas/origin.ts'
import type { Item, Store } from '../../runtime/store.ts'
import { type Codec, type UpdateDeps, inPlaceOf, revisionOf, update } from '../../runtime/update.ts'
import { type Price, type PriceList, newer } from '../core/price-list.ts'

const priceItem: Codec<Price> = {
  noun: 'the price',
  key: (sku) => ({ pk: `price_${sku}`, sk: 'price' }),
  read: (item) => ({ state: item as Item & Price, item }),
  writes: (before, { state }, origin) => [
    inPlaceOf(before?.item, { ...priceItem.key(state.sku), ...state, ...revisionOf(before?.item, [], origin) }),
  ],
}

/** The prices of these skus, without those of deleted products; each is read once. */
export async function findPrices(
  store: Store,
  skus: Iterable<string>,
  options: { readonly consistent: boolean },
): Promise<PriceList> {
  const found = await store.getMany(Array.from(new Set(skus), priceItem.key), options)
  const prices = found.map((item) => priceItem.read(item).state).filter(({ offer }) => offer !== undefined)
  return new Map(prices.map((price) => [price.sku, price]))
}

/** Keeps the price of an event of the catalogue, unless a newer one is known. */
export async function learnPrice(deps: UpdateDeps, latest: Price, origin: Origin): Promise<void> {
  await update(deps, priceItem, latest.sku, origin, (found) => {
    const state = newer(found?.state, latest)
    return state && { state, emits: [] }
  })
}
