import { routes } from '../../../schemas/payments.ts'
import type { Wallet as WalletBody } from '../../../schemas/wallet.ts'
import type * as z from 'zod'
import { commit } from '../../runtime/idempotent-commit.ts'
import type { Refuse } from '../../runtime/errors.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import { isUserFor, wasUser } from '../../runtime/known-users.ts'
import { type PrincipalItem, principalKey } from '../../runtime/principals.ts'
import type { WalletDeps } from '../deps.ts'
import { type Moved, type Wallet, correct, deposit } from '../core/wallet.ts'
import { entryOf, findWallet, firstCurrencyOf, listEntries, movingWallet } from '../store/wallet-item.ts'

/** The caller's own balance and ledger; a wallet without deposits is empty. */
export function getWallet(deps: WalletDeps): Handler<typeof routes.getWallet> {
  return async ({ caller, query }) => ({ body: await walletOf(deps, caller.id, query) })
}

/** Another user's, for operators. */
export function getWalletOf(deps: WalletDeps): Handler<typeof routes.getWalletOf> {
  return async (request) => {
    await expectUser(deps, request)
    return { body: await walletOf(deps, request.params.id, request.query, true) }
  }
}

async function walletOf(
  { store, currency }: WalletDeps,
  owner: string,
  { limit, cursor }: Request<typeof routes.getWallet>['query'],
  toOperators = false,
): Promise<z.input<typeof WalletBody>> {
  const [stored, page] = await Promise.all([findWallet(store, owner), listEntries(store, owner, limit, cursor)])
  const first = stored === undefined ? currency : firstCurrencyOf(stored)
  return {
    balance: stored?.wallet.balance ?? { amount: 0, currency },
    items: page.items.map((item) => entryOf(item, first, toOperators)),
    ...(page.cursor !== undefined && { cursor: page.cursor }),
  }
}

type Deposit = Request<typeof routes.depositToWallet>
type Correction = Request<typeof routes.correctWallet>
type OfWallet = Request<typeof routes.getWalletOf> | Deposit | Correction

/** Money that goes back late reaches the wallet of somebody who is erased: operators see it, and pay it out. Nobody adds to it. */
async function expectUser(deps: WalletDeps, { route, params: { id }, caller, refuse }: OfWallet): Promise<void> {
  if (route.path !== routes.depositToWallet.path && (await wasUser(deps, id))) return
  // mutant: wallet-for-user
  if (!(await isUserFor(caller, deps, id))) throw refuse('user_not_found', `There is no user ${id}.`)
}

const why = {
  currency_mismatch: 'There is money of another currency in the wallet. An empty one takes any.',
  balance_too_large: 'The balance would be too large.',
  balance_too_small: 'The balance is less than that: it never goes below zero.',
} as const

/** Adds money. A wallet belongs to a user. */
export const depositToWallet = (deps: WalletDeps): Handler<typeof routes.depositToWallet> => {
  const moving = movingBy(deps, expectStaying)
  return (request) => {
    const { amount, reference } = request.body
    return moving(request, (wallet) => refusable(deposit(wallet, amount, reference), wallet, request.refuse))
  }
}

/** Nobody pays into the wallet of an account that is to be erased: the money would have to be paid out again. What holds of the user is read itself. */
async function expectStaying({ principals }: WalletDeps, { params: { id }, refuse }: Deposit): Promise<void> {
  const standing: PrincipalItem | undefined = await principals.get(principalKey(id), { consistent: true })
  // mutant: deposit-leaving
  if (standing?.leaving)
    throw refuse('account_leaving', `The account is to be erased. Keep it first: DELETE /users/${id}/erasure.`)
}

/** Takes money back that was deposited by mistake. */
export const correctWallet = (deps: WalletDeps): Handler<typeof routes.correctWallet> => {
  const moving = movingBy<Correction>(deps)
  return (request) => {
    const { amount, ...about } = request.body
    return moving(request, (wallet) => refusable(correct(wallet, amount, about), wallet, request.refuse))
  }
}

function refusable<Code extends keyof typeof why>(
  moved: Moved | Code,
  wallet: Wallet | undefined,
  refuse: Refuse<Code>,
): Moved {
  if (typeof moved !== 'string') return moved
  const wrong =
    moved === 'currency_mismatch'
      ? { path: 'amount.currency', message: `must be ${wallet?.balance.currency}` }
      : {
          path: 'amount.amount',
          message: moved === 'balance_too_small' ? 'is too large for the balance' : 'is too large',
        }
  throw refuse(moved, why[moved], { errors: [wrong] })
}

/** One movement of a wallet by an operator; balance, ledger and the kept answer are one transaction. */
function movingBy<Asked extends Deposit | Correction>(
  deps: WalletDeps,
  expectAllowed: (deps: WalletDeps, request: Asked) => Promise<void> = async () => {},
) {
  const { store, clock } = deps
  return async (request: Asked, move: (wallet: Wallet | undefined) => Moved) => {
    const { params, caller, requestId: cause } = request
    await expectUser(deps, request)
    return commit(deps, request, async () => {
      await expectAllowed(deps, request)
      const stored = await findWallet(store, params.id)
      const moved = move(stored?.wallet)
      const { writes, entry } = movingWallet(stored, params.id, moved, { cause, at: clock.now(), by: caller.id })
      return { writes, answer: { body: { balance: moved.balance, entry } } }
    })
  }
}
