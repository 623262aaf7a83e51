import { describe, expect, it } from 'vitest'
import { type Stage, forEmulator, stages } from '../../lib/stages.ts'
import { deploymentOf, dev, prod } from './templates.ts'

const off = deploymentOf({ ...stages.prod, traces: 0 } satisfies Stage)
const emulated = deploymentOf(forEmulator(stages.dev))
const mentions = (deployment: typeof prod): boolean =>
  deployment
    .of('AWS::IAM::Policy')
    .concat(deployment.of('AWS::IAM::Role'))
    .some((resource) => JSON.stringify(resource).toLowerCase().includes('xray'))

describe('traces', () => {
  it.each([
    ['dev', dev],
    ['prod', prod],
  ] as const)('are a share of what the functions of %s begin', (name, deployment) => {
    expect(deployment.of('AWS::XRay::SamplingRule').map(({ properties }) => properties.SamplingRule)).toEqual([
      expect.objectContaining({
        RuleName: `Holdfast-${name}`,
        FixedRate: stages[name].traces,
        ReservoirSize: 0,
        ServiceName: `Holdfast-${name}-*`,
      }),
    ])
    for (const { properties } of deployment
      .of('AWS::Lambda::Function')
      .filter(({ properties: { Handler } }) => Handler === 'index.handler'))
      expect(properties.TracingConfig).toEqual({ Mode: 'Active' })
    expect(mentions(deployment)).toBe(true)
  })

  it.each([
    ['a stage without them', off],
    ['an emulator', emulated],
  ])('leave nothing in %s', (_, deployment) => {
    expect(deployment.of('AWS::XRay::SamplingRule')).toEqual([])
    for (const { properties } of deployment.of('AWS::Lambda::Function'))
      expect(properties.TracingConfig).toBeUndefined()
    expect(mentions(deployment)).toBe(false)
  })
})
