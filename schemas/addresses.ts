import * as z from 'zod'
import { route } from './contract.ts'
import { Id } from './shared.ts'
import { AddressInput, UserAddress } from './user.ts'

const byId = z.strictObject({ id: Id })

/** The addresses that a user keeps. */
export const addressRoutes = {
  listAddresses: route({
    method: 'GET',
    path: '/users/me/addresses',
    who: 'user',
    summary: 'The addresses of the signed-in user, the oldest first: all of them, there are at most 50',
    answer: { status: 200, body: z.object({ items: z.array(UserAddress) }) },
  }),
  addAddress: route({
    method: 'POST',
    path: '/users/me/addresses',
    who: 'user',
    summary: 'Keep an address; the first of its type becomes the default',
    body: AddressInput,
    idempotencyKey: 'optional',
    answer: { status: 201, body: UserAddress, location: '/users/me/addresses/{id}' },
    problems: ['too_many_addresses'],
  }),
  getAddress: route({
    method: 'GET',
    path: '/users/me/addresses/{id}',
    who: 'user',
    summary: 'One address of the signed-in user',
    params: byId,
    answer: { status: 200, body: UserAddress },
    problems: ['address_not_found'],
  }),
  replaceAddress: route({
    method: 'PUT',
    path: '/users/me/addresses/{id}',
    who: 'user',
    summary: 'Replace an address',
    params: byId,
    body: AddressInput,
    answer: { status: 200, body: UserAddress },
    problems: ['address_not_found'],
  }),
  removeAddress: route({
    method: 'DELETE',
    path: '/users/me/addresses/{id}',
    who: 'user',
    summary: 'Forget an address; if it was the default, the oldest of its type becomes that',
    params: byId,
    answer: { status: 204 },
    problems: ['address_not_found'],
  }),
}
