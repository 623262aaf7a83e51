import { App } from 'aws-cdk-lib/core'
import { Code } from 'aws-cdk-lib/aws-lambda'
import { describe, expect, it } from 'vitest'
import { PlatformStack } from '../../lib/platform-stack.ts'
import { ServiceStack } from '../../lib/service-stack.ts'
import { stages } from '../../lib/stages.ts'
import { type ServiceContract, topology } from '../../schemas/topology.ts'

/** The logical ids of a service with that contract and no settings, which start with the construct that made them. */
function resourcesOf(contract: ServiceContract): string[] {
  const app = new App({ analyticsReporting: false })
  const shared = { stage: stages.dev, code: () => Code.fromInline('0') }
  const platform = new PlatformStack(app, 'platform', shared)
  const stack = new ServiceStack(app, 'service', {
    ...shared,
    service: 'shipping',
    contract,
    settings: { indexes: {} },
    platform,
  })
  const { Resources } = app.synth().getStackByName(stack.stackName).template as { Resources: object }
  return Object.keys(Resources)
}

const has = (resources: readonly string[], start: string): boolean => resources.some((name) => name.startsWith(start))

describe('a service', () => {
  const contract: ServiceContract = topology.shipping

  it('has each part that its contract asks for', () => {
    const resources = resourcesOf(contract)
    for (const part of ['Data', 'Http', 'Routes', 'Events', 'Relay']) expect(has(resources, part), part).toBe(true)
  })

  it('without routes has no function for them', () => {
    const resources = resourcesOf({ ...contract, routes: {} })
    for (const part of ['Http', 'Routes']) expect(has(resources, part), part).toBe(false)
    for (const part of ['Data', 'Events', 'Relay']) expect(has(resources, part), part).toBe(true)
  })

  it('without events to publish has no relay', () => {
    expect(has(resourcesOf({ ...contract, events: {} }), 'Relay')).toBe(false)
  })

  it('without events to consume has no queue', () => {
    expect(has(resourcesOf({ ...contract, consumes: [] }), 'Events')).toBe(false)
  })
})
