import { ApiProblem } from '../../schemas/client.ts'
import { guest } from '../../schemas/guest.ts'
import { inOrder } from './in-order.ts'
import { retryForMs, persist } from './persist.ts'
import type { PhaseOptions } from './place.ts'
import type { Stack } from './stack.ts'
import type { TradingDay } from './trading-day.ts'

/** Of accounts that only ever buy here. */
const password = 'Customer-1!'

/**
 * Registers these people, or finds their accounts from the time before: user ids by name. Throws `ApiProblem` `wrong_credentials` where an
 * account is somebody else's.
 */
export async function accountsOf(
  { api, clock }: Stack,
  names: Iterable<string>,
  { atOnce, progress }: Pick<PhaseOptions, 'atOnce' | 'progress'>,
): Promise<ReadonlyMap<string, string>> {
  const accounts = new Map<string, string>()
  const distinct = [...new Set(names)]
  progress.start('register customers', distinct.length)
  await inOrder(distinct, atOnce, async (name) => {
    const body = { email: `${name.toLowerCase()}@customers.holdfast.test`, password }
    const register = async () => (await api.register({ body })).id
    const found = async (error: unknown): Promise<string> => {
      if (!(error instanceof ApiProblem && error.code === 'email_taken')) throw error
      return (await persist(() => api.signIn({ body }), { clock, forMs: retryForMs })).user.id
    }
    accounts.set(name, await persist(register, { clock, forMs: retryForMs }).catch(found))
    progress.step()
  })
  progress.stop()
  return accounts
}

/**
 * The day with user ids in the place of the names of its customers, who are registered for it. Who is not named stays a guest; where
 * all pay from wallets they share an account, because a guest has no wallet.
 */
export async function withAccounts(
  stack: Stack,
  day: TradingDay,
  { fromWallets, ...options }: Pick<PhaseOptions, 'atOnce' | 'progress'> & { readonly fromWallets: boolean },
): Promise<TradingDay> {
  const names = day.happenings.flatMap((each) => (each.kind === 'sale' ? [each.customerId] : []))
  const accounts = await accountsOf(stack, fromWallets ? names : names.filter((name) => name !== guest), options)
  const happenings = day.happenings.map((each) =>
    each.kind === 'sale' ? { ...each, customerId: accounts.get(each.customerId) ?? each.customerId } : each,
  )
  return { ...day, happenings }
}
