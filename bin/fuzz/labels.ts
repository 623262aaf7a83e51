import type { routes } from '../../schemas/product-labels.ts'
import { type Asked, type Plan, about } from './plan.ts'
import { linesOf, textOf } from './text.ts'

export const references = ['PO-1', 'PO-2', 'Größe 7', '../..']

/** What another system puts onto a thing. */
export const metadataOf = ({ chance }: Asked) => ({
  erp: linesOf(chance, 500),
  [chance.pick(['constructor', 'a b', 'k'.repeat(40), 'ключ'])]: textOf(chance, 500),
})
export const labelsOf = (asked: Asked) => ({ reference: asked.chance.pick(references), metadata: metadataOf(asked) })

/** A change of what stands there. */
export const relabelling = (asked: Asked): object =>
  asked.chance.pick([labelsOf(asked), { metadata: { ...metadataOf(asked), erp: null } }, { reference: null }])

/** What other systems put onto products. */
export const productLabels: { readonly [Name in keyof typeof routes]: Plan } = {
  getProductLabels: {
    weight: 0.5,
    ask: (asked) =>
      about(asked.shop.some('idleProducts', asked.chance), ({ id: sku }) => ({
        as: asked.shop.operator,
        params: { sku },
      })),
  },
  updateProductLabels: {
    weight: 0.5,
    ask: (asked) =>
      about(asked.shop.some('idleProducts', asked.chance), ({ id: sku }) => ({
        as: asked.shop.operator,
        params: { sku },
        body: relabelling(asked),
      })),
  },
}
