import type { Clock } from '../runtime/clock.ts'
import type { Store } from '../runtime/store.ts'
import type { Directory } from './adapters/directory.ts'

export interface UsersDeps {
  readonly store: Store
  readonly directory: Directory
  readonly clock: Clock
  /** A new identifier of an address. */
  readonly newId: () => string
}
