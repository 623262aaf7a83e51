import { describe, expect, it } from 'vitest'
import { routes as all } from '../../schemas/client.ts'
import { type RouteContract, codesOf } from '../../schemas/contract.ts'
import * as platform from '../../schemas/platform.ts'
import { problemCodes } from '../../schemas/problems.ts'
import { topology } from '../../schemas/topology.ts'
import { refusedBy } from './refusals.ts'

const services = Object.entries<{ readonly routes: Readonly<Record<string, RouteContract>> }>({ ...topology, platform })
const declaring = services.flatMap(([service, { routes }]) =>
  Object.entries(routes).flatMap(([name, { problems }]) => (problems ? [{ service, name, problems }] : [])),
)

describe('the problems of a route', () => {
  it.each(declaring)('$name are each refused with by its handler', ({ service, name, problems }) => {
    const refused = refusedBy(service, name)
    expect(problems.filter((code) => !refused.has(code))).toEqual([])
  })

  it('name no code that follows from the rest of its contract', () => {
    const twice = Object.entries<RouteContract>(all).flatMap(([name, route]) => {
      const derived = codesOf({ ...route, problems: [] })
      return (route.problems ?? []).filter((code) => derived.includes(code)).map((code) => `${name} ${code}`)
    })
    expect(twice).toEqual([])
  })
})

it('has a route for each code of the table, or answers it where no route is', () => {
  const answered = new Set(Object.values<RouteContract>(all).flatMap(codesOf))
  expect(problemCodes.filter((code) => !answered.has(code))).toEqual(['route_not_found'])
})
