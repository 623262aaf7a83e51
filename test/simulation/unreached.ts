/** A branch that no history takes, and why it is there all the same. */
export interface Unreached {
  readonly file: string
  /** Stands in the line of the branch. */
  readonly code: string
  readonly why: string
}

const branch = (file: string, code: string, why: string): Unreached => ({ file: `functions/${file}.ts`, code, why })

const typed = 'The compiler does not know that it is always there.'
const wrong = 'Speaks up when the code around it is wrong.'
const kept = 'Nothing of an order is ever deleted.'

/** Each excuses one branch. */
export const unreached: readonly Unreached[] = [
  branch('inventory/jobs', 'case undefined:', typed),
  branch(
    'inventory/reservation',
    "request.move === 'close' || request.move === 'release'",
    'Only confirmed orders have parcels, and only known reservations are released by hand.',
  ),
  branch(
    'inventory/reservation',
    "request.move === 'close' || request.move === 'release'",
    'An order is only confirmed once its hold is known.',
  ),
  branch(
    'inventory/reservation',
    'throw new ImpossibleRequest(`${id} is not held yet`)',
    'The same, for a hold in steps.',
  ),
  branch('inventory/reservation', 'if (lost !== undefined) throw', 'Shipping lets nothing leave that was given back.'),
  branch('inventory/reservation', "ends ?? 'released'", typed),
  branch('inventory/reservation', 'throw new TornBooks(', 'Stock items are never deleted.'),
  branch('inventory/serve', 'if (lost > maxLost)', 'Nobody loses 26 races in a row.'),
  branch('inventory/serve', "turn[0]?.cause ?? ''", typed),
  branch('inventory/serve', 'if (!(error instanceof TornBooks)) throw error', wrong),
  branch('inventory/tell', 'if (told === undefined)', wrong),
  branch('orders/change-order', 'if (!stored) throw', 'Orders are never deleted, and inventory speaks of no others.'),
  branch(
    'orders/order.store',
    'if (found.length < keys.length)',
    'What stands aside is written first and never deleted.',
  ),
  branch('orders/order', ': order', 'approve() is asked before, and again after a lost race.'),
  branch('orders/order', ': order', 'cancel() and expire() are asked before, and again after a lost race.'),
  branch(
    'orders/order',
    'isClosed(facts) ? order : withFact',
    'The stock of an open order is given up by its order alone.',
  ),
  branch('orders/order', "if (facts.payment !== 'paid') return []", 'For backorders; there are none yet.'),
  branch('orders/order', "case 'stock.released':", 'The stock of an open order is given up by its order alone.'),
  branch('orders/order', "case 'stock.reserved':", 'Closes no order.'),
  branch('orders/order', "case 'stock.committed':", 'Closes no order.'),
  branch('orders/order', "case 'shipped':", 'Closes no order.'),
  branch('orders/order', "case 'returned':", 'Closes no order.'),
  branch('orders/order', "case 'approved':", 'Closes no order.'),
  branch('orders/order', 'history.at(-1)?.at ?? now', typed),
  branch('orders/order.store', "OrderStatus.options[place] ?? 'placed'", typed),
  branch('orders/follow-shipping', 'if (!stored) throw', kept),
  branch('orders/follow-shipping', '(prices.get(sku) ?? 0) * quantity', 'What comes back was ordered.'),
  branch('orders/price-list', 'return offer ?', typed),
  branch('orders/price-list', "currencyOf(wanted, prices) ?? ''", typed),
  branch('orders/tell', 'if (!contract) throw', wrong),
  branch(
    'payments/begin-attempt',
    'if (begun === undefined) return undefined',
    'It is asked before whether one can begin.',
  ),
  branch('payments/change-payment', 'lost.found ? readPayment(lost.found)', kept),
  branch('payments/payment.store', "id.startsWith('~') ?", 'The ids of events of an order begin with its own.'),
  branch('payments/payment.store', 'id.startsWith(orderId) ?', 'The same, where they are written.'),
  branch(
    'payments/payment',
    'if (attempt === undefined) return payment',
    'An attempt is written down before the bank hears of it.',
  ),
  branch('payments/payment', "last.reason ?? 'card_declined'", typed),
  branch(
    'payments/payment',
    'if (keeper === undefined || amount > restOf(payment, keeper))',
    'It is asked before what is left.',
  ),
  branch('payments/payment', "announcement[is] ?? 'payment.voided'", typed),
  branch('payments/payment', 'keeper === undefined ? 0 :', 'It is asked before whether any money came.'),
  branch('payments/settle', '(await after(parts, payment, debt, settling)) ?? payment', kept),
  branch(
    'payments/settle',
    "if (typeof moved === 'string')",
    'Nobody fills a wallet to its limit, and its currency stays.',
  ),
  branch('payments/settle', 'if (attempt === undefined) throw', wrong),
  branch('payments/sweep-payments', 'if (stored === undefined) return', kept),
  branch('payments/tell', 'if (told === undefined) throw', wrong),
  branch('payments/tell', "declined.at(-1)?.reason ?? 'card_declined'", typed),
  branch('payments/wallet', 'return added(wallet?.balance ??', 'What goes back into a wallet came out of it.'),
  branch('payments/wallet', "? 'balance_too_large'", 'Nobody has so much.'),
  branch('shipping/parcel', 'parcel.returns >= maxReturns ?', 'Nobody sends a parcel back in a hundred parts.'),
  branch('shipping/shipping', 'if (parcel === undefined || judged !== undefined)', wrong),
  branch('shipping/tell', 'if (parcel === undefined || contract === undefined) throw', wrong),
  branch('runtime/commit', "?.id ?? ''", 'No open route takes an Idempotency-Key.'),
  branch(
    'runtime/due',
    'if (clock.now() >= now + runMs) return',
    'Seldom: what is due in one partition takes that long.',
  ),
  branch('runtime/events', '?? Infinity) >= parts.maxReceiveCount', 'SQS counts each delivery.'),
  branch('runtime/relay', "dynamodb?.SequenceNumber ?? ''", typed),
  branch(
    'runtime/relay',
    'if (error instanceof StoreUnavailable) throw error',
    'Parks what no code can tell: an item of another make.',
  ),
  branch(
    'runtime/relay',
    "image === undefined || record.eventName === 'REMOVE'",
    'The filter of the stream lets none of these through.',
  ),
  branch('runtime/relay', 'item.outbox ?? []', 'The filter of the stream lets none of these through.'),
]
