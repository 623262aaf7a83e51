import type { Store } from '../../functions/runtime/store.ts'

/** Ends the reader at that write, before or after it: nothing that it does later arrives. */
export const dying = (at: number, before: boolean) => {
  let writes = 0
  return (store: Store): Store => ({
    ...store,
    write: async (...asked) => {
      writes += 1
      if (writes > at || (writes === at && before)) throw new Error('killed')
      const outcome = await store.write(...asked)
      if (writes === at) throw new Error('killed')
      return outcome
    },
  })
}
