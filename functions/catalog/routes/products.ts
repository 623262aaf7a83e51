import type { Product, routes } from '../../../schemas/catalog.ts'
import { timeOf } from '../../runtime/clock.ts'
import { commit } from '../../runtime/idempotent-commit.ts'
import { expectMatch, tagOf } from '../../runtime/entity-tag.ts'
import type { Refuse } from '../../runtime/errors.ts'
import type { Answer } from '../../runtime/answer.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import type { Store } from '../../runtime/store.ts'
import { moved } from '../store/category-item.ts'
import type { CatalogDeps } from '../deps.ts'
import { shownProduct } from './shown-product.ts'
import { type Content, contentOf, patched, replaced } from '../core/product.ts'
import { untilPriced } from './until-priced.ts'
import { untilStocked } from './until-stocked.ts'
import {
  type ProductItem,
  contentOfItem,
  created,
  findProduct,
  live,
  updated,
  writesOfProduct,
} from '../store/product-item.ts'

export function getProduct({ store, photosUrl }: CatalogDeps): Handler<typeof routes.getProduct> {
  return async ({ params, refuse }) => {
    const product = live(await findProduct(store, params.sku)) ?? (await liveNow(store, params.sku))
    if (product === undefined) throw productNotFound(refuse, params.sku)
    return answerOf(photosUrl, product)
  }
}

export function createProduct(deps: CatalogDeps): Handler<typeof routes.createProduct> {
  const { store, clock, photosUrl } = deps
  return async (request) => {
    const { sku } = request.body
    const content = contentOf(request.body)
    const answer = await commit(deps, request, async () => {
      const found = await findProduct(store, sku, { consistent: true })
      if (live(found) !== undefined) throw request.refuse('product_exists', `There is a product ${sku}.`)
      const product = created(found, sku, content, { cause: request.requestId, at: timeOf(clock.now()) })
      const entering = await moved(store, { to: content.categoryId }, request.refuse)
      return { writes: [...writesOfProduct(found, product), ...entering], answer: answerOf(photosUrl, product) }
    })
    await untilStocked(deps, [sku], request.headers)
    return answer
  }
}

export function updateProduct(deps: CatalogDeps): Handler<typeof routes.updateProduct> {
  return (request) =>
    changed(deps, request, (before) => {
      const after = patched(before, request.body)
      if (after === 'too_many_attributes') throw tooManyAttributes(request.refuse)
      return after
    })
}

export function replaceProduct(deps: CatalogDeps): Handler<typeof routes.replaceProduct> {
  return (request) =>
    changed(deps, request, (before) => {
      const after = replaced(before, request.body)
      if (after === 'other_unique') throw otherUnique(request.refuse, before)
      return after
    })
}

type Changing = Request<typeof routes.updateProduct | typeof routes.replaceProduct>

/**
 * Writes the content that `decide` makes of the one that stands, under the version of that; the very same one is not written. Answers when orders
 * know it.
 */
async function changed(
  deps: CatalogDeps,
  request: Changing,
  decide: (before: Content) => Content,
): Promise<Answer<Product>> {
  const { store, clock, photosUrl } = deps
  const answer = await commit(deps, request, async () => {
    const product = await liveNow(store, request.params.sku)
    if (product === undefined) throw productNotFound(request.refuse, request.params.sku)
    expectMatch(request, tagOf(product))
    const before = contentOfItem(product)
    const after = decide(before)
    if (after === before) return { writes: [], answer: answerOf(photosUrl, product) }
    const written = updated(product, after, { cause: request.requestId, at: timeOf(clock.now()) })
    const moving = await moved(store, moveOf(before, after), request.refuse)
    return { writes: [...writesOfProduct(product, written), ...moving], answer: answerOf(photosUrl, written) }
  })
  if (answer.body) await untilPriced(deps, [answer.body], request.headers)
  return answer
}

const liveNow = async (store: Store, sku: string): Promise<ProductItem | undefined> =>
  live(await findProduct(store, sku, { consistent: true }))

const moveOf = (before: Content, after: Content) => ({ from: before.categoryId, to: after.categoryId })

const answerOf = (photosUrl: string, product: ProductItem): Answer<Product> => ({
  headers: { etag: tagOf(product) },
  body: shownProduct(photosUrl, product),
})

const productNotFound = (refuse: Refuse<'product_not_found'>, sku: string) =>
  refuse('product_not_found', `There is no product ${sku}.`)

const otherUnique = (refuse: Refuse<'validation_failed'>, { unique }: Content) =>
  refuse('validation_failed', 'The request has invalid fields.', {
    errors: [{ path: 'unique', message: `it is ${unique}, and never changes` }],
  })

const tooManyAttributes = (refuse: Refuse<'too_many_attributes'>) =>
  refuse('too_many_attributes', 'With these the product has too many attributes.', {
    errors: [{ path: 'attributes', message: 'too many together with those that there are' }],
  })
