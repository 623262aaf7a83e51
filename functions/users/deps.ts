import type { UpdateDeps } from '../runtime/update.ts'
import type { Directory } from './adapters/directory.ts'

export interface UsersDeps extends UpdateDeps {
  readonly directory: Directory
  /** A new identifier of an address. */
  readonly newId: () => string
}
