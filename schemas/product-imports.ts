import * as z from 'zod'
import { importInput, importOf, importRoutes, withUpload } from './imports.ts'

/** The most rows of a file of products. */
export const maxProductFileRows = 200_000

const kind = z.enum(['products']).describe('What the rows are: those of `POST /products/import`.')

export const ImportInput = importInput(kind).meta({ id: 'ImportInput' })

const ImportShown = importOf(
  kind,
  z
    .object({ read: z.int(), created: z.int(), updated: z.int(), unchanged: z.int(), refused: z.int() })
    .describe('So far.'),
  'Each as of `POST /products/import`.',
)
export const Import = ImportShown.meta({ id: 'Import' })
export type Import = z.infer<typeof Import>

const { begin, list, get, cancel } = importRoutes({
  path: '/imports',
  pathOfOne: '/imports/{id}',
  who: 'catalog:write',
  of: 'products',
  maxRows: maxProductFileRows,
  input: ImportInput,
  shown: Import,
  begun: ImportShown.extend(withUpload),
})

/** Routes of catalog, which reads the files. */
export const routes = { createImport: begin, listImports: list, getImport: get, cancelImport: cancel }
