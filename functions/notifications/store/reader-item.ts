import type { Item, Store } from '../../runtime/store.ts'
import { type Codec, inPlaceOf, load, revisionOf } from '../../runtime/update.ts'
import { type ReadState, nothingRead } from '../core/read-state.ts'
import { partitionOf } from './message-item.ts'

/** What a user has read, beside the messages of the inbox. */
interface ReaderItem extends Item {
  readonly reader: Reader
}

/** A user, and what of the inbox is read. */
export interface Reader {
  readonly userId: string
  readonly seen: ReadState
}

const keyOf = (userId: string) => ({ pk: partitionOf({ userId }), sk: 'reader' })

export const readerItem: Codec<Reader> = {
  noun: 'what is read of the inbox',
  key: keyOf,
  read: (item) => ({ state: (item as ReaderItem).reader, item }),
  // mutant: reader-write
  writes: (before, { state, emits }, origin) => [
    inPlaceOf(before?.item, { ...keyOf(state.userId), ...revisionOf(before?.item, emits, origin), reader: state }),
  ],
}

/** What the user has read. */
export const findReadState = async (store: Store, userId: string): Promise<ReadState> =>
  (await load(store, readerItem, userId))?.state.seen ?? nothingRead
