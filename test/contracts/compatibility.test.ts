import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { type Release, releaseOf, releasedSchema } from '../../bin/docs/release.ts'
import { detailTypeOf, event } from '../../schemas/contract.ts'
import { eventSchema } from '../../schemas/json-schema.ts'
import { allEvents } from '../../schemas/topology.ts'
import { breaks, inlined } from './compatibility.ts'

const lastRelease = JSON.parse(readFileSync(new URL('./released.json', import.meta.url), 'utf8')) as Release
const current = new Map(allEvents.map((contract) => [detailTypeOf(contract), eventSchema(contract)]))

describe('events of the last release', () => {
  it.each(Object.keys(lastRelease.data))('%s is still published, and has changed by additions only', (type) => {
    expect(current.has(type), `${type} is gone`).toBe(true)
    expect(breaks(releasedSchema(lastRelease, type), current.get(type)!)).toEqual([])
  })
})

describe('a release', () => {
  const release = releaseOf(Object.fromEntries(current))

  it.each([...current])('gives back the schema of %s', (type, schema) => {
    expect(inlined(releasedSchema(release, type))).toEqual(inlined(schema))
  })

  it('holds once what several events share', () => {
    expect(JSON.stringify(release).split('"closing":')).toHaveLength(2)
    expect(release.data['order.completed.v1']).toEqual(release.data['order.expired.v1'])
  })

  it('is refused where its events differ in what they share', () => {
    const other = { ...current.get('order.placed.v1')!, definitions: { Sku: { type: 'integer' } } }
    expect(() => releaseOf({ ...Object.fromEntries(current), other })).toThrow('differ in Sku')
  })
})

const Name = z.string().min(1).max(10).meta({ id: 'TestName' })
const Closed = z.strictObject({ amount: z.int() }).meta({ id: 'TestClosed' })
const base = {
  id: z.string(),
  units: z.int().min(1).max(100),
  note: z.string().optional(),
  status: z.enum(['open', 'closed']),
  name: Name,
  price: Closed.optional().describe('What it costs.'),
  lines: z.array(z.tuple([Name, z.int()])),
}
const schemaOf = (data: z.ZodType) => eventSchema(event('orders', 'test.happened', 1, 'A test.', data))
const against = (changes: z.ZodRawShape, without: readonly (keyof typeof base)[] = []) => {
  const shape = Object.fromEntries(
    Object.entries({ ...base, ...changes }).filter(([key]) => !without.includes(key as 'id')),
  )
  return breaks(schemaOf(z.object(base)), schemaOf(z.object(shape)))
}

describe('the comparison with the last release', () => {
  it('lets additions pass', () => {
    expect(against({})).toEqual([])
    expect(against({ more: z.string().optional() })).toEqual([])
    expect(against({ status: z.enum(['open', 'closed', 'lost']) })).toEqual([])
    expect(against({ units: z.int().min(0).max(1_000) })).toEqual([])
    expect(against({ name: z.union([Name, z.literal('')]) })).toEqual([])
    expect(against({ note: z.string().optional().describe('Now explained.') })).toEqual([])
  })

  it.each<[string, z.ZodRawShape, (keyof typeof base)[], string]>([
    ['a field that is gone', {}, ['note'], 'data.note is gone'],
    ['a new required field', { more: z.string() }, [], 'data.more has become required'],
    ['a field that has become required', { note: z.string() }, [], 'data.note has become required'],
    ['a field that has become optional', { id: z.string().optional() }, [], 'data.id has become optional'],
    ['another type', { id: z.number() }, [], 'data.id has another type'],
    ['a further choice of another type', { name: z.union([Name, z.literal(0)]) }, [], 'data.name has another anyOf'],
    [
      'a choice without the one that was',
      { name: z.union([z.literal('a'), z.literal('')]) },
      [],
      'data.name has another anyOf',
    ],
    ['a narrower limit', { units: z.int().min(1).max(50) }, [], 'data.units has another maximum'],
    ['a new limit', { id: z.string().max(5) }, [], 'data.id has another maxLength'],
    ['a new pattern', { id: z.string().regex(/a/) }, [], 'data.id has another pattern'],
    ['a value that is gone from an enum', { status: z.enum(['open']) }, [], 'data.status no longer allows "closed"'],
    [
      'a change inside a tuple',
      { lines: z.array(z.tuple([Name, z.string()])) },
      [],
      'data.lines[][1] has another type',
    ],
    [
      'a longer tuple',
      { lines: z.array(z.tuple([Name, z.int(), z.int()])) },
      [],
      'data.lines[] has another number of items',
    ],
    [
      'a change inside something shared',
      { price: z.strictObject({ amount: z.string() }).optional().describe('What it costs.') },
      [],
      'data.price.amount has another type',
    ],
    [
      'a new field where readers refuse unknown ones',
      { price: z.strictObject({ amount: z.int(), currency: z.string().optional() }).optional() },
      [],
      'data.price.currency is new in an object whose readers refuse unknown fields',
    ],
  ])('finds %s', (_, changes, without, expected) => {
    expect(against(changes, without)).toContain(expected)
  })
})
