import { ImportRow, ProductInput, type ImportResult } from '../../../schemas/catalog.ts'
import { type FieldError, fieldErrors, shortened } from '../../runtime/errors.ts'
import { type SentRow, checkedRow, listedErrors } from '../../runtime/sent-row.ts'
import type { Write } from '../../runtime/store.ts'
import type { Move } from '../core/category.ts'
import { type Content, contentOf, patched, present } from '../core/product.ts'
import {
  type Cause,
  type Found,
  type ProductItem,
  contentOfItem,
  created,
  live,
  updated,
  writesOfProduct,
} from '../store/product-item.ts'

export type RowResult = ImportResult['rows'][number]

/** With the version of the product that the row has left. */
export type Written = RowResult & { readonly version?: number }

export const resultOf = ({ version: _, ...result }: Written): RowResult => result

/** A row whose fields are allowed, each by itself. */
export interface GoodRow {
  readonly row: number
  readonly fields: ImportRow
}

/** Why rows are written; `isByRow` lets each product name the row that wrote it. */
export interface RowsCause extends Cause {
  readonly isByRow?: boolean
}

/** What a row does to the product that was found. */
export type Step =
  | { readonly result: 'unchanged' }
  | { readonly result: 'refused'; readonly errors: readonly FieldError[] }
  | {
      readonly result: 'created' | 'updated'
      readonly version: number
      readonly writes: readonly Write[]
      readonly move: Move
    }

/**
 * Checks each row by itself. A sku that comes a second time is refused: of two rows about one product one is a mistake.
 */
export function checked(sent: readonly SentRow[]): { good: GoodRow[]; refused: RowResult[] } {
  const good = new Map<string, GoodRow>()
  const refused: RowResult[] = []
  for (const each of sent) {
    const fields = checkedRow(each, ImportRow)
    const first = fields.data && good.get(fields.data.sku)
    if (fields.data === undefined) refused.push(refusal(each.row, skuOf(fields.sent), fields.errors, fields.moreErrors))
    else if (first === undefined) good.set(fields.data.sku, { row: each.row, fields: fields.data })
    else
      refused.push(refusal(each.row, fields.data.sku, [{ path: 'sku', message: `comes in row ${first.row} already` }]))
  }
  return { good: [...good.values()], refused }
}

const skuOf = ({ sku }: Readonly<Record<string, unknown>>): string | undefined =>
  typeof sku === 'string' ? sku : undefined

/** The longest sku, in characters, that is shown of a row; longer text is not a sku. */
const shownSkuLength = 64

export function refusal(
  row: number,
  sku: string | undefined,
  errors: readonly FieldError[],
  moreErrors = 0,
): RowResult {
  return {
    row,
    ...(sku !== undefined && { sku: shortened(sku, shownSkuLength) }),
    result: 'refused',
    ...listedErrors(errors, moreErrors),
  }
}

/** A product that is not there is created from the row; one that is there is patched with it. */
export function stepOf(found: Found, { row, fields }: GoodRow, { isByRow, ...sent }: RowsCause): Step {
  const why = isByRow ? { ...sent, cause: `${sent.cause}/${row}` } : sent
  const product = live(found)
  if (isByRow && product?.cause === why.cause) return doneBefore(product)
  return product === undefined ? creation(found, fields, why) : change(product, fields, why)
}

/** What a row has done that comes again: the product stands as the row has left it. */
const doneBefore = ({ version, createdVersion }: ProductItem): Step => ({
  result: version === createdVersion ? 'created' : 'updated',
  version,
  writes: [],
  move: {},
})

function creation(found: Found, fields: ImportRow, why: Cause): Step {
  const input = ProductInput.safeParse(present(fields, null, undefined))
  if (!input.success) return { result: 'refused', errors: fieldErrors(input.error) }
  const content = contentOf(input.data)
  const written = created(found, fields.sku, content, why)
  const { version } = written
  return { result: 'created', version, writes: writesOfProduct(found, written), move: { to: content.categoryId } }
}

function change(product: ProductItem, { sku: _, unique, ...patch }: ImportRow, why: Cause): Step {
  if (unique !== undefined && unique !== product.unique) return refusedStep('unique', 'cannot change')
  const before: Content = contentOfItem(product)
  const after = patched(before, patch)
  if (after === 'too_many_attributes') return refusedStep('attributes', 'too many together with those that there are')
  if (after === before) return { result: 'unchanged' }
  const written = updated(product, after, why)
  const { version } = written
  const move = { from: before.categoryId, to: after.categoryId }
  return { result: 'updated', version, writes: writesOfProduct(product, written), move }
}

export const refusedStep = (path: string, message: string): Step => ({ result: 'refused', errors: [{ path, message }] })
