import * as z from 'zod'
import { AdjustmentResult, AdjustmentRow } from './bulk-adjustment.ts'
import { importInput, importOf, importRoutes, withUpload } from './imports.ts'
import { Sku } from './shared.ts'
import { AdjustmentInput } from './stock-input.ts'

/** The most rows of a file of adjustments. */
export const maxStockFileRows = 100_000
/** How long the key of a row is known from the beginning of its import on, in days: as long as the import itself. */
export const rowKeyDays = 30

const kind = z
  .enum(['adjustments'])
  .describe(
    `What the rows are: those of \`POST /inventory/adjustments\`, each by itself, those of one sku in their order. The key of a row counts once for whoever sends it, in this file, in another one and in that route, for ${rowKeyDays} days. A row without a key gets one of the import and its number: the same file sent as another import is another intent, and its rows without keys are done again.`,
  )

/** A row of a file: as in a request, but that its key may be left to the import. */
export const StockFileRow = AdjustmentInput.safeExtend({ key: AdjustmentRow.shape.key.optional(), sku: Sku })
export type StockFileRow = z.infer<typeof StockFileRow>

/** What becomes of a row: as in a request, or refused with what is wrong with its fields. */
export type StockRowResult = { readonly row: number } & (
  | AdjustmentResult
  | {
      readonly key?: string
      readonly sku?: string
      readonly result: 'refused'
      readonly errors: readonly { readonly path: string; readonly message: string }[]
      readonly moreErrors?: number
    }
)

export const StockImportInput = importInput(kind).meta({ id: 'StockImportInput' })

const StockImportShown = importOf(
  kind,
  z.object({ read: z.int(), done: z.int(), refused: z.int() }).describe('So far.'),
  'Each as of `POST /inventory/adjustments`, with its number as `row`; of a row whose fields are wrong, with `errors`.',
)
export const StockImport = StockImportShown.meta({ id: 'StockImport' })
export type StockImport = z.infer<typeof StockImport>

const { begin, list, get, cancel } = importRoutes({
  path: '/stock-imports',
  pathOfOne: '/stock-imports/{id}',
  who: 'stock:adjust',
  of: 'stock',
  maxRows: maxStockFileRows,
  input: StockImportInput,
  shown: StockImport,
  begun: StockImportShown.extend(withUpload),
})

/** Routes of inventory, which reads the files. */
export const stockImportRoutes = {
  createStockImport: begin,
  listStockImports: list,
  getStockImport: get,
  cancelStockImport: cancel,
}
