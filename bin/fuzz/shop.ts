import type { Chance } from './chance.ts'

/** Somebody who asks. */
export interface Person {
  readonly id: string
  readonly email: string
  readonly password: string
  /** Good for fifteen minutes; taken anew by `renew`, with the session's other token. */
  token: string
  refreshToken: string
}

/** Something that a route made, and whose it is. */
export interface Made {
  readonly id: string
  readonly owner?: Person | undefined
  /** Of a parcel: its order. Of a product: its category. Of a delivery: its webhook. Of a photo: its sku, and of its file: its name. */
  readonly of?: string | undefined
  /** Skus and units. */
  readonly lines?: readonly (readonly [string, number])[] | undefined
}

/** What there is to ask for, by what can be done with it next. */
const shelves = [
  'products',
  'idleProducts',
  'imports',
  'stockImports',
  'photos',
  'photoFiles',
  'unfinishedProducts',
  'warehouses',
  'categories',
  'idleCategories',
  'addresses',
  'messages',
  'places',
  'accounts',
  'newcomers',
  'idleAccounts',
  'disabledAccounts',
  'forgetfulAccounts',
  'resetCodes',
  'emailCodes',
  'sessions',
  'sessionsToLeave',
  'leavers',
  'keys',
  'webhooks',
  'webhooksToDelete',
  'webhookDeliveries',
  'keysToRevoke',
  'guestLinks',
  'guestLinksToErase',
  'guestOrders',
  'orderNumbers',
  'orders',
  'reservedByHand',
  'reservedForCard',
  'captured',
  'refundable',
  'confirmed',
  'parcels',
  'parcelsToReduce',
  'parcelsToSend',
  'parcelsSent',
  'parcelsOnTheirWay',
  'parcelsArrived',
  'failedRefunds',
  'counts',
  'openCounts',
  'countsToPost',
  'countsToCancel',
  'heldReservations',
  'committedReservations',
  'reservations',
  'inbounds',
  'openInbounds',
  'transfers',
  'openTransfers',
] as const
export type Shelf = (typeof shelves)[number]

/** The most things that one shelf keeps; older ones are forgotten. */
const shelfSize = 400

/** What the fuzz knows of the stack that it asks: grows with each answer. */
export class Shop {
  readonly operator: Person
  readonly customers: readonly Person[]
  /** Products that were in stock from the beginning. */
  readonly skus: string[] = []
  /** Is called with each shelf that something is put on. */
  onPut: (shelf: Shelf) => void = () => {}
  readonly #shelves = new Map<Shelf, Made[]>(shelves.map((shelf) => [shelf, []]))
  readonly #empty = new Set<Shelf>()
  #names = 0
  readonly #prefix: string

  constructor(prefix: string, operator: Person, customers: readonly Person[]) {
    this.#prefix = prefix
    this.operator = operator
    this.customers = customers
  }

  /** A name that nothing else in this run has. */
  name(kind: string): string {
    this.#names += 1
    return `${this.#prefix}-${kind}-${this.#names}`
  }

  /** A thing that is on the shelf already is not put there twice: it can be taken once. */
  put(shelf: Shelf, made: Made): void {
    this.onPut(shelf)
    const things = this.#on(shelf)
    if (made.id !== '' && things.some(({ id }) => id === made.id)) return
    things.push(made)
    if (things.length > shelfSize) things.shift()
  }

  /** One of them, which may be asked for again. */
  some(shelf: Shelf, chance: Chance): Made | undefined {
    const things = this.#on(shelf)
    if (things.length === 0) this.#empty.add(shelf)
    return things.length === 0 ? undefined : things[chance.below(things.length)]
  }

  /** The shelves on which the work finds nothing. */
  emptyFor(work: () => void): ReadonlySet<Shelf> {
    this.#empty.clear()
    work()
    return new Set(this.#empty)
  }

  /** Somebody who has registered, by id. */
  newcomer(userId: string): Person | undefined {
    return this.#on('newcomers').find(({ id }) => id === userId)?.owner
  }

  /** The one that is there for longest; it is not there for others any more. */
  take(shelf: Shelf): Made | undefined {
    return this.#on(shelf).shift()
  }

  /** It is not there any more, whoever used it up. */
  remove(shelf: Shelf, { id }: Made): void {
    const things = this.#on(shelf)
    const at = things.findIndex((thing) => thing.id === id)
    if (at >= 0) things.splice(at, 1)
  }

  #on(shelf: Shelf): Made[] {
    return this.#shelves.get(shelf) ?? []
  }
}
