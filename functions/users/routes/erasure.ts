import type { Origin } from '../../../schemas/origin.ts'
import type { OrderSummary } from '../../../schemas/order.ts'
import type { Wallet } from '../../../schemas/wallet.ts'
import type { routes } from '../../../schemas/users.ts'
import { timeOf } from '../../runtime/clock.ts'
import { expectMatch, tagOfBody } from '../../runtime/entity-tag.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import { mayActOn } from '../core/rights.ts'
import type { UsersDeps } from '../deps.ts'
import { keepAfterAll, planErasure, showLeaving } from '../store/erasure-item.ts'
import { changePrincipal } from '../store/principal-item.ts'
import { type UserItem, readUser, rolesNow, userOf } from '../store/user-item.ts'

type EraseRequest = Request<typeof routes.eraseMe> | Request<typeof routes.eraseUser>
type KeepRequest = Request<typeof routes.keepMe> | Request<typeof routes.keepUser>

export function eraseMe(deps: UsersDeps): Handler<typeof routes.eraseMe> {
  return async (request) => {
    const { caller, refuse } = request
    const user = await readUser(deps.store, caller.id)
    if (!user) throw refuse('user_not_found', 'There is no profile yet. Sign in: POST /sessions.')
    return { body: await erasureOf(deps, request, user) }
  }
}

export function eraseUser(deps: UsersDeps): Handler<typeof routes.eraseUser> {
  return async (request) => ({ body: await erasureOf(deps, request, await otherUser(deps, request)) })
}

export function keepMe(deps: UsersDeps): Handler<typeof routes.keepMe> {
  return async (request) => {
    await keep(deps, request, request.caller.id)
    return {}
  }
}

export function keepUser(deps: UsersDeps): Handler<typeof routes.keepUser> {
  return async (request) => {
    const { pk } = await otherUser(deps, request)
    await keep(deps, request, pk)
    return {}
  }
}

async function otherUser(
  deps: UsersDeps,
  { params: { id }, caller, refuse }: Request<typeof routes.eraseUser> | Request<typeof routes.keepUser>,
): Promise<UserItem> {
  const user = await readUser(deps.store, id)
  if (!user) throw refuse('user_not_found', `There is no user ${id}.`)
  if (!mayActOn(caller.scopes, await rolesNow(deps, user)))
    throw refuse('rights_exceeded', 'Nobody erases an account with more rights than they have.')
  return user
}

/**
 * Plans the erasure, and lets every function know that the account is leaving: first that, as an owner may not be the last one. A crash in between
 * leaves the rest to the same request, sent again. The time that was planned first stands.
 */
async function erasureOf(deps: UsersDeps, request: EraseRequest, user: UserItem) {
  const { requestId: cause, caller, refuse } = request
  expectMatch(request, tagOfBody(userOf(user)))
  const origin: Origin = { cause, at: deps.clock.now(), by: caller.id }
  const lastOwner = () => refuse('last_owner', 'Nobody else is an owner who may sign in, and stays.')
  if (user.erasesAt === undefined) {
    await expectNothingOpen(deps, request, user.pk).catch(async (refusal: Error) => {
      // An attempt before may have died behind its first write; something was opened since.
      await showLeaving(deps, user.pk, origin)
      throw refusal
    })
    const roles = user.roles.includes('owner') ? { roles: user.roles } : {}
    await changePrincipal(deps, user.pk, { origin, lastOwner, ...roles }, (before) =>
      before.leaving ? before : { ...before, leaving: true },
    )
  }
  const erasesAt = await planErasure(deps, user.pk, origin.at + deps.eraseAfterMs, origin)
  await showLeaving(deps, user.pk, origin)
  if (erasesAt === undefined) throw refuse('user_not_found', 'The account is erased.')
  return { erasesAt: timeOf(erasesAt) }
}

/** Signing in keeps nothing: programs do that by themselves. */
async function keep(deps: UsersDeps, { requestId: cause, caller, refuse }: KeepRequest, userId: string): Promise<void> {
  const origin = { cause, at: deps.clock.now(), by: caller.id }
  if (!(await keepAfterAll(deps, userId, origin))) throw refuse('user_not_found', 'The account is erased.')
  await showLeaving(deps, userId, origin) // mutant: leaving-shown
}

/** So many of the newest orders are looked at: older ones run their course. */
const mostOrders = 4_000
const open: ReadonlySet<OrderSummary['status']> = new Set(['placed', 'reserved', 'backordered', 'confirmed'])

/** Refuses while something is open, each with what is to be done. What is opened at this very moment runs its course after the erasure. */
async function expectNothingOpen(deps: UsersDeps, request: EraseRequest, userId: string): Promise<void> {
  const { caller, refuse } = request
  const walletOf = userId === caller.id ? 'me' : encodeURIComponent(userId)
  const { balance } = await read<Wallet>(deps, request, `/users/${walletOf}/wallet?limit=1`)
  if (balance.amount > 0)
    throw refuse('wallet_not_empty', `There are ${balance.amount} ${balance.currency} in the wallet, in minor units.`)
  let cursor: string | undefined
  let seen = 0
  do {
    const more = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const path = `/orders?customerId=${encodeURIComponent(userId)}&limit=100${more}`
    const page = await read<{ readonly items: readonly OrderSummary[]; readonly cursor?: string }>(deps, request, path)
    const isOpen = page.items.find(({ status }) => open.has(status))
    if (isOpen) throw refuse('orders_open', `The order ${isOpen.id} is ${isOpen.status}.`)
    const owed = page.items.find(({ facts }) => facts.payment === 'refund_due')
    if (owed) throw refuse('refunds_due', `Money of the order ${owed.id} is still to go back.`)
    seen += page.items.length
    cursor = page.cursor
  } while (cursor !== undefined && seen < mostOrders)
}

/** What another service shows the caller. */
async function read<Body>(
  { readPath }: UsersDeps,
  { headers: { authorization = '' }, caller, refuse }: EraseRequest,
  path: string,
): Promise<Body> {
  const answer = await readPath(path, authorization).catch(() => undefined)
  if (answer?.status === 200) return answer.body as Body
  if (answer?.status === 403 && caller.kind === 'key')
    throw (refuse as Request<typeof routes.eraseUser>['refuse'])(
      'rights_exceeded',
      'Erasing takes orders:read and wallets:read as well.',
    )
  throw refuse('unavailable', 'Whether something of the account is open is not known now. Try again.', {
    headers: { 'retry-after': '1' },
  })
}
