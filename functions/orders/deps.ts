import type { Limits } from '../../schemas/limits.ts'
import type { Mailer } from '../runtime/mail.ts'
import type { Timers } from '../runtime/timers.ts'
import type { OrderPartsApi, ShipmentsApi, ReadReservation } from '../runtime/api.http.ts'
import type { UpdateDeps } from '../runtime/update.ts'
import type { OrderLists } from './store/order-lists.ts'

export type OrderDeps = UpdateDeps

/** How guests get to see their orders. */
export interface GuestDeps {
  readonly mailer: Mailer
  /** Where links lead: the API, without a slash at its end. */
  readonly apiUrl: string
  /** 43 characters of base64url, 256 bits of chance, that nobody can guess. */
  readonly newToken: () => string
}

/** What other services have of an order. */
export interface ShowDeps extends OrderDeps {
  readonly parts: OrderPartsApi
}

export interface LineDeps extends OrderDeps {
  readonly shipments: ShipmentsApi
}

/** What it takes to forget the people of orders. */
export interface ForgetDeps extends OrderDeps {
  /** How long the law asks for the addresses of an order from its placing on, in milliseconds. */
  readonly keepInvoiceMs: number
}

/** Whether orders are listed by status and by change. */
export interface ListDeps extends OrderDeps {
  readonly lists: OrderLists
}

export interface PlacingDeps extends ForgetDeps, ListDeps {
  readonly guests: GuestDeps
  readonly readReservation: ReadReservation
  /** How long stock is held for an order that names no length, in seconds, and the longest that a customer may ask for. */
  readonly holdSeconds: number
  /** How long an order waits for stock that names no length, in seconds, and the longest that a customer may ask for. */
  readonly waitSeconds: number
  /** What a customer may hold without paying, unless an operator has set something else. */
  readonly limits: Limits
  /** Whether customers may choose `manual`: their orders then wait for an operator, who may find out too late. */
  readonly customersChooseManual: boolean
}

export interface HoldDeps extends OrderDeps {
  readonly timers: Timers
}
