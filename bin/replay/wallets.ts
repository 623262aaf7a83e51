import { inOrder } from './in-order.ts'
import { retryForMs, persist } from './persist.ts'
import type { PhaseOptions } from './place.ts'
import type { Stack } from './stack.ts'
import type { TradingDay } from './trading-day.ts'

/** Pence, by customer: what each has to deposit for all of their invoices at list prices. Who buys for nothing has no need. */
export function walletNeeds({ products, happenings }: TradingDay): ReadonlyMap<string, number> {
  const prices = new Map(products.map(({ sku, price }) => [sku, price]))
  const needs = new Map<string, number>()
  for (const each of happenings) {
    if (each.kind !== 'sale') continue
    const cost = each.lines.reduce((sum, { sku, quantity }) => sum + quantity * (prices.get(sku) ?? 0), 0)
    needs.set(each.customerId, (needs.get(each.customerId) ?? 0) + cost)
  }
  return new Map([...needs].filter(([, cost]) => cost > 0))
}

/** A deposit, and the balance after it. Pence. */
export interface Deposit {
  readonly amount: number
  readonly balance: number
}

/** The deposits with which the day began and ended, by customer. */
export interface Wallets {
  readonly opening: ReadonlyMap<string, Deposit>
  readonly closing: ReadonlyMap<string, Deposit>
}

/** Deposits these sums, in pence, into the wallets of these customers. `phase` distinguishes the deposits of one replay. */
export async function deposit(
  { api, clock }: Stack,
  sums: ReadonlyMap<string, number>,
  phase: string,
  { runId, atOnce, progress }: PhaseOptions,
): Promise<ReadonlyMap<string, Deposit>> {
  const deposits = new Map<string, Deposit>()
  progress.start(phase, sums.size)
  await inOrder([...sums], atOnce, async ([id, amount]) => {
    const body = { amount: { amount, currency: 'GBP' }, reference: `${phase} ${runId}` }
    const request = { params: { id }, body, idempotencyKey: `${runId}-${phase.replaceAll(' ', '-')}-${id}` }
    const { balance } = await persist(() => api.depositToWallet(request), {
      clock,
      forMs: retryForMs,
      // Who has registered just now is known to payments a moment later.
      passing: ['user_not_found'],
    })
    deposits.set(id, { amount, balance: balance.amount })
    progress.step()
  })
  progress.stop()
  return deposits
}

/** What has left the wallet from its opening deposit to its closing one, in pence. */
export const spentBetween = (opening: Deposit, closing: Deposit): number =>
  opening.balance + closing.amount - closing.balance
