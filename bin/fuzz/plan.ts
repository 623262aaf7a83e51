import type { Chance } from './chance.ts'
import type { Request } from './request.ts'
import type { Made, Shelf, Shop } from './shop.ts'

/** What asks for the requests of one route that its contract allows, and learns from their answers. */
export interface Plan {
  /** Undefined while there is nothing that the route could be asked for. */
  readonly ask: (asked: Asked) => Request | undefined
  /** Learns from the body of a success. */
  readonly learn?: (asked: Omit<Asked, 'take'>, request: Request, body: Answered) => void | Promise<void>
  /** How often the route is asked, compared with others; default 1. */
  readonly weight?: number
}

export interface Asked {
  readonly shop: Shop
  readonly chance: Chance
  /** A thing that the request uses up. */
  readonly take: (shelf: Shelf) => Made | undefined
}

/** The fields of an answer that plans read. */
export interface Answered {
  readonly id: string
  readonly accessToken: string
  readonly user: { readonly id: string }
  readonly orderId?: string
  readonly restId?: string
  readonly cursor?: string
  readonly status: string
  readonly number?: string
  readonly items: readonly Answered[]
  readonly refunds: readonly { readonly id: string; readonly state: string }[]
  readonly transfer?: { readonly id: string }
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[]
}

/** The request with what is there, or none. */
export const about = (made: Made | undefined, ask: (made: Made) => Request): Request | undefined => made && ask(made)

/** Any of the customers. */
export const customer = ({ shop, chance }: Pick<Asked, 'shop' | 'chance'>) => chance.pick(shop.customers)

/** Some of these fields, each or not; none that has no value, which a query would write as a word. */
export const some = (chance: Chance, fields: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => chance.maybe(0.5) && value !== undefined))

export const gbp = (amount: number) => ({ amount, currency: 'GBP' })

/** A page of any size. */
export const paging = (chance: Chance) => (chance.maybe(0.5) ? { limit: String(chance.between(1, 100)) } : {})
