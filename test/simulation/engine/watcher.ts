import type { Item } from '../../../functions/runtime/store.ts'
import type { Simulated } from './services.ts'

/** Follows what is written. */
export interface Watcher {
  changed(service: Simulated, before: Item | undefined, after: Item | undefined): void
  /** What somebody may do has changed. */
  stands(): void
  /** All items of one write have changed. */
  settled(): void
}
