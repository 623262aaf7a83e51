import type { Item } from '../../runtime/store.ts'
import { type Codec, plainCodec } from '../../runtime/update.ts'
import { partitionOf } from './message-item.ts'

/** Where mails of a user go, beside the messages of the inbox. */
export interface ContactItem extends Item {
  /** Absent where the user gets none. */
  readonly email?: string | undefined
  /** Of the user's profile: the higher one is the newer one. */
  readonly userVersion: number
}

export const contactKey = (userId: string) => ({ pk: partitionOf({ userId }), sk: 'contact' })

export const contactItem: Codec<ContactItem> = plainCodec('the contact', contactKey)
