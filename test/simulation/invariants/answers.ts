import { isClosed } from '../../../functions/orders/core/order.ts'
import { merged } from '../../../functions/orders/core/price-list.ts'
import { digest } from '../../../functions/runtime/ids.ts'
import { hasLeft } from '../../../functions/shipping/core/parcel.ts'
import { type Told, operator } from '../workload/workload.ts'
import { isSame } from './is-same.ts'
import type { Ledger } from './ledger.ts'
import { Violation } from './violation.ts'

const ended: ReadonlySet<string> = new Set(['released', 'refused', 'none'])
/** What an order can be told to be whose approval was taken. */
const standing: ReadonlySet<string> = new Set([
  'placed',
  'confirmed',
  'partially_shipped',
  'shipped',
  'delivered',
  'completed',
])
const wasPaid: ReadonlySet<string> = new Set(['paid', 'refunded'])

/** What was told is true, and each key has one order. */
export function checkAnswers(ledger: Ledger, answers: readonly Told[]): void {
  for (const told of answers) checkTold(ledger, told)
  const byKey = new Map<string, string>()
  for (const told of answers) {
    if (told.what !== 'placed') continue
    const first = byKey.get(told.key) ?? told.order.id
    if (first !== told.order.id) throw new Violation('one key, one order', `${told.key}: ${first}, ${told.order.id}`)
    byKey.set(told.key, first)
  }
}

function checkTold(ledger: Ledger, told: Told): void {
  switch (told.what) {
    case 'placed': {
      const stored = ledger.orders.get(told.order.id)
      const lines = told.order.lines.map(({ sku, quantity }) => ({ sku, quantity }))
      if (!stored || stored.order.customerId !== told.order.customerId || !isSame(lines, merged([...told.lines])))
        throw new Violation('what was told is true', `placed ${JSON.stringify(told)}`)
      return
    }
    case 'cancelled':
    case 'approved': {
      if (told.what === 'approved' && !standing.has(String(told.status)))
        throw new Violation('what was told is true', `${told.orderId} was approved and is ${String(told.status)}`)
      const facts = ledger.orders.get(told.orderId)?.order.facts
      // It may be closed since, but not for want of what was given.
      const stands = facts && (isClosed(facts) ? facts.closing !== 'expired' : wasPaid.has(facts.payment))
      if (told.what === 'cancelled' ? facts?.closing !== 'cancelled' : !stands)
        throw new Violation('what was told is true', `${told.orderId} was ${told.what}: ${JSON.stringify(facts)}`)
      return
    }
    case 'paid': {
      const facts = ledger.orders.get(told.orderId)?.order.facts
      if (!facts || !(isClosed(facts) || wasPaid.has(facts.payment) || facts.payment === 'failed'))
        throw new Violation('what was told is true', `${told.orderId} was paid: ${JSON.stringify(facts)}`)
      return
    }
    case 'refunded': {
      const refunds = ledger.purse.payments.get(told.orderId)?.refunds ?? []
      if (!refunds.some(({ cause }) => cause === 'operator'))
        throw new Violation('what was told is true', `${told.orderId} was refunded`)
      return
    }
    case 'closed': {
      const payments = [...ledger.purse.payments.values()]
      const refund = payments.flatMap(({ refunds }) => refunds).find(({ id }) => id === told.refundId)
      if (refund?.closed?.reference !== told.reference)
        throw new Violation('what was told is true', `${told.refundId} was closed by ${told.reference}`)
      return
    }
    case 'deposited': {
      const entry = ledger.purse.entries.get(`wallet_${told.customer} ${told.entry}`)
      if (entry?.amount !== told.amount) throw new Violation('what was told is true', `deposited ${told.entry}`)
      return
    }
    case 'dispatched':
    case 'delivered':
    case 'returned': {
      const parcels = ledger.shippings.get(told.orderId)?.parcels ?? []
      const back = parcels.flatMap(({ lines }) => lines).reduce((sum, [, , returned]) => sum + returned, 0)
      if (!parcels.some(hasLeft) || (told.what === 'returned' && back < told.units))
        throw new Violation('what was told is true', `${told.orderId} was ${told.what}`)
      return
    }
    case 'adjusted': {
      const name = `${told.sku} ${digest(operator.sub, told.key)}`
      const count = ledger.movements.filter((movement) => movement === name).length
      if (count !== 1) throw new Violation('what was told is true', `adjusted ${told.sku} ${count} times`)
      return
    }
    case 'held':
    case 'committed':
    case 'released': {
      const { held, committed, reservations } = ledger
      const is = reservations.get(told.reservationId)
      const wrong =
        told.what === 'released'
          ? !ended.has(is?.status ?? '')
          : !(told.what === 'held' ? held : committed).has(told.reservationId)
      if (wrong) throw new Violation('what was told is true', `${told.reservationId} ${told.what}: ${is?.status}`)
      return
    }
    case 'committed one': {
      const both = told.reservationIds.filter((id) => ledger.committed.has(id))
      if (both.length > 1) throw new Violation('one key, one effect', `${both.join(' and ')} were committed`)
    }
  }
}
