import { type EventContract, detailTypeOf, sourceOf, sourcePrefix } from '../../schemas/contract.ts'
import { NotKnownYet } from './redelivery.ts'

/** What EventBridge matches an event's source and detail-type with: each source with its own events alone, but for families. */
export type SubscriptionPattern = SourcePattern | { readonly $or: readonly SourcePattern[] }

interface SourcePattern {
  readonly source: readonly [string | Prefix]
  readonly 'detail-type': readonly (string | Prefix)[]
}

interface Prefix {
  readonly prefix: string
}

/**
 * The pattern of the rule that brings these events to a consumer: exactly their pairs of source and detail-type. One list of sources
 * beside one of names would let each source pass with the names of all others. A family passes whole, from any service: the consumer
 * keeps what it does not know yet (`contractOf`), and refuses what a service may not publish. EventBridge takes a `$or` of two patterns or more, at
 * most 1,000 combinations, and 2,048 characters in all.
 */
export function patternOf(consumes: readonly EventContract[]): SubscriptionPattern {
  const single = consumes.filter(({ family }) => family === undefined)
  const pairs = Array.from(Map.groupBy(single, sourceOf), ([source, contracts]): SourcePattern => ({
    source: [source], // mutant: rule-source
    'detail-type': contracts.map(detailTypeOf),
  }))
  const families = new Set(consumes.flatMap(({ family }) => family ?? []))
  const patterns = [...pairs, ...Array.from(families, patternOfFamily)]
  const [only] = patterns
  return only !== undefined && patterns.length === 1 ? only : { $or: patterns }
}

const patternOfFamily = (family: string): SourcePattern => ({
  source: [{ prefix: sourcePrefix }],
  'detail-type': [{ prefix: family }],
})

/** The pattern of an archive: all events but private ones. */
export const archivePatternOf = (events: readonly EventContract[]) => ({
  'detail-type': [{ 'anything-but': events.filter(({ isPrivate }) => isPrivate).map(detailTypeOf) }],
})

/** The contract that a source and a detail-type name together; else that none has the type yet, or why the source may not publish it. */
export function contractOf(
  contracts: readonly EventContract[],
  source: string,
  type: string,
): EventContract | string | NotKnownYet {
  const named = contracts.filter((contract) => detailTypeOf(contract) === type)
  if (named.length === 0) return new NotKnownYet(`detail-type ${type} is not consumed here`) // mutant: event-unknown
  return (
    // mutant: event-source
    named.find((contract) => sourceOf(contract) === source) ??
    `${type} comes from ${named.map(sourceOf).join(' or ')}, not from ${source}`
  )
}
