import type { Item, Key, Store } from '../../runtime/store.ts'
import { type UpdateDeps, plainCodec, update } from '../../runtime/update.ts'
import { type Head, fillsPartition, noPages } from '../core/feed-place.ts'
import { pageHead, partitionNameOf, sortOf } from './feed-page-item.ts'

/** A page that was there: the newest is this one or a later one. */
interface HintItem extends Item {
  readonly number: number
  readonly takenAt: number
  /** When somebody last looked for the newest page, in milliseconds since 1970. */
  readonly seenAt: number
}

const keyOf = (): Key => ({ pk: 'feed', sk: 'newest' })
const hintItem = plainCodec<HintItem>('the newest page of the feed', keyOf)

/** The newest page there is. */
export async function findHead(store: Store): Promise<Head> {
  const hint = (await store.get(keyOf(), { consistent: true })) as HintItem | undefined
  return headAfter(store, hint ? { number: hint.number, at: hint.takenAt } : noPages)
}

/** The newest page there is, given one that is there or was. */
export async function headAfter(store: Store, known: Head): Promise<Head> {
  let head = known
  for (;;) {
    const partition = partitionNameOf(head.number + 1)
    const range = { partition, from: sortOf(head.number + 1), descending: true, limit: 1, consistent: true }
    const [newest] = (await store.query(range)).items
    if (newest === undefined) return head
    head = pageHead(newest)
    if (!fillsPartition(head.number)) return head
  }
}

/** Lets everybody begin their search at this page. Called for the first page of a partition, and once a day. */
export async function hintAt(deps: UpdateDeps, { number, at: takenAt }: Head): Promise<void> {
  const seenAt = deps.clock.now()
  await update(deps, hintItem, 'newest', { cause: 'feed', at: seenAt, by: 'feed' }, (found) => {
    if (found && found.state.number > number) return undefined
    return { state: { ...keyOf(), version: 1, number, takenAt, seenAt }, emits: [] }
  })
}

const dayMs = 86_400_000

/**
 * Keeps in mind which page was the newest, once a day: where nothing happens for weeks, all pages go, and the next one still gets the number
 * behind the last one.
 */
export async function keepHead(deps: UpdateDeps): Promise<void> {
  const { store, clock } = deps
  const hint = (await store.get(keyOf(), { consistent: true })) as HintItem | undefined
  if (hint && clock.now() - hint.seenAt < dayMs) return
  const known = hint ? { number: hint.number, at: hint.takenAt } : noPages
  const head = await headAfter(store, known)
  if (head.number > 0) await hintAt(deps, head) // mutant: feed-keep-head
}
