import { describe, expect, it } from 'vitest'
import { routes } from '../../schemas/client.ts'
import { detailTypeOf, routeKeyOf, type RouteContract, services } from '../../schemas/contract.ts'
import * as operations from '../../schemas/operations.ts'
import * as platform from '../../schemas/platform.ts'
import { allEvents, publicEvents, type ServiceContract, topology } from '../../schemas/topology.ts'

const contracts = services.map((name): [string, ServiceContract] => [name, topology[name]])
const allRoutes = [platform, operations, ...Object.values(topology)].flatMap((owner) =>
  Object.entries<RouteContract>(owner.routes),
)

describe('the map of the system', () => {
  it.each(contracts)('gives everything that %s listens to a producer', (_, { consumes }) => {
    expect(consumes.filter((contract) => !allEvents.includes(contract))).toEqual([])
  })

  it.each(contracts)(
    'lets %s publish its own events only, and no public one that it consumes itself',
    (name, { events, consumes }) => {
      const published = Object.values(events)
      expect(published.filter(({ source }) => source !== name)).toEqual([])
      expect(published.filter((contract) => !contract.isPrivate && consumes.includes(contract))).toEqual([])
    },
  )

  it('names an event after its noun and what happened to it, in the past tense', () => {
    for (const contract of allEvents) {
      expect(detailTypeOf(contract)).toMatch(/^[a-z]+\.[a-z]+(_[a-z]+)*\.v[1-9]$/)
      expect(contract.description).toMatch(/\.$/)
    }
    const happened = /(ed|withdrawn|forgotten|low)$/
    // A private event is named after what it carries beside a public one.
    const named = allEvents.filter(({ isPrivate }) => !isPrivate).map(({ name }) => name)
    expect(named.filter((name) => !happened.test(name))).toEqual([])
  })

  it('has every event once', () => {
    expect(new Set(allEvents.map(detailTypeOf)).size).toBe(allEvents.length)
  })

  it('gives each private event one consumer', () => {
    const isPrivate = allEvents.filter((contract) => contract.isPrivate)
    const consumers = isPrivate.map((each) =>
      contracts.flatMap(([name, { consumes }]) => (consumes.includes(each) ? [name] : [])),
    )
    expect(Object.fromEntries(isPrivate.map(({ name }, index) => [name, consumers[index]?.join()]))).toEqual({
      'order.address': 'shipping',
      'shipment.address': 'orders',
      'shipment.order_cancelled': 'orders',
      'payment.card_token': 'payments',
      'stock.awaited': 'inventory',
      'stock.expected': 'inventory',
      'user.contact': 'notifications',
      ...Object.fromEntries(
        isPrivate.filter(({ name }) => name.startsWith('action.')).map(({ name }) => [name, 'audit']),
      ),
    })
  })

  it('lets nothing private and nothing of users out', () => {
    const kept = allEvents.filter((contract) => !publicEvents.includes(contract)).map(({ name }) => name)
    const expected = allEvents.filter(({ name, isPrivate }) => isPrivate || name.startsWith('user.'))
    expect(kept).toEqual(expected.map(({ name }) => name))
  })

  it('keeps the timers off the bus', () => {
    const timers = contracts.flatMap(([, { timers }]) => timers)
    expect(timers.filter((contract) => allEvents.includes(contract))).toEqual([])
    expect(timers.every(({ name }) => name.startsWith('timer.'))).toBe(true)
  })
})

describe('the routes', () => {
  it('do not clash, not even where only the names of parameters differ', () => {
    const keys = allRoutes.map(([, route]) => routeKeyOf(route).replaceAll(/\{\w+\}/g, '{}'))
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([])
  })

  it('have names of their own, so that one client has them all', () => {
    expect(Object.keys(routes)).toHaveLength(allRoutes.length)
    expect(Object.keys(routes).toSorted()).toEqual(allRoutes.map(([name]) => name).toSorted())
  })

  it('declare exactly the parameters of their paths', () => {
    const wrong = allRoutes.filter(([, route]) => {
      const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter)
      return inPath.join() !== Object.keys(route.params?.shape ?? {}).join()
    })
    expect(wrong.map(([name]) => name)).toEqual([])
  })
})
