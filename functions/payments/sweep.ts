import { PaymentRates } from '../../schemas/rates.ts'
import { liveItems, liveRates } from '../runtime/aws-wiring.ts'
import { sweep } from '../runtime/sweep.ts'
import { liveProvider } from './adapters/stage-provider.ts'
import { sweepPayments } from './on/due.ts'

/** Every minute: asks the provider what became of charges in flight, and performs what is still pending. */
export const handler = sweep(() =>
  sweepPayments({ ...liveItems(), provider: liveProvider(), rates: liveRates(PaymentRates) }),
)
