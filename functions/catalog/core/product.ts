import {
  type ProductInput,
  type ProductPatch,
  type ProductReplacement,
  maxAttributes,
} from '../../../schemas/catalog.ts'
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

/** The content anew, unless that is the very same one; whether it is unique stays. `other_unique` where that is to be another. */
export function replaced(content: Content, { unique, ...anew }: ProductReplacement): Content | 'other_unique' {
  if (unique !== undefined && unique !== content.unique) return 'other_unique'
  const after = { ...anew, unique: content.unique }
  return same(content, after) ? content : after
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
