import { expect, test, vi } from 'vitest'
import { logger, metrics } from '../../functions/runtime/log.ts'
import { sweep } from '../../functions/runtime/sweep.ts'

test('a sweep counts its end and the items it failed at, and counts nothing when it breaks', async () => {
  vi.spyOn(logger, 'info').mockReturnValue()
  const counted = vi.spyOn(metrics, 'addMetric').mockReturnValue(metrics)
  await sweep(async () => ({ expired: 3, failed: 2 }))()
  expect(counted.mock.calls).toEqual([
    ['Sweeps', 'Count', 1],
    ['NotSwept', 'Count', 2],
  ])
  counted.mockClear()
  const breaking = sweep(() => Promise.reject(new Error('no table')))
  await expect(breaking()).rejects.toThrow('no table')
  expect(counted).not.toHaveBeenCalled()
})

test('what is counted has the service and the stage as dimensions', () => {
  const { ['_aws']: emf } = metrics.addMetric('Sweeps', 'Count', 1).serializeMetrics()
  expect(emf.CloudWatchMetrics[0]?.Dimensions).toEqual([['service', 'stage']])
  metrics.clearMetrics()
})
