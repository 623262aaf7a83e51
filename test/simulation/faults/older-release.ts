import * as z from 'zod'
import { readName } from '../../../functions/runtime/relay.ts'
import type { EventContract } from '../../../schemas/contract.ts'
import type { JsonSchema } from '../../../schemas/json-schema.ts'
import { type ServiceContract, topology } from '../../../schemas/topology.ts'
import type { Chance } from '../../../bin/fuzz/chance.ts'
import { type Release, thisRelease } from '../engine/this-release.ts'
import type { Simulated } from '../engine/services.ts'

export interface OlderRelease extends Release {
  /** What it does not know, for the trace. */
  readonly lacks: string
}

/** The last release of a service, where one thing of this one is new: an event, a value, a bound or a name in an outbox. */
export function olderRelease(service: Simulated, chance: Chance): OlderRelease {
  const release: Release = thisRelease[service]
  const { known, subscribed } = release
  const { events }: ServiceContract = topology[service]
  const published = Object.values(events)
  const change = (contracts: readonly EventContract[]): Narrowing => {
    const places = chance.pick(contracts.map(narrowingsOf).filter(({ length }) => length > 0))
    return chance.pick(chance.pick(places))
  }
  const consuming = [
    () => withoutEvent(release, chance.pick(known)),
    () => withoutSubscription(release, chance.pick(subscribed)),
    () => withoutConsumed(release, change(subscribed)),
  ]
  return chance.pick([
    ...(subscribed.length > 0 ? consuming : []),
    () => withoutName(release, chance.pick(published)),
    () => withoutPublished(release, change(published)),
  ])()
}

const withoutEvent = (release: Release, contract: EventContract): OlderRelease => ({
  ...release,
  lacks: `consumes no ${contract.name}`,
  known: release.known.filter((each) => each !== contract),
})

const withoutSubscription = (release: Release, contract: EventContract): OlderRelease => ({
  ...withoutEvent(release, contract),
  lacks: `has no subscription to ${contract.name}`,
  subscribed: release.subscribed.filter((each) => each !== contract),
})

const withoutConsumed = (release: Release, narrowing: Narrowing): OlderRelease => ({
  ...release,
  lacks: `consumes nothing whose ${textOf(narrowing)}`,
  known: release.known.map((contract) => narrowed(contract, narrowing)),
})

/** Its relay gets a name that it has no event for. */
const withoutName = (release: Release, { name: lacking }: EventContract): OlderRelease => ({
  ...release,
  lacks: `publishes no ${lacking}`,
  toEvent: (reach) => {
    const toEvent = release.toEvent(reach)
    return (item, entry) => toEvent(item, readName(entry).name === lacking ? `next.${entry}` : entry)
  },
})

const withoutPublished = (release: Release, narrowing: Narrowing): OlderRelease => ({
  ...release,
  lacks: `publishes nothing whose ${textOf(narrowing)}`,
  toEvent: (reach) => {
    const toEvent = release.toEvent(reach)
    return async (item, entry) => {
      const made = await toEvent(item, entry)
      return { ...made, contract: narrowed(made.contract, narrowing) }
    }
  },
})

/** A schema with one value less, or with a lower bound. */
interface Narrowing {
  /** Where the change is: the same in every event that has the place. */
  readonly place: string
  readonly change: string
  readonly schema: JsonSchema
}

/** By place. */
type Narrowings = readonly (readonly Narrowing[])[]

const byContract = new Map<EventContract, Narrowings>()

function narrowingsOf(contract: EventContract): Narrowings {
  const schema = (): JsonSchema => z.toJSONSchema(contract.data, { target: 'draft-7', io: 'input' })
  const made = byContract.get(contract) ?? [...Map.groupBy(narrowings(schema(), ''), ({ place }) => place).values()]
  byContract.set(contract, made)
  return made
}

const older = new Map<string, Map<EventContract, EventContract>>()

/** The event as it was before the change, or as it is where it has not the place. */
function narrowed(contract: EventContract, { place, change }: Narrowing): EventContract {
  const text = textOf({ place, change })
  const made = older.get(text) ?? new Map<EventContract, EventContract>()
  older.set(text, made)
  const schema = narrowingsOf(contract)
    .flat()
    .find((each) => textOf(each) === text)?.schema
  const before =
    made.get(contract) ?? (schema ? { ...contract, data: z.fromJSONSchema(schema).pipe(contract.data) } : contract)
  made.set(contract, before)
  return before
}

const textOf = ({ place, change }: Omit<Narrowing, 'schema'>): string => `${place} is ${change}`

/** Some events are above each of them, and others not. */
const bounds = [1, 10]
/** What says where a schema stands, but names no field. */
const keywords: ReadonlySet<string> = new Set(['properties', 'items', 'definitions', 'allOf', 'anyOf'])

function narrowings(schema: JsonSchema, place: string): readonly Narrowing[] {
  const values = Array.isArray(schema['enum']) ? schema['enum'] : []
  const fewer = values.map((value) => ({
    place,
    change: String(value),
    schema: { ...schema, enum: values.filter((each) => each !== value) },
  }))
  const lower = bounds.map((maximum) => ({ place, change: `above ${maximum}`, schema: { ...schema, maximum } }))
  const within = Object.entries(schema).flatMap(([key, value]) => {
    if (typeof value !== 'object' || value === null) return []
    const inner = narrowings(value as JsonSchema, keywords.has(key) ? place : `${place}.${key}`)
    return inner.map((each) => ({ ...each, schema: replaced(schema, key, each.schema) }))
  })
  return [...(values.length > 1 ? fewer : []), ...(schema['type'] === 'integer' ? lower : []), ...within]
}

const replaced = (schema: JsonSchema, key: string, value: JsonSchema): JsonSchema =>
  Array.isArray(schema) ? (schema.with(Number(key), value) as unknown as JsonSchema) : { ...schema, [key]: value }
