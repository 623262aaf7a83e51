import type { LedgerEntry } from '../../../schemas/wallet.ts'
import { type Money, maxAmount } from '../../../schemas/shared.ts'

/** The balance of a customer, in one currency while there is any. */
export interface Wallet {
  readonly customerId: string
  readonly balance: Money
}

/** One movement, before the ledger numbers it. */
export type Entry = Omit<LedgerEntry, 'id' | 'at' | 'by'>

export interface Moved {
  readonly balance: Money
  readonly entry: Entry
}

/** Adds money; a deposit into an empty wallet decides the currency. */
export function deposit(
  wallet: Wallet | undefined,
  money: Money,
  reference?: string,
): Moved | 'currency_mismatch' | 'balance_too_large' {
  const about: About = { kind: 'deposit', ...(reference !== undefined && { reference }) }
  return added(wallet, money, about)
}

/** Gives the money of an order back. */
export function refund(
  wallet: Wallet | undefined,
  money: Money,
  orderId: string,
): Moved | 'currency_mismatch' | 'balance_too_large' {
  return added(wallet, money, { kind: 'refund', orderId })
}

/** Takes the money for an order, all of it or nothing. */
export function debit(
  wallet: Wallet | undefined,
  money: Money,
  orderId: string,
): Moved | 'currency_mismatch' | 'insufficient_funds' {
  if (wallet === undefined) return 'insufficient_funds'
  const balance = startOf(wallet, money)
  if (typeof balance === 'string') return balance
  const amount = balance.amount - money.amount
  if (amount < 0) return 'insufficient_funds' // mutant: funds
  return moved({ ...balance, amount }, -money.amount, { kind: 'payment', orderId })
}

/** Takes back what was deposited by mistake, as far as it is still there. */
export function correct(
  wallet: Wallet | undefined,
  money: Money,
  { reason, reference }: { readonly reason: string; readonly reference?: string | undefined },
): Moved | 'currency_mismatch' | 'balance_too_small' {
  if (wallet === undefined) return 'balance_too_small'
  const balance = startOf(wallet, money)
  if (typeof balance === 'string') return balance
  const amount = balance.amount - money.amount
  if (amount < 0) return 'balance_too_small' // mutant: correction-funds
  const about: About = { kind: 'correction', reason, ...(reference !== undefined && { reference }) }
  return moved({ ...balance, amount }, -money.amount, about)
}

function added(
  wallet: Wallet | undefined,
  money: Money,
  about: About,
): Moved | 'currency_mismatch' | 'balance_too_large' {
  const balance = startOf(wallet, money)
  if (typeof balance === 'string') return balance
  const amount = balance.amount + money.amount
  return amount > maxAmount ? 'balance_too_large' : moved({ ...balance, amount }, money.amount, about)
}

/** What a movement begins with: an empty wallet takes whatever currency comes next. */
function startOf(wallet: Wallet | undefined, { currency }: Money): Money | 'currency_mismatch' {
  if (wallet === undefined || wallet.balance.amount === 0) return { amount: 0, currency } // mutant: wallet-currency
  return wallet.balance.currency === currency ? wallet.balance : 'currency_mismatch'
}

type About = Pick<Entry, 'kind' | 'orderId' | 'reference' | 'reason'>

const moved = (balance: Money, amount: number, about: About): Moved => ({
  balance,
  entry: { amount, balance: balance.amount, currency: balance.currency, ...about },
})
