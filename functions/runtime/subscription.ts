import { type EventContract, detailTypeOf, sourceOf } from '../../schemas/contract.ts'
import { NotKnownYet } from './redelivery.ts'

/** What EventBridge matches an event's source and detail-type with: each source with its own events alone. */
export type SubscriptionPattern = SourcePattern | { readonly $or: readonly SourcePattern[] }

interface SourcePattern {
  readonly source: readonly [string]
  readonly 'detail-type': readonly string[]
}

/**
 * The pattern of the rule that brings these events to a consumer: exactly their pairs of source and detail-type. One list of sources
 * beside one of names would let each source pass with the names of all others. EventBridge takes a `$or` of two patterns or more, at
 * most 1,000 combinations, and 2,048 characters in all.
 */
export function patternOf(consumes: readonly EventContract[]): SubscriptionPattern {
  const patterns = Array.from(Map.groupBy(consumes, sourceOf), ([source, contracts]): SourcePattern => ({
    source: [source], // mutant: rule-source
    'detail-type': contracts.map(detailTypeOf),
  }))
  const [only] = patterns
  return only !== undefined && patterns.length === 1 ? only : { $or: patterns }
}

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
