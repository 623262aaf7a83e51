import * as z from 'zod'
import { actionRecorded } from './action.ts'
import { impersonal } from './personal.ts'
import { event, route } from './contract.ts'
import { Photo, routes as photoRoutes } from './photos.ts'
import { routes as importRoutes } from './product-imports.ts'
import { routes as labelRoutes } from './product-labels.ts'
import { Id, Money, Paging, Sku, Time, Units, pageOf } from './shared.ts'
import { changesOf, linesOrNothing, oneLine, trimmedLine, trimmedLines } from './text.ts'

/** How many attributes a product may have. */
export const maxAttributes = 50
const KnownName = z.string().min(1).max(50)
export const AttributeName = oneLine(50)
// Numbers that DynamoDB holds as they are.
const AttributeNumber = z
  .number()
  .min(-1e15)
  .max(1e15)
  .refine((number) => number === 0 || Math.abs(number) >= 1e-100, 'not so close to 0')
const AttributeValue = z.union([z.string().max(500), AttributeNumber, z.boolean()]).meta({ id: 'AttributeValue' })
const AttributeInput = z.union([linesOrNothing(500), AttributeNumber, z.boolean()]).meta({ id: 'AttributeInput' })
const few = (attributes: object) => Object.keys(attributes).length <= maxAttributes
const tooMany = `at most ${maxAttributes} attributes`

/** Whether orders may wait for a product. */
export const Backorder = z
  .strictObject({
    allowed: z.boolean(),
    cap: Units.optional().describe('So many units may be waited for, 0 for none; default: any number.'),
    shipBy: Time.optional().describe('What customers are promised: an estimate, no deadline.'),
  })
  .meta({ id: 'Backorder' })

/** What an operator enters about a product. */
export const ProductInput = z
  .strictObject({
    sku: Sku,
    name: trimmedLines(200),
    description: linesOrNothing(5_000).optional(),
    categoryId: Id.optional(),
    attributes: z.record(AttributeName, AttributeInput).refine(few, tooMany).optional(),
    price: Money,
    weightGrams: z.int().min(0).max(10_000_000).optional(),
    unique: z.boolean().default(false).describe('One unit of it exists: a pet, a used item.'),
    active: z.boolean().default(true).describe('Whether it can be ordered.'),
    lowStockAt: Units.optional().describe('stock.low is emitted when available falls to this or below.'),
    backorder: Backorder.optional().describe('Whether orders that ask for it may wait for the product; default: not.'),
  })
  .meta({ id: 'ProductInput' })
export type ProductInput = z.infer<typeof ProductInput>

/** What may change: everything but `sku` and `unique`. Null removes what is optional; attributes are merged by name. */
export const ProductPatch = z
  .strictObject({
    name: ProductInput.shape.name.optional(),
    description: linesOrNothing(5_000).nullable().optional(),
    categoryId: Id.nullable().optional(),
    attributes: changesOf(AttributeName, KnownName, AttributeInput).refine(few, tooMany).nullable().optional(),
    price: Money.optional(),
    weightGrams: z.int().min(0).max(10_000_000).nullable().optional(),
    active: z.boolean().optional(),
    lowStockAt: Units.nullable().optional(),
    backorder: Backorder.nullable().optional(),
  })
  .refine((patch) => Object.keys(patch).length > 0, 'at least one field')
  .meta({ id: 'ProductPatch', minProperties: 1 })
export type ProductPatch = z.infer<typeof ProductPatch>

/** A product anew: all but `sku`, which the path has, and `unique`, which stays. What is left out is as if it were never entered. */
export const ProductReplacement = ProductInput.omit({ sku: true, unique: true })
  .extend({ unique: z.boolean().optional().describe('As it is; it never changes.') })
  .meta({ id: 'ProductReplacement' })
export type ProductReplacement = z.infer<typeof ProductReplacement>

/** How many rows one import may have: about what a warm table takes of new products, with their words, in 5 s. The index of all products takes 1,000 writes a second. */
export const maxImportRows = 2_000

/** A row of an import: the fields of a new product, or those of a known one that change. */
export const ImportRow = z
  .strictObject({ sku: Sku, ...ProductPatch.shape, unique: z.boolean().optional() })
  .meta({ id: 'ImportRow' })
export type ImportRow = z.infer<typeof ImportRow>

export const Product = z
  .object({
    ...ProductInput.shape,
    // Of a release that took other texts.
    name: z.string(),
    description: z.string().max(5_000).optional(),
    attributes: z.record(KnownName, AttributeValue).refine(few, tooMany).optional(),
    unique: z.boolean(),
    active: z.boolean(),
    photos: z.array(Photo).describe('The published ones, in their order.'),
    version: z.int(),
    createdAt: Time,
    updatedAt: Time,
  })
  .meta({ id: 'Product' })
export type Product = z.infer<typeof Product>

export const CategoryInput = z
  .strictObject({ name: trimmedLine(100), parentId: Id.optional() })
  .meta({ id: 'CategoryInput' })
export type CategoryInput = z.infer<typeof CategoryInput>
export const CategoryPatch = z
  .strictObject({ name: CategoryInput.shape.name.optional(), parentId: Id.nullable().optional() })
  .refine((patch) => Object.keys(patch).length > 0, 'at least one field')
  .meta({ id: 'CategoryPatch', minProperties: 1 })
export type CategoryPatch = z.infer<typeof CategoryPatch>
export const Category = z
  .object({ id: Id, name: z.string(), parentId: Id.optional(), createdAt: Time, updatedAt: Time })
  .meta({ id: 'Category' })
export type Category = z.infer<typeof Category>

export const ImportResult = z
  .object({
    rows: z.array(
      z.object({
        row: z.int().describe('Counts from 1; the header of a CSV file and empty lines are not rows.'),
        sku: z.string().optional(),
        result: z
          .enum(['created', 'updated', 'unchanged', 'refused', 'not_tried'])
          .describe(
            '`not_tried`: the time was over before this row. Send the file again: rows that are done come back unchanged.',
          ),
        errors: z
          .array(z.object({ path: z.string(), message: z.string() }))
          .optional()
          .describe('The first ones: those of a row take at most 1 KB.'),
        moreErrors: z.int().min(1).optional().describe('How many errors the row has beyond those listed.'),
      }),
    ),
    counts: z.object({
      created: z.int(),
      updated: z.int(),
      unchanged: z.int(),
      refused: z.int(),
      notTried: z.int().optional().describe('Missing when every row was tried.'),
    }),
    detail: z.string().optional().describe('How to go on when not every row was tried.'),
  })
  .meta({ id: 'ImportResult' })
export type ImportResult = z.infer<typeof ImportResult>

/** What other services need of a product: the price list of orders, the stock item of inventory. */
const ProductFacts = z.object({
  sku: Sku,
  name: impersonal('the name of a product', z.string()),
  price: Money,
  active: z.boolean(),
  unique: z.boolean(),
  lowStockAt: Units.optional(),
  backorder: Backorder.optional(),
  version: z.int().describe('Grows with every change, also over deletion; the higher one is the newer one.'),
  createdVersion: z.int().optional().describe('The version in which it was created, after a deletion: created again.'),
})

export const events = {
  productCreated: event('catalog', 'product.created', 1, 'A product exists, or exists again.', ProductFacts),
  productUpdated: event('catalog', 'product.updated', 1, 'A product has changed.', ProductFacts),
  productDeleted: event(
    'catalog',
    'product.deleted',
    1,
    'A product is gone.',
    z.object({ sku: Sku, version: z.int() }),
  ),
  actionRecorded: actionRecorded('catalog'),
}

/** How old may be what everybody reads, in seconds. */
const readByAll = 5
const bySku = z.strictObject({ sku: Sku })
const byId = z.strictObject({ id: Id })

export const routes = {
  listCategories: route({
    method: 'GET',
    path: '/categories',
    who: 'open',
    summary: 'List the categories',
    query: Paging,
    answer: { status: 200, body: pageOf(Category), maxAge: readByAll },
  }),
  getCategory: route({
    method: 'GET',
    path: '/categories/{id}',
    who: 'open',
    summary: 'One category',
    params: byId,
    answer: { status: 200, body: Category, maxAge: readByAll },
    problems: ['category_not_found'],
  }),
  createCategory: route({
    method: 'POST',
    path: '/categories',
    who: 'catalog:write',
    summary: 'Create a category',
    body: CategoryInput,
    idempotencyKey: 'optional',
    answer: { status: 201, body: Category, location: '/categories/{id}' },
    problems: ['unknown_category', 'category_too_deep'],
  }),
  updateCategory: route({
    method: 'PATCH',
    path: '/categories/{id}',
    who: 'catalog:write',
    summary: 'Rename or move a category',
    params: byId,
    body: CategoryPatch,
    answer: { status: 200, body: Category },
    problems: ['category_not_found', 'unknown_category', 'category_cycle', 'category_too_deep'],
  }),
  deleteCategory: route({
    method: 'DELETE',
    path: '/categories/{id}',
    who: 'catalog:write',
    summary: 'Delete a category that no product and no category stands in',
    params: byId,
    answer: { status: 204 },
    problems: ['category_not_found', 'category_in_use'],
  }),
  listProducts: route({
    method: 'GET',
    path: '/products',
    who: 'open',
    summary: 'List the products by sku, or those whose names or skus have words that begin like this',
    query: Paging.extend({
      category: Id.optional().describe('Not looked up: in a category that is not there stands no product.'),
      q: z
        .string()
        .trim()
        .min(1)
        .max(100)
        .optional()
        .describe(
          'Each of its words begins one of the first 12 words of the name, or the sku, or a part of the sku behind punctuation. Case does not count, accents do. Products come in the order of the words that are found, then by sku; a page may be short, and go on by its cursor.',
        ),
    }),
    answer: { status: 200, body: pageOf(Product), maxAge: readByAll },
  }),
  getProduct: route({
    method: 'GET',
    path: '/products/{sku}',
    who: 'open',
    summary: 'One product',
    params: bySku,
    answer: { status: 200, body: Product, maxAge: readByAll },
    problems: ['product_not_found'],
  }),
  createProduct: route({
    method: 'POST',
    path: '/products',
    who: 'catalog:write',
    summary: 'Create a product',
    body: ProductInput,
    idempotencyKey: 'optional',
    answer: { status: 201, body: Product, location: '/products/{sku}' },
    problems: ['product_exists', 'unknown_category'],
  }),
  updateProduct: route({
    method: 'PATCH',
    path: '/products/{sku}',
    who: 'catalog:write',
    summary: 'Change a product; `If-Match` with its `ETag` refuses to overwrite a newer version',
    params: bySku,
    body: ProductPatch,
    answer: { status: 200, body: Product },
    problems: ['product_not_found', 'unknown_category', 'too_many_attributes'],
  }),
  replaceProduct: route({
    method: 'PUT',
    path: '/products/{sku}',
    who: 'catalog:write',
    summary:
      'Replace all that is entered of a product; creates none. `If-Match` with its `ETag` refuses to overwrite a newer version',
    params: bySku,
    body: ProductReplacement,
    answer: { status: 200, body: Product },
    problems: ['product_not_found', 'unknown_category'],
  }),
  ...photoRoutes,
  ...labelRoutes,
  ...importRoutes,
  importProducts: route({
    method: 'POST',
    path: '/products/import',
    who: 'catalog:write',
    summary: 'Create or update up to 2,000 products from NDJSON or CSV, with a result per row; split larger files',
    text: ['application/x-ndjson', 'text/csv', 'application/csv'],
    answer: { status: 200, body: ImportResult },
    problems: ['too_many_rows', 'invalid_csv', 'too_many_columns', 'unknown_columns'],
  }),
}
