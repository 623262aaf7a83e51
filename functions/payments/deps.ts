import type { Clock } from '../runtime/clock.ts'
import type { AskOrders } from '../runtime/order-access.ts'
import type { Store } from '../runtime/store.ts'
import type { CardProvider } from './adapters/provider.ts'

export interface PaymentDeps {
  readonly store: Store
  readonly clock: Clock
  readonly provider: CardProvider
}

/** What the routes of payments need beyond that. */
export interface PaymentRouteDeps extends PaymentDeps {
  readonly askOrders: AskOrders
}

export interface WalletDeps {
  readonly store: Store
  readonly clock: Clock
  /** The currency of a wallet without deposits. */
  readonly currency: string
}
