import { liveItems } from '../runtime/aws-wiring.ts'
import { sweep } from '../runtime/sweep.ts'
import { sweepWarnings } from './on/due.ts'

/** Every minute: reminds customers whose hold ends. */
export const handler = sweep(() => sweepWarnings(liveItems()))
