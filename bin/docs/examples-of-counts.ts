import { type Example, at, count, countedLine, product, user } from './example-items.ts'

/** Of counts of a warehouse. */
export const examplesOfCounts: Readonly<Record<string, Example>> = {
  createCount: {
    request: { warehouseId: 'main', skus: [product.sku], reference: 'aisle 7' },
    answer: { ...count, lines: [{ sku: product.sku, expected: 100 }] },
  },
  listCounts: { answer: { items: [count] } },
  getCount: { answer: { ...count, lines: [countedLine] } },
  countLine: { request: { counted: 97 }, answer: countedLine },
  postCount: {
    answer: {
      ...count,
      status: 'posted',
      closedAt: at('08:30:00.000'),
      closedBy: user.id,
      changed: 1,
      equal: 0,
      uncounted: 0,
      refused: [],
    },
  },
}
