import { type AddressInput, AddressType, type UserAddress, maxAddresses } from '../../../schemas/user.ts'

/** The addresses of one user, the oldest first. Of each type that has any, exactly one is the default. */
export type AddressBook = readonly UserAddress[]

/** The book with one more address; `full` when it holds `maxAddresses` already. */
export function added(book: AddressBook, id: string, input: AddressInput, at: string): AddressBook | 'full' {
  if (book.length >= maxAddresses) return 'full'
  const address = { ...input, id, createdAt: at, updatedAt: at }
  return withDefaults([...book, address], input.default ? address : undefined)
}

/** The book with an address replaced, in its place. It stays the default of its type unasked, but does not take that to another type. */
export function replaced(book: AddressBook, before: UserAddress, input: AddressInput, at: string): AddressBook {
  const { id, createdAt } = before
  const after = { ...input, id, default: before.default && before.type === input.type, createdAt, updatedAt: at }
  const changed = book.map((address) => (address === before ? after : address))
  return withDefaults(changed, input.default ? after : undefined)
}

export const removed = (book: AddressBook, gone: UserAddress): AddressBook =>
  withDefaults(book.filter((address) => address !== gone))

/** The book with one default in each type: the chosen one, else the one that was, else the oldest. */
function withDefaults(book: AddressBook, chosen?: UserAddress): AddressBook {
  const defaults = new Set(AddressType.options.map((type) => defaultOf(type, book, chosen)))
  return book.map((address) => ({ ...address, default: defaults.has(address) }))
}

function defaultOf(type: AddressType, book: AddressBook, chosen: UserAddress | undefined): UserAddress | undefined {
  if (chosen?.type === type) return chosen
  const ofType = book.filter((address) => address.type === type)
  return ofType.find((address) => address.default) ?? ofType[0]
}
