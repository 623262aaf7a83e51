import type { Service } from './contract.ts'
import type { Kind } from './personal.ts'

/** A kind of item that keeps personal data. */
export interface Place {
  readonly service: Service
  /** The start of its sort key, or of its partition. */
  readonly item: string
  readonly until: string
}

interface PersonalData {
  readonly what: string
  readonly places: readonly Place[]
}

const place = (service: Service, item: string, until: string): Place => ({ service, item, until })

/** Kept answers of requests with an `Idempotency-Key`. */
const answer = (service: Service): Place => place(service, 'answer', 'a day')
const ofOrder = 'as long as the order'
const ofAccount = 'as long as the account, or until its user changes it'
const contents = [place('orders', 'order', ofOrder), place('orders', 'lines', ofOrder)]
const ofStock = 'as long as the ledger of stock'
/** Each record stands in three lists. */
const records = ['all', 'actor', 'subject'].map((list) => place('audit', list, 'as long as the audit'))

/** Each kind of personal data and of text in somebody's own words, and every kind of item that keeps it: a test finds it there and nowhere else. */
export const personalData = {
  address: {
    what: 'Addresses: name, street, town, phone',
    places: [
      ...contents,
      place('shipping', 'shipping', ofOrder),
      answer('shipping'),
      place('users', 'addresses', 'until its user removes it'),
      answer('users'),
    ],
  },
  card: {
    what: 'Card tokens: what the provider calls a card',
    places: [place('orders', 'order', 'until payments has answered'), place('payments', 'payment', ofOrder)],
  },
  email: {
    what: 'Email addresses of accounts and of guests',
    places: [
      place('users', 'user', ofAccount),
      place('users', 'found-by-email', ofAccount),
      place('users', 'code', 'two hours'),
      place('notifications', 'contact', 'as long as its user wants mails about orders'),
      place('orders', 'guest', ofOrder),
    ],
  },
  name: {
    what: 'Names of users and of guests',
    places: [
      place('users', 'user', ofAccount),
      place('users', 'found-by-name', ofAccount),
      place('orders', 'guest', ofOrder),
    ],
  },
  phone: { what: 'Phone numbers of users', places: [place('users', 'user', ofAccount)] },
  preferences: { what: 'Preferences of users', places: [place('users', 'user', ofAccount)] },
  session: {
    what: 'IP address and program: of sessions, and of operators and machines that act, also in the item that they changed until its next version',
    places: [place('users', 'session', 'until the session ends, 30 days at most'), ...records],
  },
  notes: { what: 'Notes on an order, in the words of its customer', places: contents },
  reason: {
    what: 'Reasons, in the words of a customer or an operator',
    places: [
      place('orders', 'order', ofOrder),
      place('orders', 'reason', ofOrder),
      answer('orders'),
      place('payments', 'payment', ofOrder),
      place('shipping', 'shipping', ofOrder),
      answer('shipping'),
      place('inventory', 'movement', ofStock),
      ...records,
    ],
  },
  reference: {
    what: 'References: what an operator calls a transfer, a receipt, a delivery or a webhook, and another system an order',
    places: [
      place('orders', 'labels', ofOrder),
      place('payments', 'payment', ofOrder),
      place('payments', 'entry', 'as long as the wallet'),
      place('payments', 'wallet', 'until the next entry of the wallet'),
      answer('payments'),
      place('inventory', 'movement', ofStock),
      place('inventory', 'reservation', 'as long as the reservation'),
      place('inventory', 'counts', 'for ever'),
      place('inventory', 'inbound', ofStock),
      place('inventory', 'transfer', ofStock),
      answer('inventory'),
      place('notifications', 'webhooks', 'until the webhook is deleted'),
      answer('notifications'),
    ],
  },
  metadata: {
    what: 'Metadata of an order: what other systems put there',
    places: [place('orders', 'labels', ofOrder)],
  },
} as const satisfies Readonly<Record<Kind, PersonalData>>
