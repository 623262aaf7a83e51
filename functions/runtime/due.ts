import { type Clock, sortableTime } from './clock.ts'
import { logger } from './log.ts'
import { partitionOf, partitionsOf } from './sharded.ts'
import type { Item, Store } from './store.ts'

/** After this long a run leaves the rest to the next one, in milliseconds. */
export const runMs = 20_000

/** Puts an item into index `due`, where `sweepDue` finds it from `time` on, in milliseconds since 1970. */
export const dueAt = (id: string, time: number): { duePk: string; dueSk: string } => ({
  duePk: partitionOf('due', id),
  dueSk: sortableTime(time),
})

/** What a run did: how many items came to which end. Those that failed stay due. */
export type Swept<Outcome extends string> = Record<Outcome | 'failed', number>

/** Hands over every item that is due, the partitions side by side, and adds to the counts. An item that fails blocks no other. */
export async function sweepDue<Outcome extends string>(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  counts: Swept<Outcome>,
  sweepOne: (item: Item, now: number) => Promise<Outcome>,
): Promise<Swept<Outcome>> {
  const now = clock.now()
  await Promise.all(
    partitionsOf('due').map(async (shard) => {
      for await (const item of dueIn(store, shard, now)) {
        if (clock.now() >= now + runMs) return
        const outcome = await sweepOne(item, now).catch((error: Error) => {
          logger.error('not swept', { correlationId: item.pk, error })
          return 'failed' as const
        })
        counts[outcome] += 1
      }
    }),
  )
  return counts
}

async function* dueIn(store: Store, shard: string, now: number): AsyncGenerator<Item> {
  let cursor: string | undefined
  do {
    const to = sortableTime(now + 1)
    const page = await store.query({ index: 'due', partition: shard, to, limit: 100, cursor })
    yield* page.items
    cursor = page.cursor
  } while (cursor !== undefined)
}
