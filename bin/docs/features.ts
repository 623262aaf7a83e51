/** A feature that is promised: its number, what it is, and the tests over HTTP that show it, each as its file in test/local and its name. */
export interface Feature {
  readonly id: string
  readonly what: string
  readonly shownBy: readonly (readonly [file: string, name: string])[]
}

const feature = (id: string, what: string, ...shownBy: Feature['shownBy']): Feature => ({ id, what, shownBy })

export const features: readonly Feature[] = [
  feature(
    'F01',
    'one API before all services: authentication, authorization, roles',
    ['who-may.test.ts', 'answers $who by its contract'],
    ['users.test.ts', 'who gets a role has it with the tokens that are there, at every service, and loses it so'],
    ['api-keys.test.ts', 'does what its scopes open, and nothing else'],
  ),
  feature(
    'F02',
    'register, sign in and out, refresh, change the password, sessions',
    ['users.test.ts', 'registers, signs in, sees who they are, and goes on with a refresh token'],
    ['users.test.ts', 'that has ended opens nothing at any service five seconds later, and brings no new tokens'],
    ['accounts.test.ts', 'is replaced by a mailed code, and nothing of the old one opens anything'],
  ),
  feature(
    'F03',
    'profile, preferences, addresses of two kinds with defaults',
    ['users.test.ts', 'is changed by its user, and keeps what is not mentioned'],
    ['users.test.ts', 'are added, listed, replaced and removed, with one default of each type'],
  ),
  feature(
    'F04',
    'wallet: validated, deducted, with a ledger',
    ['payments.test.ts', 'is confirmed, and costs its total'],
    ['payments.test.ts', 'never takes more than there is, however many orders are placed at once'],
  ),
  feature(
    'F05',
    'products: create, read, change, delete, list, search',
    ['catalog.test.ts', 'is created, read, changed, listed and found'],
    ['catalog.test.ts', 'is listed page by page, each once'],
  ),
  feature('F06', 'categories', ['catalog.test.ts', 'cannot be deleted while a product stands in it']),
  feature(
    'F07',
    'photos: added, replaced, deleted, in two sizes',
    ['photos.test.ts', 'goes up to S3, is checked, and comes back in two sizes for everybody'],
    ['photos.test.ts', 'is changed, moved, replaced where it stands, and deleted with its files'],
  ),
  feature(
    'F08',
    'events of products; no deletion while units are promised',
    ['catalog.test.ts', 'can be deleted when nothing of it is promised, and then not be ordered'],
    ['emit-again.test.ts', 'does so for the products of the catalogue'],
  ),
  feature('F09', 'unique products: one winner', ['oversell.test.ts', 'goes to exactly one of ten buyers']),
  feature(
    'F10',
    'warehouses, levels for each, adjustments with a reason, transfers',
    ['orders.test.ts', 'moves available units between warehouses, once for one key, and never what is reserved'],
    ['orders.test.ts', 'takes stock from the warehouses by priority'],
    ['ledger.test.ts', 'has every change of a level, and each follows from the one before'],
  ),
  feature(
    'F11',
    'reserve all or nothing, with what is short for each line; commit, release, allocate, deallocate',
    ['orders.test.ts', 'is rejected with what was short per line, and holds nothing'],
    ['oversell.test.ts', 'end with exactly 50 reserved, three times in a row'],
    ['lines.test.ts', 'goes back into stock, and its price into the wallet'],
  ),
  feature(
    'F12',
    'reservations: order, items, status, begin and end',
    ['holds.test.ts', 'names who made it and why'],
    ['lists.test.ts', 'have what is held until its order is paid or over'],
  ),
  feature(
    'F13',
    'ledger of movements, low stock, changes in bulk',
    ['ledger.test.ts', 'has every change of a level, and each follows from the one before'],
    ['lists.test.ts', 'have what is low, and what a warehouse has'],
    ['adjustments.test.ts', 'are 1,000 in one request'],
  ),
  feature(
    'F14',
    'orders: create, read, list, cancel, approve; snapshots of prices and addresses',
    ['orders.test.ts', 'is reserved, with names and prices as they were when it was placed'],
    ['orders.test.ts', 'shows operators everybody, by status, customer and time'],
    ['orders.test.ts', 'is confirmed by an operator, and its units are allocated'],
  ),
  feature(
    'F15',
    'orders are checked against product, price and user before stock is touched',
    ['references.test.ts', 'leaves neither wallet nor order behind'],
    ['bad-input.test.ts', '$name is $status $code'],
  ),
  feature('F16', 'history of an order: status, time, cause, actor', [
    'api-keys.test.ts',
    'stands in the history of the orders that it places',
  ]),
  feature('F17', 'stock comes back 24 hours later where nobody pays', ['expiry.test.ts', 'after 24 hours']),
  feature(
    'F18',
    'backorders: estimate, fill in turn, timeout',
    ['backorders.test.ts', 'waits for what is short, shows the promise, and is reserved once it comes'],
    ['backorders.test.ts', 'that pays at placing gets its money back when nothing came in time'],
  ),
  feature('F19', 'an order goes on where a service died after reserving', [
    'outages.test.ts',
    '%s lose nothing and park nothing; what waited is done within five minutes',
  ]),
  feature(
    'F20',
    'orders followed live',
    ['live.test.ts', 'with its last state first, and each of its events after that'],
    ['live-docs.test.ts', 'a client of the few lines in the documents sees what becomes of an order'],
  ),
  feature(
    'F21',
    'payments by card, wallet, approval; refunds, also in part; void',
    ['payments.test.ts', 'may be tried again after a decline, and fails after the third'],
    ['payments.test.ts', 'gives back some, never more than came, and leaves the order as it is'],
    ['races.test.ts', 'an authorization that is reported after the end of the hold is voided, never captured'],
  ),
  feature(
    'F22',
    'parcels by warehouse: dispatch, track, deliver, fail, return',
    ['shipping.test.ts', 'goes from every warehouse that holds units of it, and is completed when all has arrived'],
    ['shipping.test.ts', 'comes back in several returns, to be sold again or not, each once'],
  ),
  feature(
    'F23',
    'notifications in an inbox, and by mail',
    ['notifications.test.ts', 'has each step of an order once, the newest first'],
    ['inbox-mails.test.ts', 'go to a proven address, one for each message of the inbox'],
  ),
  feature(
    'F24',
    'reports',
    [
      'analytics.test.ts',
      'have what was placed, paid, shipped, cancelled, expired and given back, day by day, exact to the penny',
    ],
    ['analytics.test.ts', 'show how far orders got, and how those left that got no further'],
  ),
  feature('F25', 'choreography by events, each with its counterpart on the bus', [
    'feed.test.ts',
    'has the story of an order with cause and effect, and nothing of others',
  ]),
  feature(
    'F26',
    'compensation where stock, payment or time fails, with its reason on the order',
    ['payments.test.ts', 'fails with the reason when the wallet is too small, and takes nothing'],
    [
      'races.test.ts',
      'money that is reported after the end of the hold finds the order expired, and is given back once',
    ],
  ),
  feature(
    'F27',
    'outbox, consumers that take events twice, dead letters, stuck orders, replay',
    ['poison.test.ts', 'lands in the dead-letter queue with its cause, blocks nobody, and can be sent again'],
    ['operations.test.ts', 'the orders that do not go on, and what they wait for'],
    ['replay-events.test.ts', 'come to one service again by one command, which takes them without harm'],
  ),
  feature('F28', 'a schema for every event', ['feed.test.ts', 'has every public event of the bus once']),
  feature(
    'F29',
    'metrics, logs, traces, alarms, dashboard, health',
    ['operations.test.ts', 'that messages wait: by the readiness, and by an alarm'],
    [
      'operations.test.ts',
      'that a message is retried, though its queue leaves it out: by the readiness, and by an alarm',
    ],
    ['trace.test.ts', 'shows what an order has set off, over the bus: functions, calls and causes'],
  ),
  feature(
    'F30',
    'stock from a cache',
    ['lists.test.ts', 'is open to everybody, and 304 for who has it'],
    ['cdn.test.ts', 'answers open reads from its cache, and shows it'],
  ),
  feature(
    'N01',
    'the length of a hold for an order and for a stage; early release',
    ['expiry.test.ts', 'a hold may be asked to be shorter'],
    ['holds.test.ts', 'ends at its new end'],
  ),
  feature(
    'N02',
    'adjustments that compare and set; units that are not for sale',
    ['fields.test.ts', 'every field of a request has an effect that is seen'],
    ['ledger.test.ts', 'are on hand and not sold'],
  ),
  feature(
    'N03',
    'orders over warehouses, parcels in part, returns restocked or broken',
    [
      'shipping.test.ts',
      'leaves in parts: each once, the rest of its lines may be cancelled, and it is completed with the last of them',
    ],
    ['shipping.test.ts', 'comes back in several returns, to be sold again or not, each once'],
  ),
  feature(
    'N04',
    'signed webhooks; news of stock that is low or back',
    ['webhook-docs.test.ts', 'a receiver of the few lines in the README takes what is signed, and shows each event'],
    ['notifications.test.ts', 'see what is low and there again, each with an inbox of their own'],
  ),
  feature(
    'N05',
    'a real catalogue imported, real days replayed',
    ['replay.test.ts', 'a replayed morning'],
    ['imports.test.ts', 'reads what its form has brought, and gives a result for each row'],
  ),
  feature('N06', 'reconciliation each night, with an alarm', [
    'reconcile.test.ts',
    'runs every night, and an alarm goes off where something does not fit together',
  ]),
  feature('N07', 'the whole under simulated faults', [
    '../simulation/simulate.test.ts',
    'every promise holds in a fixed number of random histories',
  ]),
  feature('N08', 'one command on a laptop, whose clock can be moved', [
    'npm-start.test.ts',
    'leaves no process behind when npm gets %s',
  ]),
  feature(
    'N10',
    'a feed to catch up by, exports, reconciliation from outside',
    ['feed.test.ts', 'is followed by a few lines of curl from the documentation, which go on where they were ended'],
    ['export.test.ts', 'has each order and movement once while orders change, stock moves and products go'],
  ),
  feature(
    'N11',
    'API keys with scopes, roles, metadata, references, filters of orders',
    ['api-keys.test.ts', 'does what its scopes open, and nothing else'],
    ['order-search.test.ts', 'by reference, alone and with times'],
    ['order-search.test.ts', 'of twenty writers at once loses no key'],
    ['labels.test.ts', 'of twenty writers at once lose no key'],
    ['labels.test.ts', 'are in nothing that everybody reads'],
    ['labels.test.ts', 'of twenty writers lose no key, while the order is approved'],
    ['labels.test.ts', 'stays with its movement, is listed with it, and is in no event'],
    ['expand.test.ts', 'answers what the other routes answer'],
  ),
  feature(
    'N13',
    'export and erasure of what is known of a person',
    ['person-export.test.ts', 'has what every service keeps, and nothing of anybody else'],
    ['erasure.test.ts', 'is erased after its time of grace, by everybody who keeps something of it'],
  ),
]
