import type { Item, Store } from '../../runtime/store.ts'
import { type Codec, inPlaceOf, load, revisionOf } from '../../runtime/update.ts'
import { type Marks, noMarks } from '../core/marks.ts'
import { partitionOf } from './message-item.ts'

/** What a user has read, beside the messages of the inbox. */
interface MarksItem extends Item {
  readonly reader: Reader
}

/** A user, and what of the inbox is read. */
export interface Reader {
  readonly userId: string
  readonly marks: Marks
}

const keyOf = (userId: string) => ({ pk: partitionOf({ userId }), sk: 'marks' })

export const readerItem: Codec<Reader> = {
  noun: 'what is read of the inbox',
  key: keyOf,
  read: (item) => ({ state: (item as MarksItem).reader, item }),
  writes: (before, { state, emits }, origin) => [
    inPlaceOf(before?.item, { ...keyOf(state.userId), ...revisionOf(before?.item, emits, origin), reader: state }),
  ],
}

/** What the user has read. */
export const findMarks = async (store: Store, userId: string): Promise<Marks> =>
  (await load(store, readerItem, userId))?.state.marks ?? noMarks
