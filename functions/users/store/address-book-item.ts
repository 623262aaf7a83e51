import { type Item, type Key, type Store, type Write, first, next, over } from '../../runtime/store.ts'
import type { AddressBook } from '../core/address-book.ts'

/** All addresses of a user are one item: one conditional write decides which of them are the defaults. */
export interface AddressBookItem extends Item {
  readonly addresses: AddressBook
}

const bookKey = (userId: string): Key => ({ pk: userId, sk: 'addresses' })

/** The book as of now; undefined before the first address. */
export async function readBook(store: Store, userId: string): Promise<AddressBookItem | undefined> {
  return (await store.get(bookKey(userId), { consistent: true })) as AddressBookItem | undefined
}

/** The write that forgets all addresses of a user. */
export const forgottenBook = (userId: string): Write => ({ delete: bookKey(userId), if: 'any' })

/** The write that puts these addresses in the place of what was found. */
export function bookInPlaceOf(found: AddressBookItem | undefined, userId: string, addresses: AddressBook): Write {
  const put = found === undefined ? first({ ...bookKey(userId), addresses }) : next(found, { addresses })
  return { put, if: over(found) }
}
