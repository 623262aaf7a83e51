import type { LedgerEntry } from '../../../schemas/wallet.ts'
import { type Money, maxAmount } from '../../../schemas/shared.ts'

/** The balance of a customer, in the currency of the first deposit. */
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

/** Adds money; the first deposit decides the currency. */
export function deposit(
  wallet: Wallet | undefined,
  money: Money,
  reference?: string,
): Moved | 'currency_mismatch' | 'balance_too_large' {
  const about: About = { kind: 'deposit', ...(reference !== undefined && { reference }) }
  return added(wallet?.balance ?? { amount: 0, currency: money.currency }, money, about)
}

/** Gives the money of an order back. */
export function refund(
  wallet: Wallet | undefined,
  money: Money,
  orderId: string,
): Moved | 'currency_mismatch' | 'balance_too_large' {
  return added(wallet?.balance ?? { amount: 0, currency: money.currency }, money, { kind: 'refund', orderId })
}

/** Takes the money for an order, all of it or nothing. */
export function debit(
  wallet: Wallet | undefined,
  money: Money,
  orderId: string,
): Moved | 'currency_mismatch' | 'insufficient_funds' {
  if (wallet === undefined) return 'insufficient_funds'
  if (wallet.balance.currency !== money.currency) return 'currency_mismatch'
  const amount = wallet.balance.amount - money.amount
  if (amount < 0) return 'insufficient_funds' // mutant: funds
  return moved({ ...wallet.balance, amount }, -money.amount, { kind: 'payment', orderId })
}

/** Takes back what was deposited by mistake, as far as it is still there. */
export function correct(
  wallet: Wallet | undefined,
  money: Money,
  { reason, reference }: { readonly reason: string; readonly reference?: string | undefined },
): Moved | 'currency_mismatch' | 'balance_too_small' {
  if (wallet === undefined) return 'balance_too_small'
  if (wallet.balance.currency !== money.currency) return 'currency_mismatch'
  const amount = wallet.balance.amount - money.amount
  if (amount < 0) return 'balance_too_small' // mutant: correction-funds
  const about: About = { kind: 'correction', reason, ...(reference !== undefined && { reference }) }
  return moved({ ...wallet.balance, amount }, -money.amount, about)
}

function added(balance: Money, money: Money, about: About): Moved | 'currency_mismatch' | 'balance_too_large' {
  if (balance.currency !== money.currency) return 'currency_mismatch'
  const amount = balance.amount + money.amount
  return amount > maxAmount ? 'balance_too_large' : moved({ ...balance, amount }, money.amount, about)
}

type About = Pick<Entry, 'kind' | 'orderId' | 'reference' | 'reason'>

const moved = (balance: Money, amount: number, about: About): Moved => ({
  balance,
  entry: { amount, balance: balance.amount, ...about },
})
