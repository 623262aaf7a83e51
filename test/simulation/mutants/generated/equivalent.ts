/** Mutants that no test can kill. */
export interface Equivalent {
  /** The code is in one of its files. */
  readonly folder: string
  /** They change something in this code. */
  readonly code: string
  /** What it becomes; missing where none of its mutants can be killed. */
  readonly after?: string
  readonly why: string
}

const typed = 'The compiler does not know that it is always there.'
const logged = 'Only a log shows it.'
const later = 'There are no backorders yet.'

const noAttempt = 'Of no attempt nothing is left, and no step is a larger one.'
const highest = 'Any rank above all others will do.'

export const equivalents: readonly Equivalent[] = [
  { folder: 'functions/orders/core', code: 'refused: 5,', why: highest },
  { folder: 'functions/orders/core', code: 'returned: 5,', why: highest },
  { folder: 'functions/inventory/core', code: 'task?.move', why: typed },
  {
    folder: 'functions/inventory/core',
    code: 'backorder?.holdSeconds ?? 0',
    after: 'backorder?.holdSeconds ?? 1',
    why: 'Only a hold has an end.',
  },
  {
    folder: 'functions/inventory/core',
    code: 'if (delta > 0 && before',
    after: 'if (delta >= 0 && before',
    why: 'No level is above the limit already.',
  },
  {
    folder: 'functions/inventory/core',
    code: "from !== 'outside' && counts",
    after: "from !== '' && counts",
    why: 'Of what is outside nothing is counted, and never too little.',
  },
  {
    folder: 'functions/inventory/core',
    code: 'if (taken === 0) return back',
    after: 'if (false) return back',
    why: 'To move nothing changes no level.',
  },
  { folder: 'functions/inventory/core', code: "ends ?? 'released'", why: typed },
  { folder: 'functions/inventory/core', code: "current.from ?? 'reserved'", why: typed },
  {
    folder: 'functions/inventory/core',
    code: "status === 'committing' ||",
    after: "status === '' ||",
    why: 'Behind a commit only a release waits, which has the same lines.',
  },
  {
    folder: 'functions/inventory/core',
    code: "'allocated', 'released')",
    after: "'allocated', '')",
    why: 'A task ends where the other tasks leave the reservation.',
  },
  {
    folder: 'functions/inventory/core',
    code: '(a < b ? -1 : Number(a > b))',
    why: 'The order of lines decides nothing.',
  },
  { folder: 'functions/orders/core', code: 'released: 4,', why: 'Stock that is released is never refused.' },
  { folder: 'functions/orders/core', code: 'backordered: 1,', why: later },
  { folder: 'functions/orders/core', code: "backordered: 'open',", why: later },
  {
    folder: 'functions/orders/core',
    code: "if (facts.payment !== 'paid') return []",
    after: 'if (false) return []',
    why: later,
  },
  {
    folder: 'functions/orders/core',
    code: ": 'dispatched',",
    after: ": '',",
    why: 'The code asks for open and closed orders only.',
  },
  {
    folder: 'functions/orders/core',
    code: `case 'stock.reserved':
    case 'stock.backordered':
    case 'stock.committed':
    case 'shipped':
    case 'returned':
    case 'line_cancelled':
    case 'readdressed':
    case 'approved':
    case 'left':
    case 'explained':
      return undefined`,
    why: 'An event without a reason has none without a case, either.',
  },
  { folder: 'functions/orders/core', code: 'history.at(-1)?.at ?? now', why: typed },
  {
    folder: 'functions/orders/core',
    code: "was !== 'delivered'",
    after: "was !== ''",
    why: 'The status of an order that is delivered is completed.',
  },
  { folder: 'functions/orders/core', code: "currencyOf(wanted, prices) ?? ''", why: typed },
  { folder: 'functions/orders/core', code: 'return offer ?', why: typed },
  {
    folder: 'functions/payments/core',
    code: 'failedOf(before).length : 0',
    after: 'failedOf(before).length : 1',
    why: 'A payment begins without refunds.',
  },
  { folder: 'functions/payments/core', code: "last.reason ?? 'card_declined'", why: typed },
  {
    folder: 'functions/payments/adapters',
    code: 'wallet?.wallet',
    after: 'wallet.wallet',
    why: 'What goes back into a wallet came out of it.',
  },
  { folder: 'functions/payments/adapters', code: 'attempts[attempt - 1]?.method', why: typed },
  { folder: 'functions/runtime', code: 'if (refused.length > 0) logger', why: logged },
  { folder: 'functions/runtime', code: "[name = '', part]", why: typed },
  { folder: 'functions/runtime', code: "dynamodb?.SequenceNumber ?? ''", why: typed },
  {
    folder: 'functions/runtime',
    code: 'call.length > 0 && bytes',
    after: 'call.length >= 0 && bytes',
    why: 'No entry alone is larger than a call.',
  },
  {
    folder: 'functions/runtime',
    code: 'text.length * 3 <= most',
    after: 'text.length * 4 <= most',
    why: 'A shortcut: the exact count decides the same.',
  },
  {
    folder: 'functions/runtime',
    code: 'unit + 0x1_00_00',
    after: 'unit + 131072',
    why: 'Any offset behind the last unit will do.',
  },
  {
    folder: 'functions/users/core',
    code: 'profile.preferences ?? {}',
    after: 'profile.preferences',
    why: 'Nothing spreads as an empty object does.',
  },
  {
    folder: 'localstack/iam',
    code: 'if (read === undefined) return false',
    why: 'Such a policy is refused when it is read.',
  },
  {
    folder: 'localstack/iam',
    code: 'values.length === 1 && values.every',
    after: 'values.length === 1 && values.some',
    why: 'Of one value both are the same.',
  },
  { folder: 'functions/payments/core', code: 'attempts[number - 1]?.state', why: typed },
  { folder: 'functions/inventory/core', code: 'queued.tasks ?? []', why: typed },
  { folder: 'functions/inventory/core', code: 'delta: added = 0,', why: 'A change has either of the two, or a count.' },
  { folder: 'localstack/iam', code: "name = '', ifExists", why: typed },
  { folder: 'localstack/iam', code: "over = 'one'", why: 'Any other word means the same.' },
  {
    folder: 'functions/inventory/core',
    code: "case 'hold':\n      return undefined",
    why: 'A request without a case begins nothing, either.',
  },
  {
    folder: 'functions/inventory/core',
    code: '!before?.freed',
    after: '!before.freed',
    why: 'What is new is not freed.',
  },
  {
    folder: 'functions/inventory/core',
    code: 'before?.asked.release',
    after: 'before.asked.release',
    why: 'What is new has not been shipped.',
  },
  { folder: 'functions/runtime', code: 'record.dynamodb ?? {}', why: 'Only a record with an image is parked.' },
  {
    folder: 'functions/runtime',
    code: 'text.length * 3 <= most',
    after: 'text.length * 3 < most',
    why: 'A shortcut: the exact count decides the same.',
  },
  {
    folder: 'functions/payments/core',
    code: 'refundedOf(before) : 0',
    after: 'refundedOf(before) : 1',
    why: 'A payment begins without refunds.',
  },
  {
    folder: 'functions/payments/core',
    code: "attempts[number - 1]?.method === 'card' ? cardStep",
    after: "attempts[number - 1].method === 'card' ? cardStep",
    why: typed,
  },
  {
    folder: 'functions/payments/core',
    code: "payment.attempts[attempt - 1]?.method === 'manual'",
    after: "payment.attempts[attempt - 1].method === 'manual'",
    why: typed,
  },
  {
    folder: 'functions/payments/core',
    code: 'return keeper === undefined ? 0 :',
    after: 'return false ? 0 :',
    why: noAttempt,
  },
  {
    folder: 'functions/payments/core',
    code: 'return keeper === undefined ? 1 :',
    after: 'return false ? 1 :',
    why: noAttempt,
  },
  { folder: 'functions/payments/core', code: 'captured: 4,', why: highest },
  { folder: 'functions/payments/adapters', code: 'settling)) ?? payment', why: 'A payment is never deleted.' },
  {
    folder: 'functions/payments/adapters',
    code: 'if (attempt === undefined) throw',
    after: 'if (false) throw',
    why: 'Only attempts that there are have operations.',
  },
  { folder: 'functions/payments/adapters', code: "token = '', at", why: 'Every attempt by card has a token.' },
  { folder: 'localstack/deploy', code: 'byName.get(name) ?? []', why: typed },
  {
    folder: 'localstack/iam',
    code: 'if (expression === undefined)',
    after: 'if (true)',
    why: 'Compiled again, a pattern is the same.',
  },
  { folder: 'functions/orders/core', code: 'requested: 0,', why: later },
  { folder: 'functions/orders/core', code: 'planned = 0', why: 'Any time in the past plans nothing.' },
  {
    folder: 'functions/orders/core',
    code: 'const offer = prices.get(sku)?.offer\n    return',
    after: 'const offer = prices.get(sku).offer\n    return',
    why: typed,
  },
  {
    folder: 'functions/catalog/core',
    code: 'value !== null',
    after: 'value !== undefined',
    why: 'Nothing in a product is null: a patch removes what is.',
  },
  { folder: 'functions/runtime', code: "isDone('dead letter not parked'", why: logged },
  { folder: 'functions/runtime', code: "isDone('record not spilled'", why: logged },
  { folder: 'functions/runtime', code: 'call[lost.index]?.position ?? 0', why: typed },
  {
    folder: 'functions/runtime',
    code: '(dynamodb?.ApproximateCreationDateTime',
    after: '(dynamodb.ApproximateCreationDateTime',
    why: 'Only a record with an image can be spilled.',
  },
  {
    folder: 'functions/runtime',
    code: 'record.dynamodb?.NewImage)',
    after: 'record.dynamodb.NewImage)',
    why: 'A record without an image is parked, whatever else is missing.',
  },
  {
    folder: 'functions/runtime',
    code: "some((record) => 'messageId' in record)",
    after: "every((record) => 'messageId' in record)",
    why: 'All records of an event have one source.',
  },
]
