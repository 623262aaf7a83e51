import { type Product, type ProductInput, type ProductPatch, maxAttributes } from '../../../schemas/catalog.ts'
import { own } from '../../../schemas/own.ts'

/** What operators enter about a product. */
export type Content = Omit<ProductInput, 'sku'>

/** The content of a new product. */
export function contentOf(input: ProductInput): Content {
  const { sku: _, ...content } = input
  return content
}

/**
 * The content with the changes of a patch: null removes a field, attributes are merged by name (RFC 7396). The very same content
 * where nothing changes; `too_many_attributes` where the merged ones pass the limit.
 */
export function patched(content: Content, patch: ProductPatch): Content | 'too_many_attributes' {
  const attributes = merged(content.attributes, patch.attributes)
  if (Object.keys(attributes ?? {}).length > maxAttributes) return 'too_many_attributes'
  const changed = present({ ...content, ...present(patch, undefined), attributes }, null, undefined) as Content
  return same(content, changed) ? content : changed
}

/** The fields but those with one of these values. */
export function present(fields: object, ...absent: readonly unknown[]): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !absent.includes(value)))
}

function merged(before: Content['attributes'], patch: ProductPatch['attributes']): Content['attributes'] {
  if (patch === undefined) return before
  const after = present({ ...(patch && before), ...patch }, null) as NonNullable<Content['attributes']>
  return Object.keys(after).length === 0 ? undefined : after
}

/** Whether two JSON values are the same; an absent field is as good as an undefined one. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (!isObject(a) || !isObject(b)) return false
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => same(own(a, key), own(b, key)))
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/**
 * Whether the end of a product that inventory knew in `productVersion` is the end of this one: not when it was created again since.
 * Changes that inventory did not know yet do not save it.
 */
export const isEndOf = (product: { readonly createdVersion: number }, productVersion: number): boolean =>
  product.createdVersion <= productVersion // mutant: product-life

/** The words of a search, folded; between words is any white space of Unicode. */
export const wordsOf = (q: string): string[] =>
  folded(q)
    .split(/\p{White_Space}+/u)
    .filter(Boolean)

/** Whether every word occurs in sku, name or description, in whatever case and form of Unicode either is written. */
export function matches(product: Pick<Product, 'sku' | 'name' | 'description'>, words: readonly string[]): boolean {
  const text = folded(`${product.sku}\n${product.name}\n${product.description ?? ''}`)
  return words.every((word) => text.includes(word))
}

/** The text without case, full-width forms and ligatures. Capitals in between fold what has no small form of its own, such as ß and ss. */
const folded = (text: string): string =>
  text.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC').replaceAll('ς', 'σ')
