import type { Progress } from './progress.ts'
import type { Stack } from './stack.ts'
import type { ListedProduct } from './trading-day.ts'

export interface Imported {
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly refused: readonly { readonly sku: string; readonly why: string }[]
}

/** Products sent in one request. */
const perRequest = 100

/** Imports the products, priced in pounds; `backorder`: orders may wait for them. */
export async function importProducts(
  { api }: Stack,
  products: readonly ListedProduct[],
  { progress, backorder }: { readonly progress: Progress; readonly backorder: boolean },
): Promise<Imported> {
  const counts = { created: 0, updated: 0, unchanged: 0 }
  const refused: { sku: string; why: string }[] = []
  progress.start('import products', products.length)
  const left = [...products]
  while (left.length > 0) {
    const part = left.splice(0, perRequest)
    const { rows } = await api.importProducts({
      text: part.map((product) => ndjsonOf(product, backorder)).join(''),
      mediaType: 'application/x-ndjson',
    })
    for (const { row, result, sku = '?', errors = [] } of rows) {
      if (result === 'not_tried') {
        left.push(...part.slice(row - 1, row))
        continue
      }
      if (result === 'refused')
        refused.push({ sku, why: errors.map(({ path, message }) => `${path}: ${message}`).join() })
      else counts[result] += 1
      progress.step()
    }
  }
  progress.stop()
  return { ...counts, refused }
}

const ndjsonOf = ({ sku, name, price }: ListedProduct, backorder: boolean): string => {
  const product = {
    sku,
    name,
    price: { amount: price, currency: 'GBP' },
    ...(backorder && { backorder: { allowed: true } }),
  }
  return `${JSON.stringify(product)}\n`
}
