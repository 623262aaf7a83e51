import type { Clock } from '../runtime/clock.ts'
import type { Store } from '../runtime/store.ts'
import type { CardProvider } from './provider.ts'

export interface PaymentParts {
  readonly store: Store
  readonly clock: Clock
  readonly provider: CardProvider
}

export interface WalletParts {
  readonly store: Store
  readonly clock: Clock
  /** What a wallet that nobody has paid into shows its balance in. */
  readonly currency: string
}
