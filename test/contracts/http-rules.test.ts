import { describe, expect, it } from 'vitest'
import type * as z from 'zod'
import { routes } from '../../schemas/client.ts'
import { type RouteContract, codesOf, heedsMatch } from '../../schemas/contract.ts'
import { topology } from '../../schemas/topology.ts'
import { refusedBy } from './refusals.ts'

const contracts = Object.entries<RouteContract>(routes)

describe('a number of a path or a query', () => {
  const numbers = contracts.flatMap(([name, { params, query }]) =>
    Object.entries<z.ZodType>({ ...params?.shape, ...query?.shape })
      .filter(([, schema]) => typeof schema.safeParse('10').data === 'number')
      .map(([field, schema]) => ({ name, field, schema })),
  )

  it('is there', () => {
    expect(numbers.length).toBeGreaterThan(5)
  })

  it.each(numbers)('$field of $name is written in digits alone', ({ schema }) => {
    const others = ['0xa', '1e1', '10.0', ' 10', '10 ', '+10', '-10', '1_0', '', 'NaN']
    expect(others.filter((text) => schema.safeParse(text).success)).toEqual([])
  })
})

describe('a change', () => {
  const changes = contracts.flatMap(([name, { method, body }]) => (method === 'PATCH' ? [{ name, body }] : []))

  it.each(changes)('by $name names something to change', ({ body }) => {
    expect(body?.safeParse({}).success).toBe(false)
  })
})

describe('what is made', () => {
  const pattern = (path: string): string => path.replaceAll(/\{\w+\}/g, '{}')
  const read = new Set(contracts.flatMap(([, { method, path }]) => (method === 'GET' ? [pattern(path)] : [])))
  const makers = contracts.flatMap(([name, { answer, params }]) =>
    answer.status === 201 ? [{ name, answer, params }] : [],
  )

  it.each(makers)('by $name is read at a path of the API', ({ answer, params }) => {
    expect(read).toContain(pattern(answer.location))
    const fields = { ...params?.shape, ...(answer.body as z.ZodObject).shape }
    const names = Array.from(answer.location.matchAll(/\{(\w+)\}/g), ([, name]) => name)
    expect(names.filter((name) => !Object.hasOwn(fields, name!))).toEqual([])
  })
})

describe('If-Match', () => {
  const writing = Object.entries<{ readonly routes: Readonly<Record<string, RouteContract>> }>(topology).flatMap(
    ([service, { routes }]) =>
      Object.entries(routes)
        .filter(([, { method }]) => method !== 'GET' && method !== 'POST')
        .map(([name, route]) => ({ service, name, route })),
  )
  const read = new Set(contracts.flatMap(([, { method, path }]) => (method === 'GET' ? [path] : [])))

  it.each(writing)('is heeded by $name where GET answers at its path with a tag', ({ service, name, route }) => {
    expect(heedsMatch(route)).toBe(read.has(route.path))
    expect(refusedBy(service, name).has('version_mismatch')).toBe(heedsMatch(route))
    expect(codesOf(route).includes('version_mismatch')).toBe(heedsMatch(route))
  })

  it('is heeded by all ways to write a resource', () => {
    const methods = new Set(writing.filter(({ route }) => heedsMatch(route)).map(({ route }) => route.method))
    expect([...methods].toSorted()).toEqual(['DELETE', 'PATCH', 'PUT'])
    // A list is no resource that its items would overwrite.
    const posting = contracts.filter(([, { method, path }]) => method === 'POST' && path.endsWith('}'))
    expect(posting.filter(([, { path }]) => read.has(path))).toEqual([])
  })
})
