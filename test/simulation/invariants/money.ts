import { type Order, refundDue } from '../../../functions/orders/core/order.ts'
import { isClosed } from '../../../functions/orders/core/status.ts'
import { paymentChart, refundChart } from '../../../functions/payments/core/payment-chart.ts'
import { holdOf } from '../../../functions/payments/core/hold.ts'
import { refundedOf } from '../../../functions/payments/core/money.ts'
import type { Payment } from '../../../functions/payments/core/payment.ts'
import { pending } from '../../../functions/payments/core/pending.ts'
import { status } from '../../../functions/payments/core/status.ts'
import { isGiven, tryOf } from '../../../functions/payments/core/refund.ts'
import { readPayment } from '../../../functions/payments/store/payment-item.ts'
import { readWallet } from '../../../functions/payments/store/wallet-item.ts'
import type { Item } from '../../../functions/runtime/store.ts'
import { allows } from '../../../schemas/state-chart.ts'
import type { WalletEntry } from '../../../schemas/wallet.ts'
import type { FakeProvider } from '../engine/fake-provider.ts'
import type { PaymentRates } from '../../../schemas/rates.ts'
import { tryNameOf } from '../engine/provider-account.ts'
import { tokenStandIn } from '../../../schemas/stand-ins.ts'
import { Violation } from './violation.ts'

/** All money: what payments write down, compared with what the provider did. */
export class MoneyInvariants {
  readonly payments = new Map<string, Payment>()
  readonly balances = new Map<string, number>()
  /** Entries of all ledgers, by customer and id. */
  readonly entries = new Map<string, WalletEntry>()
  /** Called when a payment comes to stand on hold. */
  alarm: (orderId: string) => void = () => {}
  readonly #provider: FakeProvider
  readonly #rates: PaymentRates
  /** How many cards of each customer the provider has declined. */
  readonly #declined = new Map<string, number>()

  constructor(provider: FakeProvider, rates: PaymentRates) {
    this.#provider = provider
    this.#rates = rates
  }

  /** Takes a changed item of payments in. Throws `Violation`. */
  enter(before: Item | undefined, after: Item): void {
    if (after.sk === 'payment') {
      const was = before && readPayment(before).state
      const { state: is } = readPayment(after)
      this.#enterPayment(was, is, after.cause)
      this.#checkRefunds(was, is)
      if (was && refundedOf(is) < refundedOf(was) && !after.outbox?.includes('payment.refund_failed'))
        throw new Violation('what comes back has an event', `${is.id}: ${refundedOf(was)} became ${refundedOf(is)}`)
      const due = typeof after['dueSk'] === 'string' ? Number.parseInt(after['dueSk'], 10) : 0
      if (due > Date.parse(after.at ?? '') + 300_000)
        throw new Violation('the provider is asked again within five minutes', is.id)
      if ((holdOf(is) !== undefined) !== (after['holdPk'] !== undefined))
        throw new Violation('what is on hold can be found', `${is.id}: ${holdOf(is)}`)
    }
    if (after.sk === 'wallet') this.#enterWallet(before, after)
    if (after.sk.startsWith('entry_')) this.entries.set(`${after.pk} ${after.sk}`, after['entry'] as WalletEntry)
  }

  #enterPayment(before: Payment | undefined, after: Payment, cause = ''): void {
    this.payments.set(after.orderId, after)
    if (before && !allows(paymentChart, status(before), status(after)))
      throw new Violation('payments go their ways', `${after.id} went from ${status(before)} to ${status(after)}`)
    for (const refund of after.refunds) {
      const was = before?.refunds.find(({ id }) => id === refund.id)?.state ?? 'due'
      if (!allows(refundChart, was, refund.state))
        throw new Violation('payments go their ways', `${refund.id} went from ${was} to ${refund.state}`)
    }
    if (before?.order === 'closed' && after.order !== 'closed')
      throw new Violation('closed orders stay closed', `${after.id} was closed and is ${after.order}`)
    if (before !== undefined && JSON.stringify(before.amount) !== JSON.stringify(after.amount))
      throw new Violation('an amount stays', `${after.id}: ${before.amount.amount} and ${after.amount.amount}`)
    this.#checkAttempts(before, after)
    if (before && before.attempts.length > 0 && cause.endsWith('/order.reserved') && isLonger(after, before))
      throw new Violation('an order asks for its money once', `${after.id}, attempt ${after.attempts.length}`)
    if (holdOf(after) !== undefined && (before && holdOf(before)) === undefined) this.alarm(after.orderId)
    for (const [index, { state }] of after.attempts.entries()) {
      const own = after.refunds.filter(({ attempt }) => attempt === index + 1)
      const back = own.reduce((sum, { amount }) => sum + amount, 0)
      if (back > (state === 'captured' ? after.amount.amount : 0))
        throw new Violation('no more goes back than came', `${after.id}, attempt ${index + 1}: ${back}`)
      if (own.filter(({ cause }) => cause === 'order_closed' || cause === 'duplicate').length > 1)
        throw new Violation('one refund for a charge', `${after.id}, attempt ${index + 1}`)
    }
  }

  /** A refund is what the provider reports of it, or what a cashier did in its place. */
  #checkRefunds(before: Payment | undefined, after: Payment): void {
    for (const [index, refund] of after.refunds.entries()) {
      const was = before?.refunds[index]
      const about = `${refund.id}, try ${tryOf(refund)}`
      if (was?.state === 'closed' && refund.state !== 'closed')
        throw new Violation('what is closed by hand stays closed', `${about}: ${refund.state}`)
      if (refund.state === 'closed' && was?.state !== 'closed' && was?.state !== 'failed')
        throw new Violation('only what has failed is closed by hand', `${about}: ${was?.state}`)
      if (after.attempts[refund.attempt - 1]?.method !== 'card') continue
      const account = this.#provider.accounts.get(`${after.id}/${refund.attempt}`)
      const name = tryNameOf(refund.id, tryOf(refund))
      if (refund.state === 'failed' && !account?.failed.has(name)) throw new Violation('no failure is guessed', about)
      if (refund.state === 'done' && was?.state !== 'done' && account?.waiting.has(name))
        throw new Violation('nothing is given back before the provider has', about)
    }
  }

  /** A card is declined unasked for customers alone who had cards declined. */
  #checkWithheld({ id, customerId }: Payment, attempt: number): void {
    if (this.#provider.accounts.has(`${id}/${attempt}`)) throw new Violation('what is withheld is not asked for', id)
    if ((this.#declined.get(customerId) ?? 0) < this.#rates.declinedCards.most)
      throw new Violation('no card is withheld without a reason', id)
  }

  #checkAttempts(before: Payment | undefined, after: Payment): void {
    const had = before?.attempts ?? []
    if (after.attempts.length > had.length) {
      if (before?.order === 'closed') throw new Violation('closed orders are not charged', after.id)
      if (had.some(({ state, method }) => method !== 'manual' && state !== 'declined' && state !== 'voided'))
        throw new Violation('one charge at a time', after.id)
    }
    for (const [index, { state, method, withheld, at }] of after.attempts.entries())
      if (had[index] === undefined && method !== 'manual' && at >= (after.expiresAt ?? 0))
        throw new Violation('nothing is paid after its time', `${after.id}, attempt ${index + 1}`)
      else if (method === 'card' && state === 'declined' && had[index]?.state !== state)
        if (withheld) this.#checkWithheld(after, index + 1)
        else {
          this.#declined.set(after.customerId, (this.#declined.get(after.customerId) ?? 0) + 1)
          if (!this.#provider.accounts.get(`${after.id}/${index + 1}`)?.refused)
            throw new Violation('no answer is guessed', `${after.id}, attempt ${index + 1}`)
        }
    if (after.attempts.some(({ method, token }) => method === 'card' && token === tokenStandIn))
      throw new Violation('a card is charged by its own token', after.id)
    for (const [index, { state, token = '' }] of after.attempts.entries())
      if (
        after.amount.amount > 0 &&
        state === 'captured' &&
        had[index]?.state !== 'captured' &&
        twoSteps.has(token) &&
        after.order === 'open' &&
        !after.atOnce
      )
        throw new Violation('money is taken when the order confirms', after.id)
    const open = after.attempts.some(({ state }) => state !== 'declined' && state !== 'voided')
    const declined = after.attempts.filter(({ state }) => state === 'declined')
    const last = declined.length > 2 || declined.some(({ method }) => method === 'wallet')
    if (!open && last && after.failed === undefined) throw new Violation('the last refusal is the last word', after.id)
  }

  #enterWallet(before: Item | undefined, after: Item): void {
    const { wallet, item } = readWallet(after)
    const had = before ? readWallet(before).wallet.balance.amount : 0
    const has = wallet.balance.amount
    this.balances.set(wallet.customerId, has)
    if (before && had > 0 && readWallet(before).wallet.balance.currency !== wallet.balance.currency)
      throw new Violation('money keeps its currency', `${wallet.customerId}: ${had} became ${wallet.balance.currency}`)
    if (has < 0) throw new Violation('a wallet is never below zero', `${wallet.customerId}: ${has}`)
    if (had + item.last.amount !== has || item.last.balance !== has)
      throw new Violation('a wallet is the sum of its ledger', `${wallet.customerId}: ${had} became ${has}`)
  }

  /** What holds at rest. Throws `Violation`. */
  check(orders: readonly Order[]): void {
    const sums = new Map<string, number>()
    for (const [name, { amount }] of this.entries) {
      const customer = name.split(' ')[0]!.replace(/^wallet_/, '')
      sums.set(customer, (sums.get(customer) ?? 0) + amount)
    }
    for (const [customer, balance] of this.balances)
      if (sums.get(customer) !== balance)
        throw new Violation('a wallet is the sum of its ledger', `${customer}: ${balance}, not ${sums.get(customer)}`)
    for (const order of orders) this.#checkOrder(order)
  }

  #checkOrder(order: Order): void {
    const payment = this.payments.get(order.id)
    const { captured, refunded } = this.#moved(order.id)
    const standing = !isClosed(order.facts)
    const wanted = standing ? order.total.amount - returnedBy(order, payment) : 0
    const text = `${order.id} ${JSON.stringify(order.facts)}: ${captured} came, ${refunded} went back`
    if (captured - refunded !== wanted) throw new Violation('money is conserved', `${text}, ${wanted} should be left`)
    if (payment === undefined) {
      if (standing) throw new Violation('money is conserved', `${text}, and nobody wrote it down`)
      return
    }
    const hold = holdOf(payment)
    if (hold !== undefined) throw new Violation('no payment is stuck', `${order.id}: ${hold}`)
    if (pending(payment).length > 0)
      throw new Violation('no payment is stuck', `${order.id} owes ${pending(payment)[0]?.name}: ${text}`)
    for (const [index, { method, state }] of payment.attempts.entries()) {
      const account = this.#provider.accounts.get(`${payment.id}/${index + 1}`)
      if (method !== 'card' || payment.amount.amount === 0) continue
      // A call that arrived late set money aside for a charge that was given up; that lapses by itself.
      const lapses = account?.state === 'authorized' && state === 'voided'
      if (sides.some((side) => (account?.state === side) !== (state === side)) && !lapses)
        throw new Violation('payments agree with the provider', `${payment.id}, attempt ${index + 1}: ${state}`)
    }
  }

  /** By provider, wallet and hand together, in minor units. */
  #moved(orderId: string): { readonly captured: number; readonly refunded: number } {
    let { captured, refunded } = this.#provider.balanceOf(orderId)
    for (const { orderId: of, amount } of this.entries.values()) {
      if (of !== orderId) continue
      if (amount < 0) captured -= amount
      else refunded += amount
    }
    const payment = this.payments.get(orderId)
    if (payment === undefined) return { captured, refunded }
    const methodOf = (attempt: number) => payment.attempts[attempt - 1]?.method
    for (const { method, state } of payment.attempts)
      if (method === 'manual' && state === 'captured') captured += payment.amount.amount
    for (const refund of payment.refunds)
      if (refund.state === 'closed' || (methodOf(refund.attempt) === 'manual' && isGiven(refund)))
        refunded += refund.amount
    return { captured, refunded }
  }
}

/** Cards of which money is set aside before it is taken. */
const twoSteps: ReadonlySet<string> = new Set(['tok_yes', 'tok_gone', 'tok_slow', 'tok_shut'])
const sides = ['authorized', 'captured'] as const

const isLonger = (a: Payment, b: Payment): boolean => a.attempts.length > b.attempts.length

/** What an operator gave back, and what was due for returned goods as far as anything was left. */
function returnedBy(order: Order, payment: Payment | undefined): number {
  const given = (payment?.refunds ?? [])
    .filter(({ cause }) => cause === 'operator')
    .reduce((sum, { amount }) => sum + amount, 0)
  return given + Math.min(refundDue(order), order.total.amount - given)
}
