import { localRates } from '../../../lib/rates.ts'
import { handlers as catalogHandlers } from '../../../functions/catalog/http.ts'
import { handlers as inventoryHandlers } from '../../../functions/inventory/http.ts'
import { handlers as ordersHandlers } from '../../../functions/orders/http.ts'
import type { PhotoBucket } from '../../../functions/catalog/adapters/photo-bucket.ts'
import type { PhotoChecks } from '../../../functions/catalog/adapters/photo-checks.ts'
import type { Shrink } from '../../../functions/catalog/adapters/shrink.ts'
import type { GuestDeps } from '../../../functions/orders/deps.ts'
import type { OrderLists } from '../../../functions/orders/store/order-lists.ts'
import { handlers as paymentsHandlers } from '../../../functions/payments/http.ts'
import type { CardProvider } from '../../../functions/payments/adapters/provider.ts'
import type {
  Ask,
  OrderPartsApi,
  Read,
  ReadPath,
  ShipmentsApi,
  ReadReservation,
} from '../../../functions/runtime/api.http.ts'
import type { Clock } from '../../../functions/runtime/clock.ts'
import type { ImportFiles } from '../../../functions/runtime/import-files.ts'
import type { Mailer } from '../../../functions/runtime/mail.ts'
import type { AskOrders } from '../../../functions/runtime/order-access.ts'
import { dispatch } from '../../../functions/runtime/http.ts'
import type { Identify } from '../../../functions/runtime/identity.ts'
import type { Store } from '../../../functions/runtime/store.ts'
import type { Timers } from '../../../functions/runtime/timers.ts'
import { handlers as shippingHandlers } from '../../../functions/shipping/http.ts'
import type { Directory } from '../../../functions/users/adapters/directory.ts'
import { handlers as usersHandlers } from '../../../functions/users/http.ts'
import type { Limits } from '../../../schemas/limits.ts'
import type { PaymentRates } from '../../../schemas/rates.ts'
import type { SourcingRule } from '../../../schemas/sourcing.ts'
import { topology } from '../../../schemas/topology.ts'

/** What a process of a service can reach. */
export interface Reach {
  readonly store: Store
  readonly clock: Clock
  readonly random: () => number
  readonly newId: () => string
  readonly newImportId: () => string
  readonly files: ImportFiles
  readonly newPhotoId: () => string
  readonly bucket: PhotoBucket
  readonly photosUrl: string
  readonly checks: PhotoChecks
  readonly shrink: Shrink
  readonly timers: Timers
  readonly provider: CardProvider
  readonly directory: Directory
  /** What holds of users now. */
  readonly principals: Store
  /** The table of payments, as far as others read it. */
  readonly wallets: Pick<Store, 'get'>
  readonly mailer: Mailer
  readonly newCode: () => string
  readonly newSalt: () => string
  readonly newKeyId: () => string
  readonly newSecret: () => Uint8Array
  readonly verifiesFirst: boolean
  readonly eraseAfterMs: number
  readonly keepInvoiceMs: number
  readonly askOrders: AskOrders
  readonly askStock: Ask
  readonly readPrice: Read
  readonly readProduct: Read
  readonly readPath: ReadPath
  readonly shipments: ShipmentsApi
  readonly parts: OrderPartsApi
  readonly readReservation: ReadReservation
  readonly holdSeconds: number
  readonly waitSeconds: number
  readonly limits: Limits
  readonly customersChooseManual: boolean
  readonly lists: OrderLists
  readonly guests: GuestDeps
  readonly rates: PaymentRates
  readonly maxWrites: number
  readonly sourcing: SourcingRule
}

const currency = 'GBP'

/** The routes of the services that are simulated, with the code that runs in production. */
export const apis = {
  catalog: (reach: Reach, identify: Identify) => dispatch(topology.catalog.routes, catalogHandlers(reach), identify),
  inventory: (reach: Reach, identify: Identify) =>
    dispatch(topology.inventory.routes, inventoryHandlers(reach), identify),
  orders: (reach: Reach, identify: Identify) => dispatch(topology.orders.routes, ordersHandlers(reach), identify),
  payments: (reach: Reach, identify: Identify) =>
    dispatch(topology.payments.routes, paymentsHandlers({ ...reach, currency }), identify),
  shipping: (reach: Reach, identify: Identify) => dispatch(topology.shipping.routes, shippingHandlers(reach), identify),
  users: (reach: Reach, identify: Identify) =>
    dispatch(topology.users.routes, usersHandlers({ ...reach, rates: localRates.users }), identify),
} as const

export type Simulated = keyof typeof apis
export const services = Object.keys(apis) as Simulated[]
/** Those that a queue brings something to. */
export const consumers = services.filter((service) => topology[service].consumes.length > 0)
