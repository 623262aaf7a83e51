import { liveItems } from '../runtime/aws-wiring.ts'
import { sweep } from '../runtime/sweep.ts'
import { sweepOrders } from './on/due.ts'

/** Every minute: expires the holds whose timers were lost, and emits again what has no answer. */
export const handler = sweep(() => sweepOrders(liveItems()))
