import { type MemoryStore, type OnChange, memoryStore } from '../../../functions/runtime/store.memory.ts'
import { type Item, type Key, type Store, StoreUnavailable } from '../../../functions/runtime/store.ts'
import type { VirtualClock } from '../../../localstack/clock/clock.ts'
import type { Faults } from '../faults/faults.ts'
import type { Call, Process } from './processes.ts'

/** A table, and the copy of it that its indexes and eventually consistent reads may see. */
export interface Table {
  readonly primary: MemoryStore
  /** As far as it has come. */
  readonly copy: () => Store
}

export interface TableDeps {
  readonly clock: VirtualClock
  /** How far the copy is behind, in milliseconds. */
  readonly lagMs: number
  readonly onChange: OnChange
}

export function tableOf({ clock, lagMs, onChange }: TableDeps): Table {
  const copy = memoryStore()
  const ahead: { readonly at: number; readonly change: Parameters<OnChange> }[] = []
  const primary = memoryStore({
    onChange: (before, after) => {
      ahead.push({ at: clock.now() + lagMs, change: [before, after] })
      onChange(before, after)
    },
  })
  return {
    primary,
    copy: () => {
      while (ahead[0] && ahead[0].at <= clock.now()) copy.follow(...ahead.shift()!.change)
      return copy
    },
  }
}

/**
 * The table as a process reaches it. `settle` is called right after each write, when all of its items have changed.
 */
export function storeOf(process: Process, { primary, copy }: Table, faults: Faults, settle: () => void): Store {
  const side = (consistent: boolean | undefined): Store => (!consistent && faults.strikes('stale') ? copy() : primary)
  return {
    get: (key, options) => process.call(read(`get ${nameOf(key)}`), () => side(options?.consistent).get(key, options)),
    getMany: (keys, options) =>
      process.call(read(`get ${keys.map(nameOf).join(' ')}`), () => side(options?.consistent).getMany(keys, options)),
    query: (query) =>
      process.call(read(`query ${query.index ?? ''} ${query.partition}`), async () => {
        const asked = faults.strikes('short page') ? { ...query, limit: 1 } : query
        if (query.index === undefined || !faults.areOn) return side(query.consistent).query(asked)
        const page = await copy().query(asked)
        // As the adapter does: the items behind the keys, without those that have left their place.
        const place = `${query.index}Sk`
        const behind = await Promise.all(page.items.map((item) => side(false).get(item)))
        const items = behind.filter((item, at) => item?.[place] === page.items[at]?.[place])
        return { ...page, items: items.filter((item) => item !== undefined) }
      }),
    write: (...writes) => {
      const names = writes.map((write) =>
        'put' in write
          ? `put ${nameOf(write.put)}@${write.put.version}${said(write.put)}`
          : 'delete' in write
            ? `delete ${nameOf(write.delete)}`
            : `check ${nameOf(write.check)}`,
      )
      const kind = writes.length > 1 ? 'transaction' : 'write'
      return process.call({ what: names.join(', '), to: 'table', kind, unavailable }, () => {
        const outcome = primary.write(...writes)
        settle()
        return outcome
      })
    },
  }
}

const unavailable = (): Error => new StoreUnavailable('simulated')

const read = (what: string): Call => ({ what, to: 'table', kind: 'read', unavailable })

const nameOf = ({ pk, sk }: Key): string => `${pk.length > 16 ? pk.slice(0, 12) : pk}/${sk}`

const said = ({ outbox }: Item): string => (outbox ? ` says ${outbox.join(' ')}` : '')
