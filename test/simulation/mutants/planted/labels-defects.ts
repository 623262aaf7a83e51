import { type Defect, defect } from './defect.ts'

/** Mistakes with what other systems put onto products, payments and adjustments. */
export const labelsDefects: readonly Defect[] = [
  defect(
    'labels of a product are written over whatever is there',
    'catalog/store/product-labels-item',
    'product-labels-write',
    [/over\(\w+\)/, "'any' as const"],
  ),
  defect('a product that goes gets labels', 'catalog/store/product-labels-item', 'labels-product', 'drop'),
  defect('a deleted product leaves its labels', 'catalog/on/stock', 'product-labels-gone', 'drop'),
  defect('a change of labels of a payment takes all others away', 'payments/routes/update', 'payment-labels', [
    /, before, /,
    ', {}, ',
  ]),
  defect('what comes with an adjustment is lost', 'inventory/routes/level-change', 'movement-labels', [
    /, \.\.\.\(metadata && \{ metadata \}\)/,
    '',
  ]),
  defect('what comes with a row of adjustments is lost', 'inventory/routes/adjustment-writes', 'row-labels', [
    /\{ reference, metadata \}/,
    '{ reference }',
  ]),
  defect('a payment keeps its labels when its person is erased', 'payments/core/evolve', 'forgotten-labels', [
    /\{ labels: _, \.\.\.bared \}/,
    '{ ...bared }',
  ]),
]
