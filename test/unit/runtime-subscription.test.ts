import { describe, expect, it, test } from 'vitest'
import { patternOf } from '../../functions/runtime/subscription.ts'
import { compilePattern } from '../../localstack/eventbridge/pattern.ts'
import { type EventContract, detailTypeOf, services, sourceOf } from '../../schemas/contract.ts'
import { type ServiceContract, allEvents, publicEvents, topology } from '../../schemas/topology.ts'

const sources = [...services.map((service) => sourceOf({ source: service })), 'aws.s3', 'holdfast', 'holdfast.orders.']
const ofServices = sources.filter((source) => source.startsWith('holdfast.'))
const { events: orders } = topology.orders
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
      const own = contract.family === undefined ? [sourceOf(contract)] : ofServices
      expect(passing, type).toEqual(consumes.includes(contract) ? own : [])
    }
  })

  const audited = compilePattern(patternOf(topology.audit.consumes))
  test.each([
    ['holdfast.returns', 'action.returns_recorded.v1', true],
    ['holdfast.orders', 'action.orders_recorded.v2', true],
    ['holdfast', 'action.orders_recorded.v1', false],
    ['shop.example', 'action.orders_recorded.v1', false],
    ['holdfast.orders', 'order.action.v1', false],
    ['holdfast.orders', 'actions.recorded.v1', false],
  ])('of the audit lets pass what it does not know yet, of %s %s: %s', (source, type, passes) => {
    expect(audited.matches({ source, 'detail-type': type, detail: {} })).toBe(passes)
  })

  it('with a family beside other events has both, and neither by the other', () => {
    const pattern = compilePattern(patternOf([orders.orderPlaced, orders.actionRecorded]))
    const passes = (source: string, type: string) => pattern.matches({ source, 'detail-type': type, detail: {} })
    expect(passes('holdfast.orders', 'order.placed.v1')).toBe(true)
    expect(passes('holdfast.catalog', 'order.placed.v1')).toBe(false)
    expect(passes('holdfast.catalog', 'action.catalog_recorded.v1')).toBe(true)
    expect(passes('holdfast.orders', 'order.confirmed.v1')).toBe(false)
  })

  test.each(lists)('of %s stays within what EventBridge takes of a pattern', (_, consumes) => {
    expect(JSON.stringify(patternOf(consumes)).length).toBeLessThanOrEqual(2_048)
  })
})
