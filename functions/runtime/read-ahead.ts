import type { Consumer, Received } from './events.ts'
import type { Item, Key, Store } from './store.ts'
import { nameOf } from './store.rules.ts'

/**
 * A consumer that reads the items of the orders in a delivery by one call, before it handles the events one by one: `keyOf` names the
 * item that the service has for an order. What is read ahead stands for one read alone, and a change that another writer made since is
 * found by the condition of the write, as ever.
 */
export function readingAhead<Deps extends { readonly store: Store }>(
  deps: Deps,
  keyOf: (orderId: string) => Key,
  consumerOf: (deps: Deps) => Consumer,
): Consumer {
  return async (batch) => {
    const keys = [...new Set(batch.flatMap(orderOf))].map(keyOf)
    const store = keys.length > 1 ? await ahead(deps.store, keys) : deps.store
    return consumerOf({ ...deps, store })(batch)
  }
}

function orderOf({ data }: Received): string | [] {
  const { orderId } = data as { readonly orderId?: unknown }
  return typeof orderId === 'string' ? orderId : []
}

/** The store, with the first read of each of these items done; of none of them where that fails. */
async function ahead(store: Store, keys: readonly Key[]): Promise<Store> {
  const items = await store.getMany(keys, { consistent: true }).catch(() => undefined)
  if (items === undefined) return store
  const read = new Map<string, Item | undefined>(keys.map((key) => [nameOf(key), undefined]))
  for (const item of items) read.set(nameOf(item), item)
  return {
    get: async (key, options) => {
      const item = read.get(nameOf(key))
      return read.delete(nameOf(key)) ? item : store.get(key, options)
    },
    getMany: (...asked) => store.getMany(...asked),
    query: (...asked) => store.query(...asked),
    write: (...writes) => store.write(...writes),
  }
}
