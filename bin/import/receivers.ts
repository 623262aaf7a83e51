import { productFile } from '../../functions/catalog/on/upload.ts'
import { stockFile } from '../../functions/inventory/on/upload.ts'
import type { Stack } from '../replay/stack.ts'
import type { Receiver } from './send-file.ts'

/** What takes the files of each kind. */
export const receivers = {
  products: ({ api }: Pick<Stack, 'api'>): Receiver => ({
    kind: productFile,
    begin: (written) => api.createImport({ body: { kind: 'products', ...written } }),
    read: (id) => api.getImport({ params: { id } }),
  }),
  stock: ({ api }: Pick<Stack, 'api'>): Receiver => ({
    kind: stockFile,
    begin: (written) => api.createStockImport({ body: { kind: 'adjustments', ...written } }),
    read: (id) => api.getStockImport({ params: { id } }),
  }),
}
