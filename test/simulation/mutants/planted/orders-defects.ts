import { type Defect, defect, overwritten, unconditional } from './defect.ts'

/** Mistakes with orders and prices. */
export const ordersDefects: readonly Defect[] = [
  defect('an order is answered to whoever lost the race for its key', 'orders/routes/place', 'order-key-race', [
    /\w+\)$/,
    'requestIn(known.item.hash))',
  ]),
  defect('what an order has beside it is written ahead', 'orders/routes/place', 'placed-whole', [
    /store\.write\(.*\)/,
    'Promise.all([...aside, ...beside].map((write) => store.write(write))).then(() => store.write(header))',
  ]),
  defect('an event in what is no order waits for the next release', 'orders/outbox-events', 'rides-in-no-order', [
    /new Error\(/,
    'new NotKnownYet(',
  ]),
  defect('an order key takes any body', 'orders/routes/place', 'order-key', [/!== \w+/, "=== ''"]),
  defect('an order does not wait for a price on its way', 'orders/routes/place', 'price-arrival', {
    value: 'new Arrivals({ ...clock, now: () => Infinity })',
  }),
  defect('orders are placed for whoever is named', 'orders/routes/place', 'order-for-user', {
    test: 'customerId.length > 0',
  }),
  defect('an order costs what was not shown', 'orders/routes/customer-terms', 'expected-total', 'always'),
  defect('customers hold for as long as they ask', 'orders/routes/customer-terms', 'hold-length', 'never'),
  defect('customers hold as many orders as they like', 'orders/routes/customer-terms', 'hold-limit', 'never'),
  defect('orders that are paid or closed count as held', 'orders/core/limits', 'open-hold', [
    /isOwn\(\w+\) && .*/,
    'isOwn(order)',
  ]),
  defect('what operators place counts as held', 'orders/core/limits', 'own-hold', [
    /\?\.by === \w+/,
    '?.by !== undefined',
  ]),
  defect('customers hold as many units as they like', 'orders/routes/customer-terms', 'unit-limit', 'always'),
  defect('orders may expire unpaid again and again', 'orders/core/limits', 'expired-thrice', [
    /return .*/,
    'return undefined',
  ]),
  defect('limits are written over whatever is there', 'orders/store/limits-item', 'limits-write', overwritten),
  defect('an order takes back what it knows of stock', 'orders/core/evolve', 'stock-rank', [
    /(\w+)\[(\w+)\] > \1\[([\w.]+)\]/,
    '$2 !== $3',
  ]),
  defect('orders expire before their time', 'orders/core/hold', 'order-overdue', [/ && \w+ <= \w+/, '']),
  defect('approved orders expire', 'orders/core/hold', 'hold-end', [
    /(\S+) === 'reserved'/,
    "($1 === 'reserved' || $1 === 'confirmed')",
  ]),
  defect('orders are approved after their time', 'orders/core/decisions', 'approval', [/ \|\| \w+\(.*?\)(?=\))/, '']),
  defect('closed orders are approved', 'orders/core/decisions', 'approval', [/\w+\([^)]*\) \|\| /, '']),
  defect('an approval before stock is forgotten', 'orders/core/decisions', 'early-approval', [
    /return /,
    "return order.facts.stock !== 'requested' && ",
  ]),
  defect('closed orders are cancelled', 'orders/core/decisions', 'cancellation', [/=== 'open'/, "!== 'dispatched'"]),
  defect('nobody reminds of what is pending', 'orders/core/next-sweep', 'order-reminder', 'always'),
  defect('nobody looks for lost timers', 'orders/core/next-sweep', 'timer-watch', { value: 'undefined' }),
  defect('nothing is pending of a placed order', 'orders/core/pending', 'pending-placed', 'drop'),
  defect('nothing is pending of a confirmed order', 'orders/core/pending', 'pending-paid', [
    /\.\.\.\(\w+ \? \[\] : \w+\(order\)\), /,
    '',
  ]),
  defect('an address is never sent', 'orders/core/pending', 'order-address', [/, 'order\.address'/, '']),
  defect('the token of a card is never sent', 'orders/core/pending', 'card-token', [/, 'payment\.card_token'/, '']),
  defect('nothing is pending of a closed order', 'orders/core/pending', 'pending-closed', [/return .*/, 'return []']),
  defect('an order is written over whatever is there', 'orders/store/order-item', 'order-write', { value: "'any'" }),
  defect('placing again replaces the order', 'orders/store/order-item', 'order-placed', unconditional),
  defect('lines with one sku are not merged', 'orders/core/price-list', 'merged-lines', [/merged\((\w+)\)/, '$1']),
  defect('old prices replace new ones', 'orders/core/price-list', 'price-version', 'never'),
  defect('the sweeper does not expire', 'orders/on/due', 'order-expiry', { value: 'undefined' }),
  defect('the sweeper publishes nothing again', 'orders/on/due', 'order-sweep', [/: \w+\(\w+\)/, ': []']),
  defect('old news of a payment replaces new', 'orders/core/evolve', 'payment-version', [/>/, '!==']),
  defect('a closed order keeps its money', 'orders/core/evolve', 'closed-money', 'never'),
  defect('parcels open an order that has failed its payment', 'orders/core/status', 'failed-parcels', 'never'),
  defect('a payment in flight gets no grace', 'orders/core/hold', 'payment-grace', 'never'),
  defect('parcels go back in time', 'orders/core/evolve', 'fulfilment-rank', [
    /(\w+)\[(\w+)\] > \1\[([\w.]+)\]/,
    '$2 !== $3',
  ]),
  defect('returns are not paid back', 'orders/core/pending', 'pending-paid', [
    /, \.\.\.\(\w+ \? \[\] : \(\['order\.returned'\] as const\)\)/,
    '',
  ]),
  defect('only the last return is paid back', 'orders/core/evolve', 'returns-kept', [
    /new Map\([\w.]+\)\.set\((.*?)\)/,
    'new Map([[$1]])',
  ]),
  defect('a confirmed order does not wait for its money', 'orders/core/pending', 'confirmation', [
    / \w+\.captured &&/,
    '',
  ]),
  defect('a confirmed order does not wait for its parcels', 'orders/core/pending', 'confirmation', [
    / && \w+\.fulfilment !== 'none'/,
    '',
  ]),
  defect('nobody asks again for money that comes by itself', 'orders/core/pending', 'pending-reserved', [
    /return .*/,
    'return []',
  ]),
  defect('late money finds an order that should have expired', 'orders/on/payment', 'late-payment', [
    /\(\w+\) => .* \?\? /,
    '() => ',
  ]),
  defect('what went back of money that came twice counts for returns', 'orders/on/payment', 'kept-sum', [
    /captured/,
    'amount',
  ]),
  defect('returned goods are worth nothing', 'orders/on/shipment', 'return-value', [/\+ .*, 0\)/, '+ 0, 0)']),
  defect('orders that a card pays are approved', 'orders/core/decisions', 'manual-approval', 'drop'),
  defect('cancelled lines are not paid back', 'orders/core/evolve', 'cancelled-value', [/event\.value/, '0']),
  defect('an order forgets which units were cancelled', 'orders/core/evolve', 'cancelled-units', [
    /return .*/,
    'return known',
  ]),
  defect('a change of metadata takes all other keys away', 'runtime/labels', 'metadata-merge', [
    /new Map\(.*\)/,
    'new Map()',
  ]),
  defect('a change of labels is answered and not written', 'orders/store/label-order', 'labels-write', [
    /writesOfRelabelling\(.*?\)/,
    '[]',
  ]),
  defect('an order is not listed by its reference', 'orders/store/labels-item', 'reference-listed', [
    /\[writeOfEntry\([^)]*\)\]/,
    '[]',
  ]),
  defect('an order is listed by the reference that it had', 'orders/store/labels-item', 'reference-moved', [
    /\[writeOfEntry\([^)]*\)\]/,
    '[]',
  ]),
  defect('guests are listed by their names', 'orders/store/guest-item', 'guest-listed', [
    /emailHash\(email\)/,
    'emailHash(name)',
  ]),
  defect('an order stays in the list of its first status', 'orders/store/order-lists', 'order-state', [
    /status\(facts\)/,
    "'placed'",
  ]),
  defect('an order stays where it was in the list of changes', 'orders/store/order-item', 'order-changed-at', [
    /state\.changedAt === undefined/,
    'state.changedAt !== 0',
  ]),
  defect('orders decides alone whether it can be cancelled', 'orders/core/decisions', 'parcels-asked', [
    /=> history.*/,
    '=> false',
  ]),
  defect('a closed order is cancelled where shipping was asked', 'orders/on/shipment', 'cancelled-elsewhere', [
    /isClosed\(facts\) \? undefined : /,
    '',
  ]),
  defect('who cancels the last line is forgotten', 'orders/core/change', 'last-line-by', [
    /return event\.by\s/,
    'return undefined ',
  ]),
  defect('an older address replaces a newer one', 'orders/core/evolve', 'address-newest', 'always'),
  defect('orders decides alone where parcels go', 'orders/routes/update', 'address-unconfirmed', {
    value: '() => true',
  }),
  defect('what is not sent is not paid back', 'orders/core/evolve', 'unsent-value', [/\w+\.value/, '0']),
  defect('an order of which nothing is sent stays open', 'orders/core/evolve', 'nothing-sent', 'never'),
]
