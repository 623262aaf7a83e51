import type { Origin } from '../../schemas/origin.ts'
import { type Clock, timeOf } from './clock.ts'
import { contended } from './errors.ts'
import { type Item, type Key, type Store, type Write, over } from './store.ts'

export interface UpdateDeps {
  readonly store: Store
  readonly clock: Clock
  /** From 0 to 1, for the length of pauses. */
  readonly random: () => number
}

/** The one policy for writes that find another writer ahead: the second attempt follows at once, later ones after a pause with full jitter. */
const policy = { attempts: 25, longestPauseMs: 100 } as const

/** A state and the item that it was read from. */
export interface Loaded<State, Stored extends Item = Item> {
  readonly state: State
  readonly item: Stored
}

/** The state after a change, the names of the events that the change emits, and what is written in the same transaction. */
export interface Change<State> {
  readonly state: State
  readonly emits: readonly string[]
  readonly also?: readonly Write[]
}

/** A kind of item: its key, and the way from item to state and back. */
export interface Codec<State, Stored extends Item = Item> {
  /** As errors name it: `the order`. */
  readonly noun: string
  readonly key: (id: string) => Key
  readonly read: (item: Item) => Loaded<State, Stored>
  /** The write of the item in the place of `before`, and the writes beside it; `revisionOf` has the attributes that all items share. */
  readonly writes: (
    before: Loaded<State, Stored> | undefined,
    change: Change<State>,
    origin: Origin,
  ) => readonly [Write, ...Write[]]
}

/** The item with this id, read consistently unless asked otherwise. */
export async function load<State, Stored extends Item>(
  store: Store,
  codec: Codec<State, Stored>,
  id: string,
  options: { readonly consistent: boolean } = { consistent: true },
): Promise<Loaded<State, Stored> | undefined> {
  const item = await store.get(codec.key(id), options)
  return item && codec.read(item)
}

/**
 * Loads the item, unless it was `read` already, lets `decide` name the change, and writes it under the version that was read. When another writer was first, the item
 * that stands is decided again. Returns the state that stands then, changed or not; undefined when there is no such item and `decide`
 * makes none. Throws `HttpProblem` 503 `contended` after the last attempt of the policy, and whatever `decide` throws.
 */
export async function update<State, Stored extends Item>(
  deps: UpdateDeps,
  codec: Codec<State, Stored>,
  id: string,
  origin: Origin,
  decide: (found: Loaded<State, Stored> | undefined) => Change<State> | undefined | Promise<Change<State> | undefined>,
  read?: { readonly item: Item | undefined },
): Promise<State | undefined> {
  let found = read ? read.item && codec.read(read.item) : await load(deps.store, codec, id)
  return untilWritten(deps, codec.noun, async () => {
    const change = await decide(found)
    if (change === undefined) return { result: found?.state }
    const outcome = await deps.store.write(...codec.writes(found, change, origin), ...(change.also ?? []))
    if (outcome.ok) return { result: change.state }
    const lost = outcome.failed.find(({ write }) => write === 0)
    if (lost) found = lost.found && codec.read(lost.found)
    return undefined
  })
}

/** Attempts until one has a result, by the one policy. Throws `HttpProblem` 503 `contended` after its last attempt. */
export async function untilWritten<Result>(
  deps: Omit<UpdateDeps, 'store'>,
  noun: string,
  attempt: () => Promise<{ readonly result: Result } | undefined>,
): Promise<Result> {
  const races = contention(deps)
  for (;;) {
    const done = await attempt()
    if (done) return done.result
    await races.lost(noun)
  }
}

/** Counts the races that a writer loses in a row, and pauses between them by the one policy. */
export function contention({ clock, random }: Omit<UpdateDeps, 'store'>) {
  let lost = 0
  return {
    won: (): void => {
      lost = 0
    },
    /** Throws `HttpProblem` 503 `contended` after the last attempt. */
    lost: async (noun: string): Promise<void> => {
      lost += 1
      if (lost >= policy.attempts) throw contended(noun)
      if (lost > 1) await clock.sleep(random() * Math.min(policy.longestPauseMs, 2 ** lost))
    },
  }
}

/** The attributes that every item shares, as of the version after `before`. */
export function revisionOf(
  before: Item | undefined,
  emits: readonly string[],
  { cause, at }: Pick<Origin, 'cause' | 'at'>,
): Pick<Item, 'version' | 'outbox' | 'cause' | 'at'> & { readonly version: number } {
  return {
    version: (before?.version ?? 0) + 1,
    ...(emits.length > 0 && { outbox: emits }),
    cause,
    at: timeOf(at),
  }
}

/** A kind of item that is its own state. */
export const plainCodec = <Stored extends Item>(noun: string, key: (id: string) => Key): Codec<Stored> => ({
  noun,
  key,
  read: (item) => ({ state: item as Stored, item }),
  writes: (before, { state, emits }, origin) => {
    // The events of the version before are not those of this one.
    const { outbox: _, ...fields }: Item = state
    return [inPlaceOf(before?.item, { ...fields, ...revisionOf(before?.item, emits, origin) })]
  },
})

/** The write of an item in the place of `before`. */
export const inPlaceOf = (before: Item | undefined, put: Item): Write => ({ put, if: over(before) })
