import { liveItems, livePrincipals, liveWallets } from '../runtime/aws-wiring.ts'
import { sweep } from '../runtime/sweep.ts'
import { liveDirectory } from './adapters/directory.cognito.ts'
import { sweepUsers } from './on/due.ts'

/** Every minute: erases the accounts whose time of grace is over. */
export const handler = sweep(() =>
  sweepUsers({ ...liveItems(), principals: livePrincipals(), wallets: liveWallets(), directory: liveDirectory() }),
)
