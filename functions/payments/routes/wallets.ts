import type { routes } from '../../../schemas/payments.ts'
import type { Wallet as WalletBody } from '../../../schemas/wallet.ts'
import type * as z from 'zod'
import { commit } from '../../runtime/idempotent-commit.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import { isUser } from '../../runtime/known-users.ts'
import type { WalletDeps } from '../deps.ts'
import { deposit } from '../core/wallet.ts'
import { entryOf, findWallet, listEntries, movingWallet } from '../store/wallet-item.ts'

/** The caller's own balance and ledger; a wallet without deposits is empty. */
export function getWallet(deps: WalletDeps): Handler<typeof routes.getWallet> {
  return async ({ caller, query }) => ({ body: await walletOf(deps, caller.id, query) })
}

/** Another user's, for operators. */
export function getWalletOf(deps: WalletDeps): Handler<typeof routes.getWalletOf> {
  return async (request) => {
    await expectUser(deps, request)
    return { body: await walletOf(deps, request.params.id, request.query) }
  }
}

async function walletOf(
  { store, currency }: WalletDeps,
  owner: string,
  { limit, cursor }: Request<typeof routes.getWallet>['query'],
): Promise<z.input<typeof WalletBody>> {
  const [stored, page] = await Promise.all([findWallet(store, owner), listEntries(store, owner, limit, cursor)])
  return {
    balance: stored?.wallet.balance ?? { amount: 0, currency },
    items: page.items.map(entryOf),
    ...(page.cursor !== undefined && { cursor: page.cursor }),
  }
}

type OfWallet = Request<typeof routes.getWalletOf | typeof routes.depositToWallet>

async function expectUser(deps: WalletDeps, { params: { id }, caller, refuse }: OfWallet): Promise<void> {
  // mutant: wallet-for-user
  if (id !== caller.id && !(await isUser(deps, id))) throw refuse('user_not_found', `There is no user ${id}.`)
}

const why = {
  currency_mismatch: 'A wallet has one currency, that of its first deposit.',
  balance_too_large: 'The balance would be too large.',
} as const

/** Adds money; balance, ledger and the kept answer are one transaction. A wallet belongs to a user. */
export function depositToWallet(deps: WalletDeps): Handler<typeof routes.depositToWallet> {
  const { store, clock } = deps
  return async (request) => {
    const { params, body, caller, requestId: cause } = request
    await expectUser(deps, request)
    return commit(deps, request, async () => {
      const stored = await findWallet(store, params.id)
      const moved = deposit(stored?.wallet, body.amount, body.reference)
      if (typeof moved === 'string') throw request.refuse(moved, why[moved])
      const { writes, entry } = movingWallet(stored, params.id, moved, { cause, at: clock.now(), by: caller.id })
      return { writes, answer: { body: { balance: moved.balance, entry } } }
    })
  }
}
