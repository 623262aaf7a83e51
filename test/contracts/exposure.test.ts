import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { entryOf } from '../../functions/runtime/relay.ts'
import { detailTypeOf, event, privateEvent } from '../../schemas/contract.ts'
import { type Kind, impersonal, personal, textsOf } from '../../schemas/personal.ts'
import { personalData } from '../../schemas/personal-data.ts'
import { retired } from '../../schemas/retired.ts'
import { routes } from '../../schemas/client.ts'
import type { RouteContract } from '../../schemas/contract.ts'
import { allEvents } from '../../schemas/topology.ts'

const isPublic = allEvents.filter((contract) => !contract.isPrivate)
const named = (contracts: typeof allEvents) => contracts.map((each) => [detailTypeOf(each), each] as const)

describe('a public event', () => {
  it.each(named(isPublic))('%s publishes nothing of a person', (_, { data }) => {
    expect(textsOf(data).filter(({ kind, isRetired }) => kind !== undefined && !isRetired)).toEqual([])
  })

  it.each(named(isPublic))('%s has no text of which nobody has named what it is', (_, { data }) => {
    expect(textsOf(data).filter(({ isOpen }) => isOpen)).toEqual([])
  })

  it('is published without what is retired, whatever its core emits', () => {
    const data = z.object({
      sku: z.string(),
      name: retired(personal('name', z.string()).optional()),
      email: retired(personal('email', z.string()), ''),
      reason: z.object({ code: z.string(), message: retired(personal('reason', z.string()).optional()) }).optional(),
    })
    const contract = event('orders', 'test.happened', 1, 'A test.', data)
    const item = { pk: 'a', sk: 'b', version: 1, at: '2026-01-01T00:00:00.000Z', cause: 'c' }
    const publishedOf = (made: object): unknown => JSON.parse(entryOf(item, { contract, data: made }).detail).data
    expect(publishedOf({ sku: 'A', name: 'Ada', email: 'a@b.test', reason: { code: 'x', message: 'Ada' } })).toEqual({
      sku: 'A',
      email: '',
      reason: { code: 'x' },
    })
    expect(publishedOf({ sku: 'A', email: '' })).toEqual({ sku: 'A', email: '' })
  })
})

describe('the texts of a schema', () => {
  const found = (schema: z.ZodType) => textsOf(schema)
  it('are open unless they have a form, or a mark', () => {
    expect(found(z.object({ a: z.string(), b: z.string().max(3), c: z.unknown() })).every(({ isOpen }) => isOpen)).toBe(
      true,
    )
    const closed = { a: z.string().regex(/^x$/), b: z.iso.datetime(), c: z.enum(['x']), d: impersonal('a', z.string()) }
    expect(found(z.object(closed)).some(({ isOpen }) => isOpen)).toBe(false)
  })

  it('keep their mark in what is made of them', () => {
    const Name = personal('name', z.string()).min(1).describe('A name.').meta({ example: 'Ada' })
    const within = [z.array(Name), z.object({ a: Name.nullable() }), z.record(z.string(), Name), z.tuple([Name])]
    for (const schema of [...within, z.union([Name, z.int()]), Name.optional(), Name.transform((text) => text)])
      expect(found(schema)).toContainEqual(expect.objectContaining({ kind: 'name' }))
  })
})

describe('each kind of personal data', () => {
  const kindsOf = (schemas: readonly (z.ZodType | undefined)[]) =>
    new Set(schemas.flatMap((schema) => (schema ? textsOf(schema).flatMap(({ kind }) => kind ?? []) : [])))

  it('is entered or shown by a route, or goes by another name here', () => {
    const ofRoutes = Object.values<RouteContract>(routes).flatMap(({ body, answer }) => [body, answer.body])
    const kinds = kindsOf([...ofRoutes, ...allEvents.map(({ data }) => data)])
    expect([...kinds].toSorted()).toEqual(Object.keys(personalData).toSorted() as Kind[])
  })

  it('travels in a private event that is marked as one', () => {
    const data = z.object({ name: personal('name', z.string()) })
    expect(privateEvent('orders', 'test.name', 1, 'A test.', data)).toMatchObject({ isPrivate: true })
    const travelling = kindsOf(allEvents.filter((each) => each.isPrivate).map((each) => each.data))
    expect([...travelling].toSorted()).toEqual(['address', 'card', 'email', 'reason', 'session'])
  })
})
