import { ulid } from 'ulid'
import { routes } from '../../schemas/catalog.ts'
import { systemClock } from '../runtime/clock.ts'
import { type Handlers, http } from '../runtime/http.ts'
import { liveStore } from '../runtime/live.ts'
import { createCategory, deleteCategory, listCategories, updateCategory } from './categories.ts'
import { importProducts } from './import.ts'
import type { CatalogParts } from './parts.ts'
import { listProducts } from './product-list.ts'
import { createProduct, getProduct, updateProduct } from './products.ts'

export const handlers = (parts: CatalogParts): Handlers<typeof routes> => ({
  listCategories: listCategories(parts),
  createCategory: createCategory(parts),
  updateCategory: updateCategory(parts),
  deleteCategory: deleteCategory(parts),
  listProducts: listProducts(parts),
  getProduct: getProduct(parts),
  createProduct: createProduct(parts),
  updateProduct: updateProduct(parts),
  importProducts: importProducts(parts),
})

export const handler = http(routes, () =>
  handlers({ store: liveStore(), clock: systemClock, newId: () => `cat_${ulid()}` }),
)
