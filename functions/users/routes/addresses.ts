import { type routes } from '../../../schemas/users.ts'
import { type UserAddress, maxAddresses } from '../../../schemas/user.ts'
import { timeOf } from '../../runtime/clock.ts'
import { expectMatch, tagOfBody } from '../../runtime/entity-tag.ts'
import { commit } from '../../runtime/idempotent-commit.ts'
import type { Refuse } from '../../runtime/errors.ts'
import type { Answer } from '../../runtime/answer.ts'
import type { Caller, Handler, Request } from '../../runtime/http.ts'
import { type AddressBook, added, removed, replaced } from '../core/address-book.ts'
import { bookInPlaceOf, readBook } from '../store/address-book-item.ts'
import type { UsersDeps } from '../deps.ts'

export function listAddresses({ store }: UsersDeps): Handler<typeof routes.listAddresses> {
  return async ({ caller }) => {
    const book = await readBook(store, caller.id)
    return { body: { items: [...(book?.addresses ?? [])] } }
  }
}

export function addAddress(deps: UsersDeps): Handler<typeof routes.addAddress> {
  const { clock, newId } = deps
  return (request) => {
    const id = newId()
    return changeBook(deps, request, (book) => {
      const changed = added(book, id, request.body, timeOf(clock.now()))
      if (changed === 'full') throw tooManyAddresses(request.refuse)
      return { changed, body: stored(changed, id) }
    })
  }
}

export function getAddress({ store }: UsersDeps): Handler<typeof routes.getAddress> {
  return async (request) => {
    const book = await readBook(store, request.caller.id)
    return { body: existing(book?.addresses ?? [], request) }
  }
}

export function replaceAddress(deps: UsersDeps): Handler<typeof routes.replaceAddress> {
  const { clock } = deps
  return (request) =>
    changeBook(deps, request, (book) => {
      const before = existing(book, request)
      expectMatch(request, tagOfBody(before))
      const changed = replaced(book, before, request.body, timeOf(clock.now()))
      return { changed, body: stored(changed, before.id) }
    })
}

export function removeAddress(deps: UsersDeps): Handler<typeof routes.removeAddress> {
  return (request) =>
    changeBook(deps, request, (book) => {
      const before = existing(book, request)
      expectMatch(request, tagOfBody(before))
      return { changed: removed(book, before), body: undefined }
    })
}

/** What becomes of a book, and what is answered. */
interface Change<Body> {
  readonly changed: AddressBook
  readonly body: Body
}

function changeBook<Body>(
  deps: UsersDeps,
  request: Parameters<typeof commit>[1] & { readonly caller: Caller },
  change: (book: AddressBook) => Change<Body>,
): Promise<Answer<Body>> {
  return commit(deps, request, async () => {
    const found = await readBook(deps.store, request.caller.id)
    const { changed, body } = change(found?.addresses ?? [])
    return { writes: [bookInPlaceOf(found, request.caller.id, changed)], answer: { body } }
  })
}

type OfAddress = Request<typeof routes.getAddress | typeof routes.replaceAddress | typeof routes.removeAddress>

/** The address of another user is refused as one that is not there. */
function existing(book: AddressBook, { params: { id }, refuse }: OfAddress): UserAddress {
  if (!book.some((address) => address.id === id)) throw refuse('address_not_found', `You have no address ${id}.`)
  return stored(book, id)
}

function stored(book: AddressBook, id: string): UserAddress {
  const address = book.find((address) => address.id === id)
  if (address === undefined) throw new Error(`The address ${id} is not in the book.`)
  return address
}

const tooManyAddresses = (refuse: Refuse<'too_many_addresses'>) =>
  refuse('too_many_addresses', `At most ${maxAddresses} addresses can be kept. Remove one first.`)
