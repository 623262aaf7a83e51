import type { Origin } from '../../../schemas/origin.ts'
import type { Item, Key, Store } from '../../runtime/store.ts'
import { type UpdateDeps, plainCodec, update } from '../../runtime/update.ts'

/** What a product is called. */
interface NameItem extends Item {
  readonly name: string
  readonly productVersion: number
}

const keyOf = (sku: string): Key => ({ pk: `product ${sku}`, sk: 'name' })

const nameItem = plainCodec<NameItem>('the name of the product', keyOf)

/** Keeps the name of an event of the catalogue, unless a newer one is known. */
export async function learnName(
  deps: UpdateDeps,
  sku: string,
  { name, productVersion }: Pick<NameItem, 'name' | 'productVersion'>,
  origin: Origin,
): Promise<void> {
  await update(deps, nameItem, sku, origin, (found) => {
    if (found && found.state.productVersion >= productVersion) return undefined
    return { state: { ...keyOf(sku), version: 1, name, productVersion }, emits: [] }
  })
}

/** The names of these products; of one that nobody knows it is the sku. */
export async function namesOf(store: Store, skus: readonly string[]): Promise<(sku: string) => string> {
  const found = await store.getMany(skus.map(keyOf))
  const names = new Map(found.map((item) => [item.pk, (item as NameItem).name]))
  return (sku) => names.get(keyOf(sku).pk) ?? sku
}
