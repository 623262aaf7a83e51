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
const handled = 'The simulation calls the handler of each itself.'
const kept = 'Nothing of an order is ever deleted.'
const few = 'No shop of a history has 200 warehouses.'
const long = 'No queue of a history is longer than a run.'
const full = 'No warehouse of a history is full.'

/** Each excuses one branch. */
export const unreached: readonly Unreached[] = [
  branch('inventory/core/inbound', "return { code: 'too_many_levels' }", few),
  branch('inventory/core/inbound', "if (!fits(stock, warehouseId, quantity)) return { code: 'too_many_units' }", full),
  branch('inventory/core/inbound', 'if (!fits(stock, inbound.warehouseId, quantity - inbound.quantity))', full),
  branch('inventory/core/transfer', "return { code: 'too_many_levels' }", few),
  branch('inventory/core/transfer', "return { code: 'too_many_units' }", full),
  branch('inventory/core/under-way', "if ('code' in adjusted && adjusted.code", wrong),
  branch('inventory/core/under-way', "if ('code' in adjusted && adjusted.code", wrong),
  branch('inventory/core/estimate', 'expectedOf = () => []', 'Unit tests decide without what is expected.'),
  branch('inventory/core/allocation-tasks', 'case undefined:', typed),
  branch('inventory/core/allocation-tasks', 'const lines = (queued.tasks ?? [])', typed),
  branch(
    'inventory/core/allocation-tasks',
    'if (before.length > 0 && lines > maxTaskLines) throw new Busy(',
    'No parcel of this small shop has a thousand lines.',
  ),
  branch(
    'inventory/core/reservation',
    "request.move === 'close' || request.move === 'release'",
    'Only confirmed orders have parcels, and only known reservations are released by hand.',
  ),
  branch(
    'inventory/core/reservation',
    "request.move === 'close' || request.move === 'release'",
    'An order is only confirmed once its hold is known.',
  ),
  branch(
    'inventory/core/reservation',
    'throw new ImpossibleRequest(`${id} is not held yet`)',
    'The same, for a hold in steps.',
  ),
  branch(
    'inventory/core/reservation',
    'if (lost !== undefined) throw',
    'Shipping lets nothing leave that was given back.',
  ),
  branch('inventory/core/reservation-step', "ends ?? 'released'", typed),
  branch('inventory/core/reservation-step', 'throw new TornRead(', 'Stock items are never deleted.'),
  branch(
    'inventory/core/decide-batch',
    'snapshot.queueBehind ?? (() => undefined)',
    'Unit tests decide without those who stand behind.',
  ),
  branch('inventory/core/joining', 'if (stock === undefined) return false', typed),
  branch('inventory/on/awaited', 'page.waiters.at(-1) ?? place', 'A page without an order is the last one.'),
  branch('inventory/on/awaited', 'passed ??= triedTo ? await dueThrough(', long),
  branch('inventory/on/awaited', 'return goOnLater(deps, sku, place, cause)', long),
  branch('inventory/on/awaited', 'cursor !== undefined && units < most', long),
  branch('inventory/on/awaited', 'cursor !== undefined && units < most', long),
  branch('inventory/on/awaited', 'if (waited === undefined) return {', long),
  branch('inventory/on/awaited', 'if (waited === undefined) return {', long),
  branch('inventory/on/awaited', '(await store.write(put)).ok ?', long),
  branch('inventory/on/awaited', '(await store.write(put)).ok ?', long),
  branch('inventory/on/product', 'if (before === undefined) return []', typed),
  branch('inventory/on/requests', 'else failures.push(', wrong),
  branch('inventory/store/reserve-batch', "turn[0]?.cause ?? ''", typed),
  branch('inventory/store/reserve-batch', 'before?.levels.get(warehouseId)', typed),
  branch('inventory/core/stock', 'if (!Number.isSafeInteger(count) || count < 0)', wrong),
  branch('inventory/core/stock', 'levels.size < maxLevels', few),
  branch(
    'inventory/outbox-events',
    'shown ?? Object.values(levels)',
    'Only items of the first release are without it.',
  ),
  branch('orders/store/order-item', 'if (!before) throw', 'An order is placed before it changes.'),
  branch(
    'orders/store/order-item',
    'if (found.length < keys.length)',
    'What stands aside is written first and never deleted.',
  ),
  branch('orders/core/evolve', ': order', 'approve() is asked before, and again after a lost race.'),
  branch('orders/core/evolve', ': order', 'cancel() and expire() are asked before, and again after a lost race.'),
  branch('orders/core/pending', "if (facts.payment !== 'paid') return []", 'Every other open order is paid.'),
  branch('orders/core/change', "case 'stock.reserved':", 'Closes no order.'),
  branch('orders/core/change', "case 'stock.committed':", 'Closes no order.'),
  branch('orders/core/change', "case 'shipped':", 'Closes no order.'),
  branch('orders/core/change', "case 'returned':", 'Closes no order.'),
  branch('orders/core/change', "case 'approved':", 'Closes no order.'),
  branch('orders/core/next-sweep', 'history.at(-1)?.at ?? now', typed),
  branch('orders/store/order-history', "OrderStatus.options[place] ?? 'placed'", typed),
  branch('orders/on/shipment', 'if (!stored) throw', kept),
  branch('orders/on/shipment', '(prices.get(sku) ?? 0) * quantity', 'What comes back was ordered.'),
  branch('orders/core/price-list', 'return offer ?', typed),
  branch('orders/core/price-list', "currencyOf(wanted, prices) ?? ''", typed),
  branch('orders/core/price-list', "'not_payable_by_card'", 'Every price of this shop can be paid by card.'),
  branch(
    'payments/store/begin-attempt',
    'if (begun === undefined) return undefined',
    'It is asked before whether one can begin.',
  ),
  branch('payments/store/payment-item', "id.startsWith('~') ?", 'The ids of events of an order begin with its own.'),
  branch('payments/store/payment-item', 'id.startsWith(orderId) ?', 'The same, where they are written.'),
  branch(
    'payments/core/evolve',
    'if (attempt === undefined) return payment',
    'An attempt is written down before the provider gets it.',
  ),
  branch('payments/core/evolve', "last.reason ?? 'card_declined'", typed),
  branch(
    'payments/core/evolve',
    'if (keeper === undefined || amount > restOf(payment, keeper))',
    'It is asked before what is left.',
  ),
  branch('payments/core/due-refunds', 'keeper === undefined ? 0 :', 'It is asked before whether any money came.'),
  branch('payments/core/due-refunds', 'keeper === undefined ? 1 :', 'It is asked before whether any money came.'),
  branch('payments/adapters/settle', '(await after(deps, payment, operation, settling)) ?? payment', kept),
  branch(
    'payments/adapters/settle',
    "if (typeof moved === 'string')",
    'Nobody fills a wallet to its limit, and its currency stays.',
  ),
  branch('payments/adapters/settle', 'if (attempt === undefined) throw', wrong),
  branch('payments/on/due', 'if (stored === undefined) return', kept),
  branch('payments/outbox-events', "declined.at(-1)?.reason ?? 'card_declined'", typed),
  branch('payments/core/wallet', "? 'balance_too_large'", 'Nobody has so much.'),
  branch(
    'shipping/core/cancel-line',
    "? 'too_many_cancellations'",
    'Nobody cancels units of an order a hundred times.',
  ),
  branch('shipping/core/shipments', 'returns >= maxReturns ?', 'Nobody sends a parcel back in a hundred returns.'),
  branch('shipping/core/shipments', 'areTooMany(parcels, parcel, event.lines) ?', 'No order leaves in fifty parcels.'),
  branch('shipping/core/shipments', 'if (parcel === undefined || refusal(before, part, event))', wrong),
  branch('runtime/idempotent-commit', "?.id ?? ''", 'No open route takes an Idempotency-Key.'),
  branch(
    'runtime/due',
    'if (clock.now() >= now + runMs) return',
    'Seldom: what is due in one partition takes that long.',
  ),
  branch('runtime/events', '?? -Infinity) >= outageHours', 'SQS notes when a message is sent.'),
  branch('runtime/events', 'wholeNumber(ApproximateReceiveCount) ?? Infinity', 'SQS counts each delivery.'),
  branch('runtime/relay', "dynamodb?.SequenceNumber ?? ''", typed),
  branch(
    'runtime/relay',
    "image === undefined || record.eventName === 'REMOVE'",
    'The filter of the stream lets none of these through.',
  ),
  branch('runtime/relay', 'item.outbox ?? []', 'The filter of the stream lets none of these through.'),
  branch('runtime/relay', 'isOfQueue(event) ? await respill', handled),
  branch('runtime/relay', 'isOfQueue(event) ? await respill', handled),
  branch('runtime/relay', 'if (!record.dynamodb?.NewImage)', 'What is spilled has its image.'),
  branch('runtime/relay', 'ApproximateCreationDateTime ?? Infinity', typed),
  branch('runtime/relay', 'call[lost.index]?.position ?? 0', typed),
  branch('runtime/relay', 'else if (', 'The bus takes whatever the relay puts, sooner or later.'),
  branch('runtime/relay', 'refusal.isFinal && (await isDone(', 'The same, once it is parked.'),
  branch('runtime/relay', 'fits ? whole :', 'No poison record is too large for a message.'),
  branch('runtime/relay', 'record.dynamodb ?? {}', typed),
  branch('runtime/relay', 'name === undefined ? cause', 'Every image of a stream can be read.'),
  branch('runtime/update', 'if (lost >= policy.attempts) throw contended(noun)', 'Nobody loses 25 races in a row.'),
]
