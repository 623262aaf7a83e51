import { liveItems } from '../runtime/aws-wiring.ts'
import { folder } from './adapters/fold.ts'

/** The stream of orders, which is added up. */
export const handler = folder(liveItems)
