import type { Labels } from '../../../schemas/labels.ts'
import type { routes } from '../../../schemas/product-labels.ts'
import type { Answer } from '../../runtime/answer.ts'
import { expectMatch, tagOfBody } from '../../runtime/entity-tag.ts'
import type { Handler } from '../../runtime/http.ts'
import { commit } from '../../runtime/idempotent-commit.ts'
import { relabelledOr } from '../../runtime/labels.ts'
import type { CatalogDeps } from '../deps.ts'
import { findProductLabels, writesOfProductLabels } from '../store/product-labels-item.ts'
import { productNow } from './product-now.ts'

export function getProductLabels({ store }: CatalogDeps): Handler<typeof routes.getProductLabels> {
  return async ({ params, refuse }) => {
    const product = await productNow(store, params.sku, refuse)
    const { labels } = await findProductLabels(store, product)
    return answerOf(labels)
  }
}

/** Who changes other keys at the same time is decided again on what stands then. */
export function updateProductLabels(deps: CatalogDeps): Handler<typeof routes.updateProductLabels> {
  const { store } = deps
  return (request) =>
    commit(deps, request, async () => {
      const { params, body, refuse } = request
      const product = await productNow(store, params.sku, refuse)
      const found = await findProductLabels(store, product)
      expectMatch(request, tagOfBody(found.labels))
      const after = relabelledOr(refuse, 'A product', found.labels, body)
      const writes = after === found.labels ? [] : writesOfProductLabels(product, found, after)
      return { writes, answer: answerOf(after) }
    })
}

const answerOf = (body: Labels): Answer<Labels> => ({ body })
