import type { Rate } from '../../schemas/rates.ts'
import type { Clock } from './clock.ts'
import { HttpProblem } from './errors.ts'
import { digest } from './ids.ts'
import { type Count, endOf, onceMore, waitOf } from './rate.ts'
import type { Item, Key, Store } from './store.ts'
import { type UpdateDeps, inPlaceOf, untilWritten } from './update.ts'

/** Something that happens no more often than its rate, counted for one subject: an address, an account, a customer. */
export interface Rated {
  /** The name of the rate. */
  readonly name: string
  /** The subject. It is kept as a hash. */
  readonly of: readonly string[]
  readonly rate: Rate
}

interface CountItem extends Item, Count {}

const mostShards = 8
/** How much of a rate one item counts at least: what happens less often has one item. */
const leastOfShard = 100

const shardsOf = ({ most }: Rate): number => Math.min(mostShards, Math.max(1, Math.floor(most / leastOfShard)))

/** The share of one item in a rate; the shares of all make the whole. */
export const shareOf = (rate: Rate, shard: number): Rate => {
  const shards = shardsOf(rate)
  return { ...rate, most: Math.floor(rate.most / shards) + (shard < rate.most % shards ? 1 : 0) }
}

const keyOf = ({ name, of }: Rated, shard: number): Key => ({ pk: `rate#${digest(name, ...of)}#${shard}`, sk: 'count' })

/** What one item of a count had when it was read. */
export interface Seen {
  readonly rated: Rated
  readonly shard: number
  readonly item: CountItem | undefined
  /** How long it has to wait, in milliseconds; 0 where it may happen now. */
  readonly waitMs: number
}

const seenAs = (rated: Rated, shard: number, item: Item | undefined, clock: Clock): Seen => {
  const found = item as CountItem | undefined
  return { rated, shard, item: found, waitMs: waitOf(found, shareOf(rated.rate, shard), clock.now()) }
}

/**
 * Reads the counts by one call, of each one item. Where that item is full and there are others, a second call reads those, and one that is
 * not full stands in: a rate is never passed, and nothing waits while any of it is left.
 */
export async function seen(deps: UpdateDeps, rates: readonly Rated[]): Promise<readonly Seen[]> {
  const { random } = deps
  const places = rates.map((rated) => ({ rated, shard: Math.floor(random() * shardsOf(rated.rate)) }))
  const first = await readAll(deps, places)
  const full = first.filter(({ waitMs, rated }) => waitMs > 0 && shardsOf(rated.rate) > 1)
  if (full.length === 0) return first
  const others = await readAll(
    deps,
    full.flatMap(({ rated, shard: known }) =>
      Array.from({ length: shardsOf(rated.rate) }, (_, shard) => ({ rated, shard })).filter(
        ({ shard }) => shard !== known,
      ),
    ),
  )
  return first.map((each) =>
    others
      .filter(({ rated }) => rated === each.rated)
      .reduce((best, other) => (other.waitMs < best.waitMs ? other : best), each),
  )
}

async function readAll(
  { store, clock }: UpdateDeps,
  places: readonly Pick<Seen, 'rated' | 'shard'>[],
): Promise<readonly Seen[]> {
  const items = await store.getMany(places.map(({ rated, shard }) => keyOf(rated, shard)))
  return places.map(({ rated, shard }) =>
    seenAs(
      rated,
      shard,
      items.find(({ pk }) => pk === keyOf(rated, shard).pk),
      clock,
    ),
  )
}

/**
 * Counts once more, unless another request was first and it has to wait by now: how long, in milliseconds, and 0 where it was counted. What is
 * counted before it is tried cannot be passed by trying it many times at once. `cause` is the id of the request, by which a write knows itself
 * from that of another request at the same moment.
 */
export function count(deps: UpdateDeps, cause: string, { rated, shard, item }: Seen): Promise<number> {
  const { store, clock } = deps
  const { rate } = rated
  const share = shareOf(rate, shard)
  let found = item
  return untilWritten(deps, 'the count', async () => {
    const now = clock.now()
    const waitMs = waitOf(found, share, now)
    if (waitMs > 0) return { result: waitMs }
    const counted = onceMore(found, rate, now)
    const ttl = Math.ceil(endOf(counted, rate) / 1_000)
    const put: CountItem = { ...keyOf(rated, shard), ...counted, ttl, cause, version: (found?.version ?? 0) + 1 }
    const outcome = await store.write(inPlaceOf(found, put))
    if (outcome.ok) return { result: 0 }
    found = outcome.failed[0]?.found as CountItem | undefined
    return undefined
  })
}

/** Takes back what was counted, as far as nobody else has counted since. */
export async function uncount({ store }: Pick<UpdateDeps, 'store'>, { rated, shard, item }: Seen): Promise<void> {
  const version = (item?.version ?? 0) + 1
  const write = item
    ? ({ put: { ...item, version: version + 1 }, if: { version } } as const)
    : ({ delete: keyOf(rated, shard), if: { version } } as const)
  await store.write(write)
}

/** Forgets a count that has one item. */
export async function forget(store: Store, rated: Rated): Promise<void> {
  await store.write({ delete: keyOf(rated, 0), if: 'any' })
}

/** Counts all of these once more, by one read and a write each. Throws `HttpProblem` 429 `too_many_requests`, having counted none that waits. */
export async function admit(deps: UpdateDeps, cause: string, rates: readonly Rated[]): Promise<readonly Seen[]> {
  const counts = await seen(deps, rates)
  requireNoWait(counts.map(({ waitMs }) => waitMs))
  requireNoWait(await Promise.all(counts.map((each) => count(deps, cause, each))))
  return counts
}

/** Throws `HttpProblem` 429 where one of them has to wait: until the last of them may go on. */
export function requireNoWait(waitsMs: readonly number[]): void {
  const waitMs = Math.max(0, ...waitsMs)
  if (waitMs > 0) throw tooMany(waitMs)
}

/** The one answer to what comes too often: it names no count. */
export const tooMany = (waitMs: number): HttpProblem =>
  new HttpProblem('too_many_requests', 'Too many tries. Try again after the time in Retry-After.', {
    headers: { 'retry-after': String(Math.ceil(waitMs / 1_000)) },
  })
