import { importHandler } from '../runtime/live-imports.ts'
import { productImports } from './on/upload.ts'

/** The queue of files that were sent. */
export const handler = importHandler(productImports)
