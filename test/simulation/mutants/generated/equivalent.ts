/** A mutant that no test can kill, by the file, the line as it is and as the mutant leaves it. */
export interface Equivalent {
  readonly file: string
  readonly before: string
  readonly after: string
  readonly why: string
}

const typed = 'The compiler does not know that it is always there.'
const logged = 'Only a log shows it.'
const unasked = 'The code asks for "open" and "closed" only.'

const equivalent = (file: string, before: string, after: string, why: string): Equivalent => ({
  file,
  before,
  after,
  why,
})

export const equivalents: readonly Equivalent[] = [
  equivalent('functions/inventory/core/allocation-tasks.ts', 'switch (task?.move) {', 'switch (task.move) {', typed),
  equivalent(
    'functions/inventory/core/allocation-tasks.ts',
    "override readonly name = 'Busy'",
    "override readonly name = ''",
    logged,
  ),
  equivalent(
    'functions/inventory/core/decide-batch.ts',
    "const expires = snapshot.after(request.move === 'hold' ? request.holdSeconds : 0)",
    "const expires = snapshot.after(request.move === 'hold' ? request.holdSeconds : 1)",
    'Only a hold has an end.',
  ),
  equivalent(
    'functions/inventory/core/sourcing.ts',
    'for (const index of missing.keys()) missing[index] = (missing[index] ?? 0) - unitsIn(warehouseId, index)',
    'for (const index of missing.keys()) missing[index] = (missing[index]) - unitsIn(warehouseId, index)',
    typed,
  ),
  equivalent(
    'functions/inventory/core/sourcing.ts',
    'return { stock, lines: taken(stock, wanted[index]?.[1] ?? 0, fullest) }',
    'return { stock, lines: taken(stock, wanted[index]?.[1] ?? 1, fullest) }',
    typed,
  ),
  equivalent(
    'functions/inventory/core/sourcing.ts',
    'return { stock, lines: taken(stock, wanted[index]?.[1] ?? 0, fullest) }',
    'return { stock, lines: taken(stock, wanted[index][1] ?? 0, fullest) }',
    typed,
  ),
  equivalent(
    'functions/inventory/core/sourcing.ts',
    'if (best === undefined || gainOf(best) === 0) return undefined',
    'if (best === undefined && gainOf(best) === 0) return undefined',
    'What is chosen in vain ends in the same refusal.',
  ),
  equivalent(
    'functions/inventory/core/sourcing.ts',
    'missing.reduce((sum, _, index) => sum + unitsIn(warehouseId, index), 0)',
    'missing.reduce((sum, _, index) => sum + unitsIn(warehouseId, index), 1)',
    'What is chosen in vain ends in the same refusal.',
  ),
  equivalent(
    'functions/inventory/core/stock.ts',
    "if (delta > 0 && before + delta > maxUnits) return { code: 'too_many_units' }",
    "if (delta >= 0 && before + delta > maxUnits) return { code: 'too_many_units' }",
    'No level is above the limit already.',
  ),
  equivalent(
    'functions/inventory/core/reservation.ts',
    "if (task.move === 'release' || task.move === 'withdraw') return releasing(current, 'allocated', 'released')",
    "if (task.move === 'release' || task.move === 'withdraw') return releasing(current, 'allocated', '')",
    'A task ends where the other tasks leave the reservation.',
  ),
  equivalent(
    'functions/inventory/core/reservation.ts',
    'const lines = request.lines.toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)))',
    'const lines = request.lines.toSorted(([a], [b]) => (a <= b ? -1 : Number(a > b)))',
    'The order of the lines of one sku does not matter.',
  ),
  equivalent(
    'functions/orders/core/evolve.ts',
    'released: 4,',
    'released: 5,',
    'Stock that is released is never refused.',
  ),
  equivalent('functions/orders/core/evolve.ts', 'backordered: 1,', 'backordered: 2,', 'There are no backorders yet.'),
  equivalent(
    'functions/orders/core/pending.ts',
    "if (facts.payment !== 'paid') return []",
    'if (false) return []',
    'There are no backorders yet.',
  ),
  equivalent('functions/orders/core/status.ts', "shipped: 'dispatched',", "shipped: '',", unasked),
  equivalent(
    'functions/orders/core/change.ts',
    "case 'approved':",
    "case '':",
    'What gives no reason ends as it does without a case.',
  ),
  equivalent(
    'functions/orders/core/price-list.ts',
    "const total = { amount, currency: currencyOf(wanted, prices) ?? '' }",
    'const total = { amount, currency: currencyOf(wanted, prices) }',
    typed,
  ),
  equivalent(
    'functions/payments/core/change.ts',
    "if (failedOf(after).length > (before ? failedOf(before).length : 0)) names.push('payment.refund_failed')",
    "if (failedOf(after).length > (before ? failedOf(before).length : 1)) names.push('payment.refund_failed')",
    'A payment begins without refunds.',
  ),
  equivalent(
    'functions/payments/core/evolve.ts',
    "if (last && (last.method === 'wallet' || declined.length >= maxDeclined)) return last.reason ?? 'card_declined'",
    "if (last && (last.method === 'wallet' || declined.length >= maxDeclined)) return last.reason ?? ''",
    typed,
  ),
  equivalent(
    'functions/payments/core/evolve.ts',
    "if (last && (last.method === 'wallet' || declined.length >= maxDeclined)) return last.reason ?? 'card_declined'",
    "if (last && (last.method === 'wallet' || declined.length >= maxDeclined)) return last.reason",
    typed,
  ),
  equivalent(
    'functions/payments/adapters/settle.ts',
    'const moved = repay(wallet?.wallet, { amount: refund.amount, currency }, orderId)',
    'const moved = repay(wallet.wallet, { amount: refund.amount, currency }, orderId)',
    'What goes back into a wallet came out of it.',
  ),
  equivalent(
    'functions/runtime/relay.ts',
    "if (refused.length > 0) logger.error('events not put', { refused })",
    "if (true) logger.error('events not put', { refused })",
    logged,
  ),
  equivalent(
    'functions/runtime/relay.ts',
    "const [name = '', part] = entry.split('#')",
    "const [name = 'mutant', part] = entry.split('#')",
    typed,
  ),
  equivalent(
    'functions/runtime/store.rules.ts',
    "text !== '' && text.isWellFormed() && (text.length * 3 <= most || Buffer.byteLength(text) <= most)",
    "text !== '' && text.isWellFormed() && (text.length * 4 <= most || Buffer.byteLength(text) <= most)",
    'A shortcut: the exact count decides the same.',
  ),
  equivalent(
    'localstack/iam/policy.ts',
    'if (read === undefined) return false',
    'if (read === undefined) return true',
    'Such a policy is refused when it is read.',
  ),
  equivalent(
    'localstack/iam/policy.ts',
    'return values.length === 1 && values.every(passes)',
    'return values.length === 1 && values.some(passes)',
    'Of one value both are the same.',
  ),
]
