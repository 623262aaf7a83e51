import { ulid } from 'ulid'
import { routes } from '../../schemas/catalog.ts'
import { type Handlers, http } from '../runtime/http.ts'
import { liveIdentity, liveItems, livePrices, liveStock } from '../runtime/aws-wiring.ts'
import { liveImports } from '../runtime/live-imports.ts'
import { livePhotos } from './adapters/live-photos.ts'
import { createCategory, deleteCategory, getCategory, listCategories, updateCategory } from './routes/categories.ts'
import { importProducts } from './routes/import.ts'
import { imports } from './routes/imports.ts'
import type { CatalogDeps } from './deps.ts'
import { listProducts } from './routes/list-products.ts'
import { photos } from './routes/photos.ts'
import { getProductLabels, updateProductLabels } from './routes/product-labels.ts'
import { createProduct, getProduct, replaceProduct, updateProduct } from './routes/products.ts'

export const handlers = (deps: CatalogDeps): Handlers<typeof routes> => ({
  listCategories: listCategories(deps),
  getCategory: getCategory(deps),
  createCategory: createCategory(deps),
  updateCategory: updateCategory(deps),
  deleteCategory: deleteCategory(deps),
  listProducts: listProducts(deps),
  getProduct: getProduct(deps),
  createProduct: createProduct(deps),
  updateProduct: updateProduct(deps),
  replaceProduct: replaceProduct(deps),
  importProducts: importProducts(deps),
  getProductLabels: getProductLabels(deps),
  updateProductLabels: updateProductLabels(deps),
  ...photos(deps),
  ...imports(deps),
})

export const handler = http(routes, liveIdentity, () =>
  handlers({
    ...liveItems(),
    newId: () => `cat_${ulid()}`,
    ...liveImports(),
    ...livePhotos(),
    askStock: liveStock(),
    readPrice: livePrices(),
  }),
)
