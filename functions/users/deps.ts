import type { UpdateDeps } from '../runtime/update.ts'
import type { Store } from '../runtime/store.ts'
import type { Directory } from './adapters/directory.ts'

export interface UsersDeps extends UpdateDeps {
  readonly directory: Directory
  /** What holds of users now, for every function that checks tokens. */
  readonly principals: Store
  /** A new identifier of an address. */
  readonly newId: () => string
}
