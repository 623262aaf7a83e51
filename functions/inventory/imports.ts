import { importHandler } from '../runtime/live-imports.ts'
import { stockImports } from './on/upload.ts'

/** The queue of files that were sent. */
export const handler = importHandler(stockImports)
