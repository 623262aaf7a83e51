import { type UserAddress, maxAddresses, type routes } from '../../../schemas/users.ts'
import { timeOf } from '../../runtime/clock.ts'
import { commit } from '../../runtime/idempotent-commit.ts'
import { HttpProblem, notFound } from '../../runtime/errors.ts'
import type { Answer, Caller, Handler } from '../../runtime/http.ts'
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
      if (changed === 'full') throw tooManyAddresses()
      return { changed, body: existing(changed, id) }
    })
  }
}

export function replaceAddress(deps: UsersDeps): Handler<typeof routes.replaceAddress> {
  const { clock } = deps
  return (request) =>
    changeBook(deps, request, (book) => {
      const before = existing(book, request.params.id)
      const changed = replaced(book, before, request.body, timeOf(clock.now()))
      return { changed, body: existing(changed, before.id) }
    })
}

export function removeAddress(deps: UsersDeps): Handler<typeof routes.removeAddress> {
  return (request) =>
    changeBook(deps, request, (book) => ({
      changed: removed(book, existing(book, request.params.id)),
      body: undefined,
    }))
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

/** Throws `HttpProblem` 404 `address_not_found`, the same for the address of another user. */
function existing(book: AddressBook, id: string): UserAddress {
  const address = book.find((address) => address.id === id)
  if (address === undefined) throw notFound('address_not_found', `You have no address ${id}.`)
  return address
}

const tooManyAddresses = (): HttpProblem =>
  new HttpProblem(422, 'too_many_addresses', `At most ${maxAddresses} addresses can be kept. Remove one first.`)
