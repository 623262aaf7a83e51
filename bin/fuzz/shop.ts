import type { Chance } from './chance.ts'

/** Somebody who asks. */
export interface Person {
  readonly id: string
  readonly email: string
  readonly password: string
  /** Good for an hour; taken anew by `renew`. */
  token: string
  readonly refreshToken: string
}

/** Something that a route made, and whose it is. */
export interface Made {
  readonly id: string
  readonly owner?: Person | undefined
  /** Of a parcel: its order. Of a product: its category. */
  readonly of?: string | undefined
  /** Skus and units. */
  readonly lines?: readonly (readonly [string, number])[] | undefined
}

/** What there is to ask for, by what can be done with it next. */
const shelves = [
  'products',
  'idleProducts',
  'unfinishedProducts',
  'warehouses',
  'categories',
  'idleCategories',
  'addresses',
  'accounts',
  'newcomers',
  'idleAccounts',
  'disabledAccounts',
  'sessions',
  'sessionsToLeave',
  'orders',
  'reservedByHand',
  'reservedForCard',
  'captured',
  'refundable',
  'confirmed',
  'parcelsToSend',
  'parcelsSent',
  'parcelsOnTheirWay',
  'parcelsArrived',
  'failedRefunds',
  'heldReservations',
  'committedReservations',
  'reservations',
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
  readonly #shelves = new Map<Shelf, Made[]>(shelves.map((shelf) => [shelf, []]))
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

  put(shelf: Shelf, made: Made): void {
    const things = this.#on(shelf)
    things.push(made)
    if (things.length > shelfSize) things.shift()
  }

  /** One of them, which may be asked for again. */
  some(shelf: Shelf, chance: Chance): Made | undefined {
    const things = this.#on(shelf)
    return things.length === 0 ? undefined : things[chance.below(things.length)]
  }

  /** Somebody who has registered, by id. */
  newcomer(userId: string): Person | undefined {
    return this.#on('newcomers').find(({ id }) => id === userId)?.owner
  }

  /** The one that is there for longest; it is not there for others any more. */
  take(shelf: Shelf): Made | undefined {
    return this.#on(shelf).shift()
  }

  #on(shelf: Shelf): Made[] {
    return this.#shelves.get(shelf) ?? []
  }
}
