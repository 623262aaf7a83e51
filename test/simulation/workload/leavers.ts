import type { Chance } from '../../../bin/fuzz/chance.ts'
import { paymentIdOf } from '../../../functions/payments/core/payment.ts'
import { readWallet } from '../../../functions/payments/store/wallet-item.ts'
import { principalKey } from '../../../functions/runtime/principals.ts'
import type { Item } from '../../../functions/runtime/store.ts'
import type { Money } from '../../../schemas/shared.ts'
import { services } from '../engine/services.ts'
import { Violation } from '../invariants/violation.ts'
import { knownMs } from './person.ts'
import { type Workload, operator } from './workload.ts'

const password = 'Right-1!'

/** Somebody who leaves the shop, and what answers have settled about that. */
interface Leaver {
  readonly id: string
  readonly email: string
  /** What of this person stands in the tables, and nowhere else. */
  readonly words: string
  readonly street: string
  claims: Readonly<Record<string, string>>
  /** The last that was asked for, and when that was answered; undefined while nothing was, or the answer is not known. */
  wish: { readonly what: 'erase' | 'keep'; readonly answeredAt: number } | undefined
}

/** People who register, order, and have their accounts erased, or think better of it. */
export class Leavers {
  readonly #workload: Workload
  readonly #chance: Chance
  /** Of those who pay into wallets meanwhile. */
  readonly #paying: Chance
  readonly #leavers: Leaver[] = []
  /** Ids of orders that were placed. */
  readonly #orders: string[] = []
  /** What stands of their people on payments, by the ids of the orders. */
  readonly #words = new Map<string, string>()

  constructor(workload: Workload, chance: Chance, paying: Chance) {
    this.#workload = workload
    this.#chance = chance
    this.#paying = paying
  }

  /** Nothing is in the way yet. */
  async arrive(): Promise<void> {
    for (let count = this.#chance.between(1, 3); count > 0; count -= 1) {
      const id = `leaver-${count}`
      const email = `${id}@example.com`
      const body = { email, password, name: `name of ${count}` }
      await this.#workload.ask('users', { route: 'POST /users', body })
      const reply = await this.#workload.ask('users', { route: 'POST /sessions', body: { email, password } })
      if (reply?.status !== 201) throw new Violation('who has registered signs in', JSON.stringify(reply))
      const claims = JSON.parse(String(reply.body['accessToken'])) as Leaver['claims']
      const leaver = { id, email, words: `words of ${count}`, street: `street of ${count}`, claims, wish: undefined }
      this.#leavers.push(leaver)
      await this.#workload.ask('users', {
        route: 'POST /users/me/addresses',
        as: claims,
        body: { ...addressOf(leaver), type: 'shipping' },
        key: `${id}-address`,
      })
      for (let orders = this.#chance.between(0, 2); orders > 0; orders -= 1) await this.#order(leaver)
    }
  }

  /** Operators approve some of the orders that are held; nothing is in the way yet. */
  async approve(): Promise<void> {
    for (const id of this.#orders)
      if (this.#chance.maybe(0.6))
        await this.#workload.ask('orders', { route: 'POST /orders/{id}/approve', as: operator, params: { id } })
  }

  /** What was approved is sent and arrives, most of it. */
  async bring(): Promise<void> {
    if (this.#workload.world.labelsMore) await this.#label()
    for (const id of this.#orders) {
      const asked = { route: 'GET /orders/{id}/shipments', as: operator, params: { id } }
      const reply = await this.#workload.ask('shipping', asked)
      const { items = [] } = (reply?.body ?? {}) as { readonly items?: readonly { readonly id: string }[] }
      for (const parcel of items) {
        const to = { as: operator, params: { id: parcel.id } }
        const body = { carrier: 'Royal Mail' }
        await this.#workload.ask('shipping', { ...to, route: 'POST /shipments/{id}/dispatch', body })
        await this.#workload.ask('shipping', { ...to, route: 'POST /shipments/{id}/deliver' })
      }
    }
  }

  async #label(): Promise<void> {
    for (const [order, note] of this.#words) {
      const asked = { as: operator, params: { id: paymentIdOf(order) }, body: { metadata: { note } } }
      await this.#workload.ask('payments', { ...asked, route: 'PATCH /payments/{id}' })
    }
  }

  /** With faults. */
  async leave(): Promise<void> {
    await Promise.all(this.#leavers.flatMap((leaver) => [this.#leave(leaver), this.#payIn(leaver)]))
  }

  /** An operator does not know that somebody leaves. */
  async #payIn(leaver: Leaver): Promise<void> {
    const { world } = this.#workload
    if (!this.#paying.maybe(0.4)) return
    await world.sleep(this.#paying.below(1_800_000))
    const { wish } = leaver
    const isKnown = wish?.what === 'erase'
    const reply = await this.#workload.ask('payments', {
      route: 'POST /users/{id}/wallet/deposits',
      as: operator,
      params: { id: leaver.id },
      body: { amount: { amount: 500, currency: 'GBP' } },
      key: this.#workload.newKey(),
    })
    if (reply?.status === 201 && isKnown && leaver.wish === wish)
      throw new Violation('nobody pays into the wallet of who leaves', `${leaver.id}: ${JSON.stringify(reply.body)}`)
  }

  /** Hours later somebody sees why the account is still there, and pays the money out. */
  async payOut(): Promise<void> {
    const { world } = this.#workload
    const hours = this.#paying.between(2, 5)
    await world.sleep(hours * 3_600_000)
    for (const { id } of this.#leavers)
      for (let balance = this.#balanceOf(id); balance && balance.amount > 0; balance = this.#balanceOf(id)) {
        if (this.#profileOf(id)?.['erasedAt'] !== undefined) throw new Violation('nobody is erased who has money', id)
        await world.request('payments', {
          as: operator,
          route: 'POST /users/{id}/wallet/corrections',
          params: { id },
          body: { amount: balance, reason: 'paid out' },
          key: this.#workload.newKey(),
        })
        await world.sleep(60_000)
      }
  }

  #profileOf(id: string): Item | undefined {
    const items = this.#workload.world.deployed.users.table.primary.items()
    return items.find(({ pk, sk }) => pk === id && sk === 'user')
  }

  #balanceOf(id: string): Money | undefined {
    const items = this.#workload.world.deployed.payments.table.primary.items()
    const wallet = items.find(({ pk, sk }) => pk === `wallet_${id}` && sk === 'wallet')
    return wallet && readWallet(wallet).wallet.balance
  }

  async #leave(leaver: Leaver): Promise<void> {
    const { world } = this.#workload
    for (let count = this.#chance.between(1, 4); count > 0; count -= 1) {
      await world.sleep(this.#chance.pick([0, this.#chance.below(60_000), this.#chance.below(1_200_000)]))
      const act = this.#chance.pick(['erase', 'erase', 'erase', 'keep', 'order', 'both', 'signIn'] as const)
      if (act === 'signIn') await this.#signIn(leaver)
      else if (act === 'order') await this.#order(leaver)
      else if (act === 'both') await Promise.all([this.#order(leaver), this.#wish(leaver, 'erase')])
      else await this.#wish(leaver, act)
    }
    if (this.#chance.maybe(0.7)) await this.#wish(leaver, 'erase')
  }

  /** That keeps no account, and brings none back. */
  async #signIn({ id, email }: Leaver): Promise<void> {
    const reply = await this.#workload.ask('users', { route: 'POST /sessions', body: { email, password } })
    if (reply?.status === 201 && (reply.body['user'] as { readonly id: string }).id !== id)
      throw new Violation('who signs in is who has registered', JSON.stringify(reply.body))
  }

  async #wish(leaver: Leaver, what: 'erase' | 'keep'): Promise<void> {
    const before = leaver.wish
    leaver.wish = undefined
    const route = what === 'erase' ? 'DELETE /users/me' : 'DELETE /users/me/erasure'
    const reply = await this.#workload.ask('users', { route, as: leaver.claims })
    if (reply === undefined) return
    const { clock } = this.#workload.world
    if (reply.status < 300) leaver.wish = { what, answeredAt: clock.now() }
    // Something is open: what was wished before stands. An account that is gone opens nothing.
    else if (reply.status === 409 || reply.status === 401 || reply.status === 404) leaver.wish = before
    else throw new Violation('an account leaves, or why not', `${leaver.id}: ${JSON.stringify(reply)}`)
  }

  async #order(leaver: Leaver): Promise<void> {
    const { world } = this.#workload
    const { wish } = leaver
    const isKnown = wish?.what === 'erase' && world.clock.now() > wish.answeredAt + knownMs
    const reply = await this.#workload.ask('orders', {
      route: 'POST /orders',
      as: leaver.claims,
      body: {
        lines: this.#workload.lines(),
        payment: { method: 'manual' },
        notes: leaver.words,
        shippingAddress: addressOf(leaver),
      },
      key: this.#workload.newKey(),
    })
    if (reply?.status === 201) {
      this.#orders.push(String(reply.body['id']))
      this.#words.set(String(reply.body['id']), leaver.words)
    }
    if (reply?.status === 201 && isKnown && leaver.wish === wish)
      throw new Violation('who leaves orders nothing', `${leaver.id}: ${String(reply.body['id'])}`)
  }

  /** At rest, after all time: each erasure that was asked for is done, or was undone; nothing of who is erased is left. */
  check(): void {
    const { world } = this.#workload
    const tables = [...services.map((service) => world.deployed[service].table), world.principals]
    const items = tables.flatMap((table): readonly Item[] => table.primary.items()).filter((item) => !item.ttl)
    for (const { id, email, words, street, wish } of this.#leavers) {
      const profile = this.#profileOf(id)
      const isErased = profile?.['erasedAt'] !== undefined
      if (profile === undefined || (!isErased && profile['erasesAt'] !== undefined))
        throw new Violation('an erasure is done or undone', `${id}: ${JSON.stringify(profile)}`)
      if (wish !== undefined && (wish.what === 'erase') !== isErased)
        throw new Violation('an account goes or stays as its user wishes', `${id}: ${wish.what}`)
      const principal = items.find(({ pk, sk }) => pk === id && sk === principalKey(id).sk)
      if (wish?.what === 'keep' && principal?.['leaving'])
        throw new Violation('who stays may order', JSON.stringify(principal))
      if (!isErased) continue
      if (!principal?.['disabled']) throw new Violation('nothing opens for who is erased', JSON.stringify(principal))
      if (world.directory.accounts().some((account) => account.id === id))
        throw new Violation('the directory forgets who is erased', id)
      for (const text of [email, words, street]) {
        const left = items.find((item) => JSON.stringify(item).includes(text))
        if (left) throw new Violation('nothing is left of who is erased', `${text}: ${JSON.stringify(left)}`)
      }
      for (const service of ['orders', 'payments'] as const) {
        const known = world.deployed[service].table.primary
          .items()
          .find(({ pk, sk }) => pk === `user_${id}` && sk === 'user')
        if (known?.['erasedAt'] === undefined)
          throw new Violation('services know who is erased', `${service}: ${JSON.stringify(known)}`)
      }
    }
  }
}

const addressOf = ({ street }: Leaver) => ({ name: 'Ann', line1: street, city: 'Leeds', country: 'GB' })
