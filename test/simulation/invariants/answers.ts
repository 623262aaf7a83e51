import { cancelledUnits } from '../../../functions/orders/core/cancelled-lines.ts'
import { isClosed } from '../../../functions/orders/core/status.ts'
import { rowId } from '../../../functions/inventory/routes/adjust-many.ts'
import { merged } from '../../../functions/orders/core/price-list.ts'
import { digest } from '../../../functions/runtime/ids.ts'
import { type Parcel, hasLeft } from '../../../functions/shipping/core/parcel.ts'
import { readShipmentId } from '../../../functions/shipping/store/shipments-item.ts'
import { type Acknowledgement, operator } from '../workload/workload.ts'
import { isSame } from './is-same.ts'
import type { Ledger } from './ledger.ts'
import { Violation } from './violation.ts'

type Dispatched = Extract<Acknowledgement, { what: 'dispatched' }>

const ended: ReadonlySet<string> = new Set(['released', 'refused', 'none'])
/** The statuses that an accepted approval can answer with. */
const standing: ReadonlySet<string> = new Set([
  'placed',
  'backordered',
  'confirmed',
  'partially_shipped',
  'shipped',
  'delivered',
  'completed',
])
const wasPaid: ReadonlySet<string> = new Set(['paid', 'refunded'])

/** What was acknowledged is true, and each key has one order. */
export function checkAnswers(ledger: Ledger, answers: readonly Acknowledgement[]): void {
  for (const acknowledged of answers) checkTold(ledger, acknowledged)
  checkDepartures(ledger, answers)
  const byKey = new Map<string, string>()
  for (const acknowledged of answers) {
    if (acknowledged.what !== 'placed') continue
    const first = byKey.get(acknowledged.key) ?? acknowledged.order.id
    if (first !== acknowledged.order.id)
      throw new Violation('one key, one order', `${acknowledged.key}: ${first}, ${acknowledged.order.id}`)
    byKey.set(acknowledged.key, first)
  }
}

/** What left is at least what was answered, and at most what was asked for. */
function checkDepartures({ reservations }: Ledger, answers: readonly Acknowledgement[]): void {
  const bounds = new Map<string, { least: number; most: number }>()
  for (const answer of answers) {
    if (answer.what !== 'left') continue
    const { least, most } = bounds.get(answer.reservationId) ?? { least: 0, most: 0 }
    const answered = answer.isAnswered && answer.units !== Infinity ? answer.units : 0
    bounds.set(answer.reservationId, { least: least + answered, most: most + answer.units })
  }
  for (const [id, { least, most }] of bounds) {
    const sent = (reservations.get(id)?.sent ?? []).reduce((sum, units) => sum + units, 0)
    if (sent < least || sent > most)
      throw new Violation('what leaves leaves once', `${id}: ${sent}, ${least} to ${most}`)
  }
}

const bySku = <Line extends { readonly sku: string }>(lines: readonly Line[]): readonly Line[] =>
  lines.toSorted((a, b) => (a.sku < b.sku ? -1 : 1))

function checkTold(ledger: Ledger, acknowledged: Acknowledgement): void {
  switch (acknowledged.what) {
    case 'placed': {
      const stored = ledger.orders.get(acknowledged.order.id)
      // Some of them may have been cancelled before a late answer.
      const { lines: kept, cancelledLines = [] } = acknowledged.order
      const lines = [...kept, ...cancelledLines].map(({ sku, quantity }) => ({ sku, quantity }))
      if (
        !stored ||
        stored.state.customerId !== acknowledged.order.customerId ||
        !isSame(bySku(merged(lines)), bySku(merged([...acknowledged.lines])))
      )
        throw new Violation('what was acknowledged is true', `placed ${JSON.stringify(acknowledged)}`)
      return
    }
    case 'cancelled':
    case 'approved': {
      if (acknowledged.what === 'approved' && !standing.has(String(acknowledged.status)))
        throw new Violation(
          'what was acknowledged is true',
          `${acknowledged.orderId} was approved and is ${String(acknowledged.status)}`,
        )
      const facts = ledger.orders.get(acknowledged.orderId)?.state.facts
      // It may be closed since, but not for want of what was given.
      const stands = facts && (isClosed(facts) ? facts.closing !== 'expired' : wasPaid.has(facts.payment))
      if (acknowledged.what === 'cancelled' ? facts?.closing !== 'cancelled' : !stands)
        throw new Violation(
          'what was acknowledged is true',
          `${acknowledged.orderId} was ${acknowledged.what}: ${JSON.stringify(facts)}`,
        )
      return
    }
    case 'paid': {
      const facts = ledger.orders.get(acknowledged.orderId)?.state.facts
      if (!facts || !(isClosed(facts) || wasPaid.has(facts.payment) || facts.payment === 'failed'))
        throw new Violation(
          'what was acknowledged is true',
          `${acknowledged.orderId} was paid: ${JSON.stringify(facts)}`,
        )
      return
    }
    case 'stopped': {
      const facts = ledger.orders.get(acknowledged.orderId)?.state.facts
      const isStopped = !ledger.shippings.get(acknowledged.orderId)?.parcels.some(hasLeft)
      if (!facts || !isClosed(facts) || !isStopped)
        throw new Violation(
          'what was acknowledged is true',
          `${acknowledged.orderId} was to stop: ${JSON.stringify(facts)}`,
        )
      return
    }
    case 'refunded': {
      const refunds = ledger.money.payments.get(acknowledged.orderId)?.refunds ?? []
      if (!refunds.some(({ cause }) => cause === 'operator'))
        throw new Violation('what was acknowledged is true', `${acknowledged.orderId} was refunded`)
      return
    }
    case 'closed': {
      const payments = [...ledger.money.payments.values()]
      const refund = payments.flatMap(({ refunds }) => refunds).find(({ id }) => id === acknowledged.refundId)
      if (refund?.closed?.reference !== acknowledged.reference)
        throw new Violation(
          'what was acknowledged is true',
          `${acknowledged.refundId} was closed by ${acknowledged.reference}`,
        )
      return
    }
    case 'deposited': {
      const entry = ledger.money.entries.get(`wallet_${acknowledged.customer} ${acknowledged.entry}`)
      if (entry?.amount !== acknowledged.amount)
        throw new Violation('what was acknowledged is true', `deposited ${acknowledged.entry}`)
      return
    }
    case 'line cancelled': {
      const order = ledger.orders.get(acknowledged.orderId)?.state
      if (!order || (cancelledUnits(order).get(acknowledged.sku) ?? 0) < acknowledged.units)
        throw new Violation('what was acknowledged is true', `${acknowledged.orderId} has ${acknowledged.sku} again`)
      return
    }
    case 'dispatched':
    case 'delivered':
    case 'returned': {
      const parcels = ledger.shippings.get(acknowledged.orderId)?.parcels ?? []
      const back = parcels.flatMap(({ lines }) => lines).reduce((sum, [, , returned]) => sum + returned, 0)
      if (acknowledged.what === 'dispatched') checkWhatLeft(parcels, acknowledged)
      if (!parcels.some(hasLeft) || (acknowledged.what === 'returned' && back < acknowledged.units))
        throw new Violation('what was acknowledged is true', `${acknowledged.orderId} was ${acknowledged.what}`)
      return
    }
    case 'adjusted': {
      const { sku, key, isRow } = acknowledged
      const name = `${sku} ${isRow ? rowId(operator.sub, key) : digest(operator.sub, key)}`
      const count = ledger.movements.filter((movement) => movement === name).length
      if (count !== 1)
        throw new Violation('what was acknowledged is true', `adjusted ${acknowledged.sku} ${count} times`)
      return
    }
    case 'held':
    case 'committed':
    case 'released': {
      const { held, committed, reservations } = ledger
      const is = reservations.get(acknowledged.reservationId)
      const wrong =
        acknowledged.what === 'released'
          ? !ended.has(is?.status ?? '')
          : !(acknowledged.what === 'held' ? held : committed).has(acknowledged.reservationId)
      if (wrong)
        throw new Violation(
          'what was acknowledged is true',
          `${acknowledged.reservationId} ${acknowledged.what}: ${is?.status}`,
        )
      return
    }
    case 'extended': {
      const { expiresAt = '' } = ledger.reservations.get(acknowledged.reservationId) ?? {}
      if (expiresAt < acknowledged.expiresAt)
        throw new Violation('what was acknowledged is true', `${acknowledged.reservationId} lasts until ${expiresAt}`)
      return
    }
    case 'left':
      return
    case 'committed one': {
      const both = acknowledged.reservationIds.filter((id) => ledger.committed.has(id))
      if (both.length > 1) throw new Violation('one key, one effect', `${both.join(' and ')} were committed`)
    }
  }
}

/** What has left is what was named, or all that was there. */
function checkWhatLeft(parcels: readonly Parcel[], { shipmentId, lines: named }: Dispatched): void {
  const parcel = parcels[(readShipmentId(shipmentId)?.part ?? 0) - 1]
  const left = (parcel?.lines ?? []).map(([sku, quantity]) => `${sku} ${quantity}`)
  const wanted = named?.map(({ sku, quantity }) => `${sku} ${quantity}`)
  const isWhole = wanted === undefined && parcel?.restPart === undefined
  if (!isWhole && !isSame(left.toSorted(), wanted?.toSorted()))
    throw new Violation('what leaves is what was named', `${shipmentId}: ${left.join()}`)
}
