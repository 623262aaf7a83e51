import { expect, it } from 'vitest'
import { productKey } from '../../functions/analytics/store/rollup-item.ts'
import { analyticsWorld } from './analytics-world.ts'

it('products are read in one call for each partition, though a day has thousands, and all partitions side by side', async () => {
  const world = analyticsWorld()
  const [monday, tuesday] = ['2026-11-23', '2026-11-24'] as const
  const skus = Array.from({ length: 2_000 }, (_, index) => `sku-${index}`)
  for (const day of [monday, tuesday])
    for (const [index, sku] of skus.entries()) {
      const key = productKey(`${day} GBP`, sku, 'shard-1')
      await world.store.write({
        put: { ...key, version: 1, last: '1', counts: { units: index, revenue: index } },
        if: 'absent',
      })
    }
  let [calls, open, most] = [0, 0, 0]
  const query = world.store.query.bind(world.store)
  world.store.query = async (wanted) => {
    calls += 1
    open += 1
    most = Math.max(most, open)
    const page = await query(wanted)
    open -= 1
    return page
  }
  const { body } = await world.call('GET /analytics/top-products', {
    as: 'operator',
    query: { from: monday, to: tuesday, limit: '1' },
  })
  expect(body.items).toMatchObject([{ sku: 'sku-1999', units: 3_998 }])
  // Eight partitions for each day.
  expect({ calls, most }).toEqual({ calls: 16, most: 16 })
})
