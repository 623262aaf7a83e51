import { describe, expect, it } from 'vitest'
import { stages } from '../../lib/stages.ts'
import { deploymentOf } from './templates.ts'

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
