import { type Item, type Key, type Store, over } from '../../runtime/store.ts'
import { type Price, type PriceList, newer } from '../core/price-list.ts'

type PriceItem = Item & Price

const priceKey = (sku: string): Key => ({ pk: `price_${sku}`, sk: 'price' })

/** The prices of these skus that are known; each is read once. */
export async function findPrices(store: Store, skus: Iterable<string>): Promise<PriceList> {
  const found = (await store.getMany(Array.from(new Set(skus), priceKey))) as readonly PriceItem[]
  return new Map(found.map((price) => [price.sku, price]))
}

/** Keeps the price of an event of the catalogue, unless a newer one is known. */
export async function learnPrice(store: Store, latest: Price, because: { cause: string; at: string }): Promise<void> {
  let known = (await store.get(priceKey(latest.sku), { consistent: true })) as PriceItem | undefined
  for (;;) {
    const price = newer(known, latest)
    if (!price) return
    const item = { ...priceKey(latest.sku), ...price, ...because, version: (known?.version ?? 0) + 1 }
    const outcome = await store.write({ put: item, if: over(known) })
    if (outcome.ok) return
    known = outcome.failed[0]?.found as PriceItem | undefined
  }
}
