import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import {
  type EventContract,
  type RouteContract,
  detailTypeOf,
  routeKeysOf,
  services,
  sourceOf,
} from '../../schemas/contract.ts'
import { followedEvents } from '../../schemas/live.ts'
import { reference, routes as platformRoutes } from '../../schemas/platform.ts'
import { routes as operationsRoutes } from '../../schemas/operations.ts'
import { type ServiceContract, allEvents, publicEvents, topology } from '../../schemas/topology.ts'
import { type Value, dev, prod } from './templates.ts'

const listeners = prod.of('AWS::Events::Rule').filter(({ properties }) => properties.EventPattern !== undefined)
const contractOf = (service: (typeof services)[number]): ServiceContract => topology[service]

interface Pattern {
  readonly $or?: readonly Pattern[]
  readonly source?: readonly Matched[]
  readonly 'detail-type'?: readonly Matched[]
}

type Matched = string | { readonly prefix: string }

const textOf = (matched: Matched): string => (typeof matched === 'string' ? matched : `${matched.prefix}*`)

/** Each source with each name that passes together with it. */
function pairsOf({ $or: patterns, source: sources = [], 'detail-type': types = [], ...more }: Pattern): string[] {
  expect(more).toEqual({})
  return (
    patterns?.flatMap(pairsOf) ?? sources.flatMap((source) => types.map((type) => `${textOf(source)} ${textOf(type)}`))
  )
}

const matchedBy = (rules: typeof listeners): string[] =>
  rules.flatMap(({ properties }) => pairsOf(properties.EventPattern as Pattern)).toSorted()
/** What is consumed of each service by its name, and each family whole. */
const namesOf = (events: readonly EventContract[]): string[] => {
  const names = events.map((each) =>
    each.family === undefined ? `${sourceOf(each)} ${detailTypeOf(each)}` : `holdfast.* ${each.family}*`,
  )
  return [...new Set(names)].toSorted()
}

describe('rules', () => {
  it.each(services)('bring %s exactly what it consumes', (service) => {
    const rules = listeners.filter((rule) => rule.name === `${service} EventsRule`)
    const { consumes } = contractOf(service)
    expect(matchedBy(rules)).toEqual(namesOf(consumes))
  })

  it.each([
    ['the feed', 'Feed', publicEvents],
    ['webhooks', 'WebhooksEvents', publicEvents],
    ['open connections', 'Fanout', followedEvents],
  ])('bring %s what it is about', (_, id, events) => {
    const rules = listeners.filter(({ name }) => name === `notifications ${id}Rule`)
    expect(matchedBy(rules)).toEqual(namesOf(events))
  })

  it.each(listeners.map((rule) => [rule.name, rule] as const))(
    '%s stands on the bus and targets the queue that its service empties',
    (_, rule) => {
      const { service, properties } = rule
      const queue = rule.name.replace(/Rule$/, 'Queue')
      expect(prod.rendered(service, properties.EventBusName)).toBe('platform Bus')
      expect(properties.State).toBe('ENABLED')
      expect(properties.Targets.map(({ Arn }: { Arn: Value }) => prod.rendered(service, Arn))).toEqual([queue])
      expect(emptied(service)).toContain(queue)
      expect(admitted(service, queue)).toContain(rule.name)
    },
  )

  it.each(['inventory', 'orders'])('wake the sweeper of %s every minute', (service) => {
    const rule = prod
      .of('AWS::Events::Rule')
      .find((each) => each.service === service && each.properties.ScheduleExpression !== undefined)
    expect(rule?.properties.ScheduleExpression).toBe('rate(1 minute)')
    expect(prod.rendered(service, rule?.properties.Targets[0].Arn)).toBe(`${service} SweepHandlerFunction`)
    const permitted = prod
      .of('AWS::Lambda::Permission')
      .filter((each) => each.service === service && each.properties.Principal === 'events.amazonaws.com')
      .map(({ properties }) => prod.rendered(service, properties.SourceArn))
    expect(permitted).toEqual([rule?.name])
  })
})

describe('routes', () => {
  /** What is of the HTTP API, and not of the WebSocket API. */
  const ofHttp = <Each extends { readonly service: string; readonly properties: { readonly ApiId: Value } }>(
    all: readonly Each[],
    stage = prod,
  ): Each[] =>
    all.filter(({ service, properties }) => stage.rendered(service, properties.ApiId) === 'platform GatewayApi')
  const routesOf = (service: string) =>
    ofHttp(prod.of('AWS::ApiGatewayV2::Route')).filter((route) => route.service === service)
  const contracts = [
    ['platform', { ...platformRoutes, ...reference }],
    ['operations', operationsRoutes],
    ...services.map((service) => [service, contractOf(service).routes] as const),
  ] as const

  it.each(contracts)('of %s are those of its contract', (service, routes) => {
    const keys = routesOf(service).map(({ properties }) => properties.RouteKey as string)
    expect(keys.toSorted()).toEqual(Object.values(routes).flatMap(routeKeysOf).toSorted())
  })

  it.each(contracts)('of %s reach a function that can check tokens, if any needs one', (service, routes) => {
    for (const { properties } of routesOf(service)) expect(properties.AuthorizationType).toBe('NONE')
    if (Object.values<RouteContract>(routes).every(({ who }) => who === 'open')) return
    const fn = prod
      .of('AWS::Lambda::Function')
      .find((each) => each.service === service && each.properties.Description.endsWith(`${service} http`))
    expect(fn?.properties.Environment.Variables).toMatchObject({
      USER_POOL_ID: expect.anything() as unknown,
      USER_POOL_CLIENT_ID: expect.anything() as unknown,
    })
  })

  it.each(contracts)('of %s lead to its http function, which the API may call', (service) => {
    for (const { properties } of routesOf(service)) {
      expect(prod.rendered(service, properties.Target)).toBe(`integrations/${service} RoutesIntegration`)
    }
    const integration = ofHttp(prod.of('AWS::ApiGatewayV2::Integration')).find((each) => each.service === service)
    expect(integration?.properties).toMatchObject({ IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '2.0' })
    expect(prod.rendered(service, integration?.properties.IntegrationUri)).toBe(`${service} HttpFunction`)
    const permission = prod.of('AWS::Lambda::Permission').find((each) => each.name === `${service} RoutesPermission`)
    expect(prod.rendered(service, permission?.properties.FunctionName)).toBe(`${service} HttpFunction`)
    expect(prod.rendered(service, permission?.properties.SourceArn)).toBe(
      'arn:aws:execute-api:<Region>:<AccountId>:platform GatewayApi/*/*',
    )
  })

  const keysOf = (stage: typeof prod): readonly string[] =>
    ofHttp(stage.of('AWS::ApiGatewayV2::Route'), stage).map(({ properties }) => properties.RouteKey as string)

  it('have one function each', () => {
    const keys = keysOf(prod)
    expect(new Set(keys).size).toBe(keys.length)
  })

  // Seven more than a quarter would leave: what other systems put onto products and payments, the funnel, and where shipping decides about a cancellation.
  it('leave about a quarter of the 300 that an API may have: while stacks are deployed, old and new ones count', () => {
    for (const stage of [dev, prod]) {
      expect(keysOf(stage).length).toBeGreaterThan(50)
      expect(keysOf(stage).length).toBeLessThanOrEqual(232)
      expect(stage.of('AWS::ApiGatewayV2::Integration').length).toBeLessThanOrEqual(200)
    }
  })
})

describe('the schema registry', () => {
  const schemas = new Map(
    dev.of('AWS::EventSchemas::Schema').map((schema) => [schema.properties.SchemaName as string, schema]),
  )
  const nameOf = (contract: EventContract) => `${sourceOf(contract)}@${detailTypeOf(contract)}`

  it('has every event and nothing else', () => {
    expect([...schemas.keys()].toSorted()).toEqual(allEvents.map(nameOf).toSorted())
  })

  it.each(allEvents.map((contract) => [nameOf(contract), contract] as const))(
    'holds the contract of %s, in draft 4',
    (name, contract) => {
      const { service, properties } = schemas.get(name)!
      expect(service).toBe(contract.source)
      expect(properties.Type).toBe('JSONSchemaDraft4')
      expect(dev.rendered(service, properties.RegistryName)).toBe('platform Schemas')
      const content = JSON.parse(properties.Content)
      expect(content.$schema).toBe('http://json-schema.org/draft-04/schema#')
      expect(content.required).toEqual(['id', 'time', 'correlationId', 'causationId', 'data'])
      const data = z.toJSONSchema(contract.data)
      expect(Object.keys(content.properties.data.properties)).toEqual(Object.keys(data.properties!))
      expect(content.properties.data.required).toEqual(data.required)
    },
  )

  it.each([...schemas])('admits fields in %s that its readers do not know yet, as the contract does', (_, schema) => {
    const content = JSON.parse(schema.properties.Content)
    expect(content.additionalProperties).toBeUndefined()
    expect(content.properties.data.additionalProperties).toBeUndefined()
  })
})

const emptied = (service: string): string[] =>
  prod
    .of('AWS::Lambda::EventSourceMapping')
    .filter((mapping) => mapping.service === service)
    .map((mapping) => prod.rendered(service, mapping.properties.EventSourceArn))

/** The names of the rules that a queue admits messages from. */
function admitted(service: string, queue: string): string[] {
  return prod
    .of('AWS::SQS::QueuePolicy')
    .filter((policy) => policy.service === service && prod.rendered(service, policy.properties.Queues) === queue)
    .flatMap(({ properties }) => properties.PolicyDocument.Statement)
    .filter(({ Effect, Action }) => Effect === 'Allow' && [Action].flat().includes('sqs:SendMessage'))
    .map(({ Condition }) => prod.rendered(service, Condition.ArnEquals['aws:SourceArn']))
}
