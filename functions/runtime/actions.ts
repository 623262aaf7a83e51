import { AsyncLocalStorage } from 'node:async_hooks'
import type { Action } from '../../schemas/action.ts'
import type { EventContract } from '../../schemas/contract.ts'
import { type Clock, timeOf } from './clock.ts'
import { isAnswer } from './answer-key.ts'
import { itemSize } from './item-size.ts'
import type { ToEvent } from './relay.ts'
import { type Item, type Outcome, type Store, type Write, first } from './store.ts'

/** What a request is about to do. */
export interface Intent extends Omit<Action, 'subject'> {
  /** The kind alone where the path names no more: the id is that of what the request makes. */
  readonly subject: { readonly kind: string; readonly id?: string | undefined }
}

/** One action, whose record rides in the first write by which it decides something, and in no other. */
class Recording {
  readonly #intent: Intent
  #subject: string | undefined
  #isRecorded = false
  #underWay: Promise<unknown> | undefined

  constructor(intent: Intent) {
    this.#intent = intent
  }

  get requestId(): string {
    return this.#intent.requestId
  }

  get isRecorded(): boolean {
    return this.#isRecorded
  }

  /** Calls `write` with the record for the write that carries it; other writes of the request wait for that one. */
  async carriedBy(write: (action: Action | undefined) => Promise<Outcome>): Promise<Outcome> {
    while (this.#underWay !== undefined) await this.#underWay
    if (this.#isRecorded) return write(undefined)
    const writing = write({ ...this.#intent, subject: this.#subject ?? this.#intent.subject.kind })
    this.#underWay = writing.catch(() => undefined)
    try {
      const outcome = await writing
      this.#isRecorded = outcome.ok
      return outcome
    } finally {
      this.#underWay = undefined
    }
  }

  /** Learns from the writes what the action is about, where its path names no more than a kind. */
  learnSubject(writes: readonly Write[]): void {
    const { kind, id } = this.#intent.subject
    this.#subject ??= [kind, id ?? idOfNew(writes, kind)].filter((part) => part !== undefined).join('/')
  }
}

const actions = new AsyncLocalStorage<Recording>()

/** Calls `act` as an action that must be recorded: what it writes to stores that `recording` made carries the record. */
export const asAction = <Result>(intent: Intent, act: () => Promise<Result>): Promise<Result> =>
  actions.run(new Recording(intent), act)

/**
 * The table of a service, where the first write by which an action decides something carries its record, as an item carries its events: change
 * and record come together or not at all. What is read is without the record: a next version does not carry it again.
 */
export function recording(store: Store, { name }: Pick<EventContract, 'name'>, clock: Pick<Clock, 'now'>): Store {
  const bare = (item: Item): Item => withoutAction(item, name)
  return {
    get: async (...asked) => {
      const found = await store.get(...asked)
      return found && bare(found)
    },
    getMany: async (...asked) => (await store.getMany(...asked)).map(bare),
    query: async (query) => {
      const page = await store.query(query)
      return { ...page, items: page.items.map(bare) }
    },
    write: async (...writes) => {
      const recorded = actions.getStore()
      if (recorded === undefined || !writes.some(isDecisive)) return bareOutcome(await store.write(...writes), bare)
      recorded.learnSubject(writes)
      const outcome = await recorded.carriedBy((action) =>
        store.write(...(action ? carrying(action, writes, name, clock.now()) : writes)),
      )
      return bareOutcome(outcome, bare)
    },
  }
}

/**
 * A table whose stream nobody reads: before an action changes it, the record is written to `own`, the table of the service. An action that
 * dies in between has a record and no effect.
 */
export function recordedAhead(store: Store, own: Store, clock: Pick<Clock, 'now'>): Store {
  return {
    ...store,
    write: async (...writes) => {
      const recorded = actions.getStore()
      if (recorded && !recorded.isRecorded && writes.some(isDecisive)) {
        recorded.learnSubject(writes)
        await own.write({ put: carrierOf(recorded.requestId, clock.now()), if: 'absent' })
      }
      return store.write(...writes)
    },
  }
}

/** The event of a recorded action where the name is its name, else what `others` makes of it. */
export const withActions =
  (contract: EventContract, others: ToEvent): ToEvent =>
  (item, name) =>
    name === contract.name ? { contract, data: item['action'] } : others(item, name)

/** Whether the write decides something: lines aside, sessions and kept answers do not. */
const isDecisive = (write: Write): boolean => !('check' in write) && write.if !== 'any' && !isAnswerIn(write)

const isAnswerIn = (write: Write): boolean => 'put' in write && isAnswer(write.put)

/** The writes with the record in one of them: the smallest item, which it is most likely to leave within its write unit; or an item more. */
function carrying(action: Action, writes: readonly Write[], name: string, now: number): readonly Write[] {
  const puts = writes.flatMap((write) => ('put' in write && isDecisive(write) ? [write] : []))
  const [smallest] = puts.toSorted((a, b) => itemSize(a.put) - itemSize(b.put))
  const carrier = smallest ?? ({ put: carrierOf(action.requestId, now), if: 'absent' } as const)
  const { put } = carrier
  const carried: Write = {
    ...carrier,
    put: {
      ...put,
      outbox: [...(put.outbox ?? []), name],
      cause: put.cause ?? action.requestId,
      at: put.at ?? timeOf(now),
      action,
    },
  }
  return smallest ? writes.map((write) => (write === smallest ? carried : write)) : [...writes, carried]
}

/** An item for the record alone, which is of no use once the stream has it. */
function carrierOf(requestId: string, now: number): Item {
  return first({ pk: `action_${requestId}`, sk: 'action', ttl: Math.ceil(now / 1_000) + 86_400 })
}

function idOfNew(writes: readonly Write[], kind: string): string | undefined {
  const made = writes.find((write) => 'put' in write && write.if === 'absent' && isDecisive(write))
  if (made === undefined || !('put' in made)) return undefined
  // The items of some kinds are all in one partition.
  return made.put.pk === kind ? made.put.sk : made.put.pk
}

function withoutAction({ action: _, outbox, ...item }: Item, name: string): Item {
  const left = outbox?.filter((each) => each !== name)
  return { ...item, ...(left && left.length > 0 && { outbox: left }) }
}

const bareOutcome = (outcome: Outcome, bare: (item: Item) => Item): Outcome =>
  outcome.ok
    ? outcome
    : { ok: false, failed: outcome.failed.map(({ write, found }) => ({ write, found: found && bare(found) })) }
