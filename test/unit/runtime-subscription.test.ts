import { describe, expect, test } from 'vitest'
import { patternOf } from '../../functions/runtime/subscription.ts'
import { compilePattern } from '../../localstack/eventbridge/pattern.ts'
import { detailTypeOf, services, sourceOf } from '../../schemas/contract.ts'
import { type ServiceContract, allEvents, topology } from '../../schemas/topology.ts'

const sources = [...services.map((service) => sourceOf({ source: service })), 'aws.s3', 'holdfast', 'holdfast.orders.']
const listening = services.filter((service) => topology[service].consumes.length > 0)

describe('the rule of a service', () => {
  test.each(listening)('lets exactly what %s consumes pass, each event from its own source alone', (service) => {
    const { consumes }: ServiceContract = topology[service]
    const pattern = compilePattern(patternOf(consumes))
    for (const contract of allEvents) {
      const type = detailTypeOf(contract)
      const passing = sources.filter((source) => pattern.matches({ source, 'detail-type': type, detail: {} }))
      expect(passing, type).toEqual(consumes.includes(contract) ? [sourceOf(contract)] : [])
    }
  })

  test.each(listening)('of %s stays within what EventBridge takes of a pattern', (service) => {
    expect(JSON.stringify(patternOf(topology[service].consumes)).length).toBeLessThanOrEqual(2_048)
  })
})
