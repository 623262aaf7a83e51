import { env, requiredCount } from '../runtime/env.ts'
import { liveItems } from '../runtime/aws-wiring.ts'
import { sweep } from '../runtime/sweep.ts'
import { sweepOrders } from './on/due.ts'

/** Every minute: expires the holds whose timers were lost, emits again what has no answer, and forgets people who are erased. */
export const handler = sweep(() =>
  sweepOrders({ ...liveItems(), keepInvoiceMs: requiredCount(env.keepInvoiceDays) * 86_400_000 }),
)
