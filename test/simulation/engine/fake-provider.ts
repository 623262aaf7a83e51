import type { Outcome } from '../../../functions/payments/core/payment.ts'
import { sandboxProvider } from '../../../functions/payments/adapters/provider.sandbox.ts'
import type { CardProvider, Charge, Refunded, Repayment } from '../../../functions/payments/adapters/provider.ts'
import type { Call, Process } from './processes.ts'
import { type Account, nameOf, outcomeOf, sumOf, textOf, tryNameOf } from './provider-account.ts'
import { Webhooks, type WebhooksDeps, secrets } from './provider-webhooks.ts'
import { Violation } from '../invariants/violation.ts'

/**
 * What the cards of the simulation do: `tok_yes` and `tok_no` are accepted and declined, `tok_now` takes the money in one step, `tok_gone`
 * is set aside and gone when it is taken, `tok_slow` is decided later, and `tok_late` cannot be called back and comes captured. Of
 * `tok_back` the money comes although it was declined; `tok_odd` sets another sum aside, and `tok_shut` takes no refund, until
 * somebody has seen to it. Of `tok_bounce` refunds are given and come back later, once or twice; the outcome of `tok_wait` comes later for
 * a refund, and `tok_dead` never takes one. Scenes also have `tok_stuck`, of which nobody hears until the scene wants it.
 */
export const tokens = [
  'tok_yes',
  'tok_yes',
  'tok_yes',
  'tok_no',
  'tok_now',
  'tok_gone',
  'tok_slow',
  'tok_slow',
  'tok_late',
  'tok_back',
  'tok_odd',
  'tok_shut',
  'tok_bounce',
  'tok_wait',
  'tok_dead',
] as const

/** A provider of cards that remembers everything, to compare with what payments believe. */
export class FakeProvider {
  readonly accounts = new Map<string, Account>()
  violation: Violation | undefined
  /** Orders whose cards an operator has seen to. */
  readonly #seenTo = new Set<string>()
  readonly #deps: WebhooksDeps
  readonly #webhooks: Webhooks

  constructor(deps: WebhooksDeps) {
    this.#deps = deps
    this.#webhooks = new Webhooks(deps)
  }

  /** The provider as a process reaches it. */
  as(process: Process): CardProvider {
    const call = <Answer>(what: string, { paymentId, attempt }: Charge, apply: () => Answer): Promise<Answer> =>
      process.call(calling(`${what} ${paymentId.slice(0, 12)}/${attempt}`), async () => apply())
    const reader = sandboxProvider({ clock: process.clock, webhookSecrets: async () => secrets })
    return {
      name: 'sandbox',
      authorize: (charge) => call('authorize', charge, () => this.#authorize(charge)),
      find: (charge) =>
        call('find', charge, () => {
          if (this.#deps.chance.maybe(0.05)) return 'unsure'
          const account = this.accounts.get(nameOf(charge))
          return account ? outcomeOf(account) : 'absent'
        }),
      capture: (charge) => call('capture', charge, () => this.#capture(charge)),
      void: (charge) => call('void', charge, () => this.#void(charge)),
      refund: (repayment) => call('refund', repayment.charge, () => this.#refund(repayment)),
      read: (...sent) => reader.read(...sent),
    }
  }

  /** An operator has called the provider: what was set aside wrongly is let go, and refunds have somewhere to go. */
  seeTo(orderId: string): void {
    this.#seenTo.add(orderId)
    for (const account of this.accounts.values())
      if (account.charge.orderId === orderId && account.charge.token === 'tok_odd' && account.state === 'authorized')
        this.#become(account, 'voided')
  }

  /** Sends the news of an order's charges once more. */
  sendAgain(orderId: string): void {
    for (const account of this.accounts.values()) if (account.charge.orderId === orderId) this.#notify(account)
  }

  /** Takes the money of an attempt, whatever its outcome was before; another sum than was asked for, if so wanted. */
  takeAnyway(orderId: string, attempt: number, amount?: number): void {
    for (const [name, { charge, ...account }] of this.accounts) {
      if (charge.orderId !== orderId || charge.attempt !== attempt) continue
      const taken = { ...account, charge: { ...charge, amount: { ...charge.amount, ...(amount && { amount }) } } }
      this.accounts.set(name, taken)
      this.#take(taken)
      this.#notify(taken)
    }
  }

  /** In minor units, what came in for an order and what went back. */
  balanceOf(orderId: string): { readonly captured: number; readonly refunded: number } {
    const own = [...this.accounts.values()].filter(({ charge }) => charge.orderId === orderId)
    const captured = own.reduce((sum, { charge, captures }) => sum + captures * charge.amount.amount, 0)
    const refunded = own.reduce((sum, { refunds }) => sum + sumOf(refunds), 0)
    return { captured, refunded }
  }

  #authorize(charge: Charge): Outcome {
    const name = nameOf(charge)
    const known = this.accounts.get(name)
    if (known) return outcomeOf(known)
    const { clock, chance } = this.#deps
    const { amount } = charge
    const taken = charge.token === 'tok_odd' ? { ...charge, amount: { ...amount, amount: amount.amount + 1 } } : charge
    const since = clock.now()
    const account: Account = {
      charge: taken,
      state: 'pending',
      since,
      refused: false,
      captures: 0,
      refunds: new Map(),
      waiting: new Set(),
      failed: new Map(),
    }
    this.accounts.set(name, account)
    switch (charge.token) {
      case 'tok_no':
        this.#become(account, 'declined')
        break
      case 'tok_back':
        this.#become(account, 'declined')
        clock.at(since + chance.between(500, chance.pick([600_000, 7_200_000, 43_200_000])), () => {
          this.#take(account)
          this.#notify(account)
        })
        break
      case 'tok_now':
        this.#take(account)
        break
      case 'tok_stuck':
        break
      case 'tok_slow':
      case 'tok_late':
        clock.at(since + (chance.maybe(0.3) ? chance.between(500, 5_000) : this.#late()), () => this.#decide(account))
        break
      default:
        this.#become(account, 'authorized')
    }
    // Of money that came nobody may be left in the dark: the call that asked for it may have died.
    if (account.state === 'captured' || chance.maybe(0.3)) this.#notify(account)
    return outcomeOf(account)
  }

  /** A pause after which holds are over: often at the end of the grace that a payment in flight has. */
  #late(): number {
    const { chance } = this.#deps
    const hold = chance.pick([60_000, 120_000, 300_000])
    return chance.maybe(0.7) ? hold + 300_000 + chance.between(0, 50_000) : chance.between(5_000, 7_200_000)
  }

  #decide(account: Account): void {
    if (account.state !== 'pending') return
    if (this.#deps.chance.maybe(0.3)) this.#become(account, 'declined')
    else if (account.charge.token === 'tok_late') this.#take(account)
    else this.#become(account, 'authorized')
    this.#notify(account)
  }

  #capture(charge: Charge): Outcome {
    const account = this.accounts.get(nameOf(charge))
    if (!account) return this.#wrong('only what is set aside is taken', charge)
    if (account.state === 'captured') return outcomeOf(account)
    if (account.state === 'voided') return { state: 'voided', reason: 'capture_failed' }
    if (account.state !== 'authorized') return this.#wrong('only what is set aside is taken', charge)
    if (charge.token === 'tok_gone') {
      this.#become(account, 'voided')
      return { state: 'voided', reason: 'capture_failed' }
    }
    this.#take(account)
    return outcomeOf(account)
  }

  #void(charge: Charge): Outcome {
    const account = this.accounts.get(nameOf(charge))
    if (!account) return { state: 'voided' }
    const stays =
      account.state === 'captured' || account.state === 'declined' || ['tok_late', 'tok_stuck'].includes(charge.token)
    if (!stays) this.#become(account, 'voided')
    return outcomeOf(account)
  }

  /** Each try of a refund has one end, whoever asks for it again. */
  #refund({ id, try: number, charge, amount }: Repayment): Refunded {
    const { chance } = this.#deps
    const account = this.accounts.get(nameOf(charge))
    const name = tryNameOf(id, number)
    const failure = account?.failed.get(name)
    if (failure !== undefined) return { state: 'refused', why: failure }
    if (account?.waiting.has(name)) return { state: 'pending', reference: name }
    if (account?.refunds.has(name)) return { state: 'done', reference: name }
    const left = account ? account.captures * charge.amount.amount - sumOf(account.refunds) : 0
    if (!account || amount > left) return this.#wrong('no more goes back than came', charge)
    const isShut = charge.token === 'tok_shut' && !this.#seenTo.has(charge.orderId)
    if (isShut || charge.token === 'tok_dead') {
      account.failed.set(name, 'the account of the card is closed')
      if (chance.maybe(0.3)) this.#notifyOfRefund(account, id, number)
      return { state: 'refused', why: 'the account of the card is closed' }
    }
    account.refunds.set(name, amount)
    if (charge.token === 'tok_bounce' && number < 3 && chance.maybe(number === 1 ? 0.8 : 0.3))
      this.#later(() => this.#takeBack(account, id, number))
    if (charge.token !== 'tok_wait') return { state: 'done', reference: name }
    account.waiting.add(name)
    this.#later(() => {
      account.waiting.delete(name)
      if (chance.maybe(0.3)) return this.#takeBack(account, id, number)
      if (chance.maybe(0.7)) this.#notifyOfRefund(account, id, number)
    })
    return { state: 'pending', reference: name }
  }

  /** The money of a refund comes back to the provider, which sends a webhook until it is taken. */
  #takeBack(account: Account, id: string, number: number): void {
    const name = tryNameOf(id, number)
    account.refunds.delete(name)
    account.failed.set(name, 'it came back')
    this.#notifyOfRefund(account, id, number)
  }

  /** Sends what is known of a try, perhaps more than once, and now and then something about a refund that there is not. */
  #notifyOfRefund({ charge, failed }: Account, id: string, number: number): void {
    const { chance } = this.#deps
    const { orderId, paymentId, attempt } = charge
    const reason = failed.get(tryNameOf(id, number))
    const letter = (refundId: string, more: object = {}): string =>
      JSON.stringify({
        type: reason === undefined ? 'refunded' : 'refund_failed',
        data: { orderId, paymentId, attempt, refundId, try: number, ...(reason !== undefined && { reason }), ...more },
      })
    for (let copies = chance.pick([1, 1, 2, 3]); copies > 0; copies -= 1) this.#webhooks.send(letter(id))
    if (chance.maybe(0.5)) this.#later(() => this.#webhooks.send(letter(id)))
    if (chance.maybe(0.3)) this.#webhooks.send(letter(id.replace(/\d+$/, '77')))
    if (chance.maybe(0.3)) this.#webhooks.send(letter(id, { attempt: attempt + 1 }))
    if (chance.maybe(0.3)) this.#webhooks.send(letter(id, { paymentId: 'pay_OF_SOMEBODY_ELSE' }))
  }

  /** Minutes or hours from now. */
  #later(task: () => void): void {
    const { clock, chance } = this.#deps
    clock.at(clock.now() + chance.between(1, chance.pick([1_000, 600_000, 21_600_000])), task)
  }

  #take(account: Account): void {
    this.#become(account, 'captured')
    account.captures += 1
  }

  #become(account: Account, state: Outcome['state']): void {
    account.state = state
    account.since = this.#deps.clock.now()
    if (state === 'declined') account.refused = true
  }

  #wrong(promise: string, { paymentId, attempt }: Charge): never {
    this.violation ??= new Violation(promise, `${paymentId}, attempt ${attempt}`)
    throw this.violation
  }

  /** Sends what is known now, perhaps twice, perhaps later than something newer, until it is taken. */
  #notify(account: Account): void {
    const text = textOf(account)
    if (text === undefined) return
    for (let copies = this.#deps.chance.pick([1, 1, 2]); copies > 0; copies -= 1) this.#webhooks.send(text)
  }
}

const calling = (what: string): Call => ({
  what,
  to: 'provider',
  kind: 'bank',
  unavailable: () => new Error('no answer of the bank'),
})
