import { describe, expect, it } from 'vitest'
import { stages } from '../../lib/stages.ts'
import { deploymentOf } from './templates.ts'

describe('a stage without a feed', () => {
  const without = deploymentOf({ ...stages.prod, feedDays: 0 })
  const isOfIt = /^notifications Feed/

  it('has no queue, no function and no alarm of it, and everything else', () => {
    const others = deploymentOf(stages.prod).all.filter(({ name }) => !isOfIt.test(name))
    expect(without.all.map(({ name }) => name)).toEqual(others.map(({ name }) => name))
  })

  it('lets its route know', () => {
    const days = without
      .of('AWS::Lambda::Function')
      .flatMap(({ properties }) => properties.Environment?.Variables?.FEED_DAYS ?? [])
    expect(days).toEqual(['0'])
  })
})

describe.each(['analytics', 'notifications'] as const)('a stage without %s', (left) => {
  const without = deploymentOf({ ...stages.prod, [left]: false })

  it('has nothing of the service', () => {
    const isOfIt = new RegExp(left, 'i')
    expect(without.all.filter(({ service, name }) => service === left || isOfIt.test(name))).toEqual([])
    expect(JSON.stringify(without.all.map(({ properties }) => properties))).not.toMatch(isOfIt)
  })

  it('has everything else', () => {
    const others = deploymentOf(stages.prod).all.filter(({ service }) => service !== left)
    expect(without.all.map(({ name }) => name)).toEqual(others.map(({ name }) => name))
  })
})
