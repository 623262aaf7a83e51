import { readFileSync, readdirSync } from 'node:fs'
import { expect, it } from 'vitest'

const folder = new URL('../../bin/demo/', import.meta.url)

it('sells a product of its own in each story of the demo', () => {
  const skus = readdirSync(folder).flatMap((file) =>
    [...readFileSync(new URL(file, folder), 'utf8').matchAll(/'(DEMO-[A-Z-]+)'/g)].map(([, sku]) => sku),
  )
  expect(skus.length).toBeGreaterThan(10)
  expect(skus.filter((sku, at) => skus.indexOf(sku) !== at)).toEqual([])
})
