import { type Defect, defect, overwritten, unconditional } from './defect.ts'

/** Mistakes with money. */
export const paymentsDefects: readonly Defect[] = [
  defect('wallets are made for whoever is named', 'payments/routes/wallets', 'wallet-for-user', {
    test: 'params.id.length === 0',
  }),
  defect('cards do not wait for a token that travels apart', 'payments/on/order', 'token-apart', 'always'),
  defect('what came is limited as what one order costs is', 'payments/outbox-events', 'captured-sum', [
    /\{.*\}/,
    'events.walletChanged.data.shape.balance.parse($&)',
  ]),
  defect('money is taken before the order confirms', 'payments/core/pending', 'capture', 'always'),
  defect('money that nobody wants is kept', 'payments/core/due-refunds', 'unwanted-money', [/return .*/, 'return all']),
  defect('money that came twice is kept', 'payments/core/due-refunds', 'duplicate-money', [/return .*/, 'return all']),
  defect('money that came twice makes what went back forgotten', 'payments/core/money', 'keeper', [/\w+ \?\? /, '']),
  defect('what is set aside for a closed order stays so', 'payments/core/pending', 'void', [/return .*/, 'return []']),
  defect('a second tab pays again', 'payments/core/refusal', 'already-paid', 'drop'),
  defect('two tabs pay at once', 'payments/core/refusal', 'payment-in-flight', 'drop'),
  defect('closed orders can be paid', 'payments/core/refusal', 'order-closed', 'drop'),
  defect('each return is paid back as often as its event comes', 'payments/core/due-refunds', 'returns-due', [
    /\((\w+\.\w+) - \w+\)/,
    '$1',
  ]),
  defect('more goes back than came', 'payments/core/money', 'refundable', [/ - .*/, '']),
  defect('old news of an attempt replaces new', 'payments/core/evolve', 'attempt-rank', [
    /(\w+)\[(\w+)\] <= \1\[([\w.]+)\]/,
    '$2 === $3',
  ]),
  defect('a closed payment opens again', 'payments/core/evolve', 'closed-payment', 'drop'),
  defect('nobody asks the provider again', 'payments/core/next-sweep', 'payment-reminder', 'always'),
  defect('three declined cards are not enough', 'payments/core/evolve', 'declined-cards', [
    /\(\w+\.method === 'wallet' \|\| (\S+) >= \w+\)/,
    '$1 > 9',
  ]),
  defect('a small wallet leaves the payment open', 'payments/core/evolve', 'declined-cards', [
    /\w+\.method === 'wallet' \|\| /,
    '',
  ]),
  defect('what the provider does not answer counts as refused', 'payments/adapters/settle', 'no-answer', {
    code: `if (operation.name === 'authorize') return { name: 'reported', attempt: operation.attempt, outcome: { state: 'declined', reason: 'card_declined' } }
    return undefined`,
  }),
  defect('an order is paid without its wallet', 'payments/store/begin-attempt', 'attempt-wallet', [/, also: \w+/, '']),
  defect('a refund misses its wallet', 'payments/adapters/settle', 'refund-wallet', [/, also: .*(?= \})/, '']),
  defect('a correction takes more than there is', 'payments/core/wallet', 'correction-funds', 'drop'),
  defect('a wallet with money in it takes another currency', 'payments/core/wallet', 'wallet-currency', {
    test: 'true',
  }),
  defect('a wallet may go below zero', 'payments/core/wallet', 'funds', 'drop'),
  defect('a wallet is written over whatever is there', 'payments/store/wallet-item', 'wallet-write', unconditional),
  defect('a payment is written over whatever is there', 'payments/store/payment-item', 'payment-write', overwritten),
  defect('a closing that comes first is forgotten', 'payments/on/order', 'early-closing', [
    /opens: .*(?= \})/,
    'opens: false',
  ]),
  defect('an order that is reserved again is paid again', 'payments/on/order', 'reserved-again', [/ && .+ === 0/, '']),
  defect('an order that is held after its wait is over cannot be paid', 'payments/core/evolve', 'held-later', [
    /event\.expiresAt <= .*(?=\) return)/,
    'payment.expiresAt !== undefined',
  ]),
  defect('an order that is held after its wait is over is not paid by itself', 'payments/on/order', 'reserved-again', [
    /\(before.* === 0/,
    'before?.expiresAt === undefined',
  ]),
  defect('holds that are over can be paid', 'payments/core/refusal', 'payable-until', 'never'),
  defect('money of another amount is taken for it', 'payments/core/evolve', 'another-amount', 'never'),
  defect('a refund that failed is tried again under its old key', 'payments/core/refund', 'refund-try', [/ \+ 1/, '']),
  defect('late news of a refund are of its newest try', 'payments/core/refund', 'refund-outcome', 'drop'),
  defect('a refund that was done never fails', 'payments/core/refund', 'refund-failure', [/\|\| \w+ === 'done' /, '']),
  defect('what was closed by hand fails again', 'payments/core/refund', 'refund-failure', [
    /=== 'due' \|\| \w+ === 'done'/,
    "!== 'failed'",
  ]),
  defect('what may still go back by itself is paid by hand', 'payments/core/refund', 'refund-closing', [
    /=== 'failed'/,
    "!== 'closed'",
  ]),
  defect('what was paid by hand is not given back', 'payments/core/refund', 'refund-given', [
    / \|\| \w+ === 'closed'/,
    '',
  ]),
  defect('what the provider has not given yet is given back', 'payments/adapters/settle', 'refund-pending', [
    /'refund_pending'/,
    "'refunded'",
  ]),
  defect('there is no event of a refund that came back', 'payments/core/change', 'refund-failed', [
    /'payment\.refund_failed'/,
    '',
  ]),
  defect('a refund that failed calls nobody', 'payments/core/hold', 'refund-hold', [/ \?\? .*/, '']),
  defect('a payment on hold is in no list', 'payments/store/payment-item', 'hold-list', 'drop'),
  defect('a payment that goes on does not try again what failed', 'payments/core/evolve', 'tried-again', [
    /\.map\(\w+\)/,
    '',
  ]),
  defect('the payment of an order on its way is unknown', 'payments/routes/list', 'payment-arrival', {
    value: 'await findPayment(store, orderId)',
  }),
  defect('unknown payments are shown to everybody', 'payments/routes/list', 'payments-access', [/await .*/, 'true']),
]
