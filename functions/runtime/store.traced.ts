import type { Item, Store, Write } from './store.ts'

/**
 * Lets each version that carries events keep the trace header of the invocation that writes it (`trace`): a stream hands on none, and the
 * relay publishes the events with it. An invocation that is not sampled adds nothing.
 */
export function traced(store: Store, sampled: () => string | undefined): Store {
  return { ...store, write: (...writes) => store.write(...writes.map((write) => withTrace(write, sampled()))) }
}

function withTrace(write: Write, trace: string | undefined): Write {
  if (!('put' in write)) return write
  // The version before may have been written by another invocation.
  const { trace: _, ...put }: Item = write.put
  return { ...write, put: trace !== undefined && put.outbox !== undefined ? { ...put, trace } : put }
}
