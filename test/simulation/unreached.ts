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

/** Each excuses one branch. */
export const unreached: readonly Unreached[] = [
  branch(
    'inventory/reservation',
    "request.move === 'commit' || request.move === 'expire'",
    'An order is only confirmed once its hold is known.',
  ),
  branch('inventory/reservation', "move === 'commit' && status === 'holding'", 'The same, for a hold in steps.'),
  branch('inventory/reservation', "current.from ?? 'reserved'", typed),
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
  branch('orders/order', 'if (isClosed(facts)) return []', 'For payments that fail; there are none yet.'),
  branch('orders/order', '...(said ? [said] : [])', 'For payments and parcels; there are none yet.'),
  branch('orders/order', "case 'stock.released':", 'The stock of an open order is given up by its order alone.'),
  branch('orders/order', "case 'stock.reserved':", 'Closes no order.'),
  branch('orders/order', "case 'stock.committed':", 'Closes no order.'),
  branch('orders/order', "case 'approved':", 'Closes no order.'),
  branch('orders/order', 'history.at(-1)?.at ?? now', typed),
  branch('orders/price-list', 'return offer ?', typed),
  branch('orders/price-list', "currencyOf(wanted, prices) ?? ''", typed),
  branch('orders/tell', 'if (!contract) throw', wrong),
  branch('runtime/commit', "?.id ?? ''", 'No open route takes an Idempotency-Key.'),
  branch('runtime/relay', "record.dynamodb?.SequenceNumber ?? ''", typed),
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
