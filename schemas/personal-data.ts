import type { Service } from './contract.ts'
import type { Kind } from './personal.ts'

/** A kind of item that keeps personal data. */
export interface Place {
  readonly service: Service
  /** The start of its sort key, or of its partition. */
  readonly item: string
  readonly until: string
  /** What becomes of it when its person is erased. */
  readonly erased: Erased
}

/** What an erasure does to what is kept in a place: at the latest after `longestDays` it is gone, unless it stays. */
export type Erased =
  | 'goes with the account'
  | 'goes once nothing of the order is under way'
  | 'goes once nobody asks for invoices'
  | 'goes by its age'
  | 'stays'

interface PersonalData {
  readonly what: string
  readonly places: readonly Place[]
}

const place = (service: Service, item: string, until: string, erased: Erased): Place => ({
  service,
  item,
  until,
  erased,
})
const withAccount = 'goes with the account'
const atRest = 'goes once nothing of the order is under way'
const withInvoice = 'goes once nobody asks for invoices'
const byAge = 'goes by its age'
/** What the shop needs of itself: its ledgers, and who did what. */
const stays = 'stays'

/** Kept answers of requests with an `Idempotency-Key`. */
const answer = (service: Service): Place => place(service, 'answer', 'a day', byAge)
const ofOrder = 'as long as the order'
/** It is about the shop's goods. */
const ofProduct = 'as long as the product'
const ofAccount = 'as long as the account, or until its user changes it'
const contents = (erased: Erased): readonly Place[] => [
  place('orders', 'order', ofOrder, erased),
  place('orders', 'lines', ofOrder, erased),
]
const ofStock = 'as long as the ledger of stock'
/** Each record stands in three lists. */
const records = ['all', 'actor', 'subject'].map((list) => place('audit', list, 'as long as the audit', stays))

/** Each kind of personal data and of text in somebody's own words, and every kind of item that keeps it: a test finds it there and nowhere else. */
export const personalData = {
  address: {
    what: 'Addresses: name, street, town, phone',
    places: [
      ...contents(withInvoice),
      place('shipping', 'shipping', ofOrder, atRest),
      answer('shipping'),
      place('users', 'addresses', 'until its user removes it', withAccount),
      answer('users'),
    ],
  },
  card: {
    what: 'Card tokens: what the provider calls a card',
    places: [
      place('orders', 'order', 'until payments has answered', atRest),
      place('payments', 'payment', ofOrder, atRest),
    ],
  },
  email: {
    what: 'Email addresses of accounts and of guests',
    places: [
      place('users', 'user', ofAccount, withAccount),
      place('users', 'found-by-email', ofAccount, withAccount),
      place('users', 'code', 'two hours', withAccount),
      place('notifications', 'contact', 'as long as its user wants mails about orders', withAccount),
      place('orders', 'guest', ofOrder, atRest),
    ],
  },
  name: {
    what: 'Names of users and of guests',
    places: [
      place('users', 'user', ofAccount, withAccount),
      place('users', 'found-by-name', ofAccount, withAccount),
      place('orders', 'guest', ofOrder, atRest),
    ],
  },
  phone: { what: 'Phone numbers of users', places: [place('users', 'user', ofAccount, withAccount)] },
  preferences: { what: 'Preferences of users', places: [place('users', 'user', ofAccount, withAccount)] },
  session: {
    what: 'IP address and program: of sessions, and of operators and machines that act, also in the item that they changed until its next version',
    places: [place('users', 'session', 'until the session ends, 30 days at most', withAccount), ...records],
  },
  notes: { what: 'Notes on an order, in the words of its customer', places: contents(atRest) },
  reason: {
    what: 'Reasons, in the words of a customer or an operator',
    places: [
      place('orders', 'order', ofOrder, atRest),
      place('orders', 'reason', ofOrder, atRest),
      answer('orders'),
      place('payments', 'payment', ofOrder, atRest),
      place('shipping', 'shipping', ofOrder, atRest),
      answer('shipping'),
      place('inventory', 'movement', ofStock, stays),
      ...records,
    ],
  },
  reference: {
    what: 'References: what an operator calls a transfer, a receipt, a delivery or a webhook, and another system an order, a product or a payment',
    places: [
      place('orders', 'labels', ofOrder, atRest),
      place('catalog', 'labels', ofProduct, stays),
      place('payments', 'payment', ofOrder, atRest),
      place('payments', 'entry', 'as long as the wallet', withAccount),
      place('payments', 'wallet', 'until the next entry of the wallet', withAccount),
      answer('payments'),
      place('inventory', 'movement', ofStock, stays),
      place('inventory', 'reservation', 'as long as the reservation', stays),
      place('inventory', 'counts', 'for ever', stays),
      place('inventory', 'inbound', ofStock, stays),
      place('inventory', 'transfer', ofStock, stays),
      answer('inventory'),
      place('notifications', 'webhooks', 'until the webhook is deleted', stays),
      answer('notifications'),
    ],
  },
  metadata: {
    what: 'Metadata of an order, a product, a payment or an adjustment: what other systems put there',
    places: [
      place('orders', 'labels', ofOrder, atRest),
      place('catalog', 'labels', ofProduct, stays),
      place('payments', 'payment', ofOrder, atRest),
      place('inventory', 'movement', ofStock, stays),
    ],
  },
} as const satisfies Readonly<Record<Kind, PersonalData>>
