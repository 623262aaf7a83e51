import type { PaymentRates } from '../../schemas/rates.ts'
import type { AskOrders } from '../runtime/order-access.ts'
import type { Store } from '../runtime/store.ts'
import type { UpdateDeps } from '../runtime/update.ts'
import type { CardProvider } from './adapters/provider.ts'

export interface PaymentDeps extends UpdateDeps {
  readonly provider: CardProvider
  /** How often cards of one customer may be declined. */
  readonly rates: PaymentRates
}

/** What the routes of payments need beyond that. */
export interface PaymentRouteDeps extends PaymentDeps {
  readonly askOrders: AskOrders
}

export interface WalletDeps extends UpdateDeps {
  /** The currency of a wallet without deposits. */
  readonly currency: string
  /** What holds of users now. */
  readonly principals: Pick<Store, 'get'>
}
