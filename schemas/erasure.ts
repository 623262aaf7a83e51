import * as z from 'zod'
import { route } from './contract.ts'
import { Id, Time } from './shared.ts'

/** When something is erased. */
export const Erasure = z
  .object({ erasesAt: Time.describe('From then on nothing brings it back.') })
  .meta({ id: 'Erasure' })
export type Erasure = z.infer<typeof Erasure>

const byId = z.strictObject({ id: Id })
const whileBusy = ['orders_open', 'refunds_due', 'wallet_not_empty', 'last_owner'] as const

/** How accounts are erased, and kept after all. */
export const erasureRoutes = {
  eraseMe: route({
    method: 'DELETE',
    path: '/users/me',
    who: 'user',
    summary: 'Erase the account of the signed-in user after a time of grace; once more answers the same',
    answer: { status: 202, body: Erasure },
    problems: ['user_not_found', ...whileBusy],
  }),
  keepMe: route({
    method: 'DELETE',
    path: '/users/me/erasure',
    untagged: true,
    who: 'user',
    summary: 'Keep the account after all, while its time of grace lasts',
    answer: { status: 204 },
    problems: ['user_not_found'],
  }),
  eraseUser: route({
    method: 'DELETE',
    path: '/users/{id}',
    who: 'users:write',
    summary: 'Erase the account of a user after a time of grace; once more answers the same',
    params: byId,
    answer: { status: 202, body: Erasure },
    problems: ['user_not_found', 'rights_exceeded', ...whileBusy],
  }),
  keepUser: route({
    method: 'DELETE',
    path: '/users/{id}/erasure',
    untagged: true,
    who: 'users:write',
    summary: 'Keep the account of a user after all, while its time of grace lasts',
    params: byId,
    answer: { status: 204 },
    problems: ['user_not_found', 'rights_exceeded'],
  }),
}
