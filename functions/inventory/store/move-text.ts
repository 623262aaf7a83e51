import type { MovementKind } from '../../../schemas/movement.ts'
import { timeOf } from '../../runtime/clock.ts'
import type { Bucket, Counts, Delta, Move } from '../core/level.ts'
import { buckets } from '../core/movement.ts'

const letters: Readonly<Record<Bucket, string>> = { available: 'a', reserved: 'r', allocated: 'l', unavailable: 'u' }

/** A move as the table has it: version, time, kind, changes and reference, such as `12 mk8x2v4g reserve a-2r2 ord_01K9`. */
export function moveText({ version, at, kind, delta, reference = '' }: Move): string {
  const changes = buckets.flatMap((bucket) =>
    delta[bucket] === undefined ? [] : [`${letters[bucket]}${delta[bucket]}`],
  )
  return `${version} ${Date.parse(at).toString(36)} ${kind} ${changes.join('')} ${reference}`
}

export function readMove(text: string): Move {
  const [version = '', at = '', kind = '', changes = '', reference = ''] = text.split(' ')
  return {
    version: Number(version),
    at: timeOf(Number.parseInt(at, 36)),
    kind: kind as MovementKind,
    delta: readDelta(changes),
    ...(reference !== '' && { reference }),
  }
}

function readDelta(changes: string): Delta {
  const found = new Map([...changes.matchAll(/([arlu])(-?\d+)/g)].map(([, letter, units]) => [letter, Number(units)]))
  const known = buckets.filter((bucket) => found.has(letters[bucket]))
  return Object.fromEntries(known.map((bucket) => [bucket, found.get(letters[bucket])]))
}

/** The four counts of a level, with blanks between them. */
export const countsText = (counts: Pick<Counts, Bucket>): string => buckets.map((bucket) => counts[bucket]).join(' ')

export function readCounts(text: string): Record<Bucket, number> {
  const [available = 0, reserved = 0, allocated = 0, unavailable = 0] = text.split(' ').map(Number)
  return { available, reserved, allocated, unavailable }
}
