import { describe, expect, test } from 'vitest'
import { patternOf } from '../../functions/runtime/subscription.ts'
import { compilePattern } from '../../localstack/eventbridge/pattern.ts'
import { type EventContract, detailTypeOf, services, sourceOf } from '../../schemas/contract.ts'
import { type ServiceContract, allEvents, publicEvents, topology } from '../../schemas/topology.ts'

const sources = [...services.map((service) => sourceOf({ source: service })), 'aws.s3', 'holdfast', 'holdfast.orders.']
const contracts = services.map((service): [string, ServiceContract] => [service, topology[service]])
const listening: [string, readonly EventContract[]][] = [
  ...contracts.map(([service, { consumes }]): [string, readonly EventContract[]] => [service, consumes]),
  ['everybody outside', publicEvents],
]
const lists = listening.filter(([, list]) => list.length > 0)

describe('the rule of a service', () => {
  test.each(lists)('lets exactly what %s consumes pass, each event from its own source alone', (_, consumes) => {
    const pattern = compilePattern(patternOf(consumes))
    for (const contract of allEvents) {
      const type = detailTypeOf(contract)
      const passing = sources.filter((source) => pattern.matches({ source, 'detail-type': type, detail: {} }))
      expect(passing, type).toEqual(consumes.includes(contract) ? [sourceOf(contract)] : [])
    }
  })

  test.each(lists)('of %s stays within what EventBridge takes of a pattern', (_, consumes) => {
    expect(JSON.stringify(patternOf(consumes)).length).toBeLessThanOrEqual(2_048)
  })
})
