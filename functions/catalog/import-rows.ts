import { ImportRow, ProductInput, type ImportResult } from '../../schemas/catalog.ts'
import { type FieldError, fieldErrors } from '../runtime/errors.ts'
import type { Write } from '../runtime/store.ts'
import type { Move } from './category.ts'
import type { SentRow } from './import-file.ts'
import { type Content, contentOf, patched, present } from './product.ts'
import {
  type Cause,
  type Found,
  type ProductItem,
  contentOfItem,
  created,
  inPlaceOf,
  live,
  updated,
} from './product.store.ts'

export type RowResult = ImportResult['rows'][number]

/** A row whose fields are allowed, each by itself. */
export interface GoodRow {
  readonly row: number
  readonly fields: ImportRow
}

/** What a row does to the product that was found. */
export type Step =
  | { readonly result: 'unchanged' }
  | { readonly result: 'refused'; readonly errors: FieldError[] }
  | { readonly result: 'created' | 'updated'; readonly write: Write; readonly move: Move }

/**
 * Checks each row by itself. A sku that comes a second time is refused: of two rows about one product one is a mistake, and its owner
 * should say which.
 */
export function checked(sent: readonly SentRow[]): { good: GoodRow[]; refused: RowResult[] } {
  const good = new Map<string, GoodRow>()
  const refused: RowResult[] = []
  for (const each of sent) {
    const fields = fieldsOf(each)
    const first = fields.data && good.get(fields.data.sku)
    if (fields.data === undefined) refused.push(refusal(each.row, fields.sku, fields.errors))
    else if (first === undefined) good.set(fields.data.sku, { row: each.row, fields: fields.data })
    else
      refused.push(refusal(each.row, fields.data.sku, [{ path: 'sku', message: `comes in row ${first.row} already` }]))
  }
  return { good: [...good.values()], refused }
}

type Fields =
  | { readonly data: ImportRow }
  | { readonly data?: undefined; readonly sku: string | undefined; readonly errors: FieldError[] }

function fieldsOf(sent: SentRow): Fields {
  if ('errors' in sent) return { sku: undefined, errors: sent.errors }
  const parsed = ImportRow.safeParse(sent.value)
  if (parsed.success) return { data: parsed.data }
  const { sku } = (sent.value ?? {}) as { readonly sku?: unknown }
  return { sku: typeof sku === 'string' ? sku : undefined, errors: fieldErrors(parsed.error) }
}

export const refusal = (row: number, sku: string | undefined, errors: FieldError[]): RowResult => ({
  row,
  ...(sku !== undefined && { sku }),
  result: 'refused',
  errors,
})

/** A product that is not there is created from the row; one that is there is patched with it. */
export function stepOf(found: Found, { fields }: GoodRow, why: Cause): Step {
  const product = live(found)
  return product === undefined ? creation(found, fields, why) : change(product, fields, why)
}

function creation(found: Found, fields: ImportRow, why: Cause): Step {
  const input = ProductInput.safeParse(present(fields, null, undefined))
  if (!input.success) return { result: 'refused', errors: fieldErrors(input.error) }
  const content = contentOf(input.data)
  const write = inPlaceOf(found, created(found, fields.sku, content, why))
  return { result: 'created', write, move: { to: content.categoryId } }
}

function change(product: ProductItem, { sku: _, unique, ...patch }: ImportRow, why: Cause): Step {
  if (unique !== undefined && unique !== product.unique) return refusedStep('unique', 'cannot change')
  const before: Content = contentOfItem(product)
  const after = patched(before, patch)
  if (after === 'too_many_attributes') return refusedStep('attributes', 'too many together with those that there are')
  if (after === before) return { result: 'unchanged' }
  const write = inPlaceOf(product, updated(product, after, why))
  return { result: 'updated', write, move: { from: before.categoryId, to: after.categoryId } }
}

export const refusedStep = (path: string, message: string): Step => ({ result: 'refused', errors: [{ path, message }] })
