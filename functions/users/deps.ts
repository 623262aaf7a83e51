import type { UpdateDeps } from '../runtime/update.ts'
import type { ReadPath } from '../runtime/api.http.ts'
import type { Mailer } from '../runtime/mail.ts'
import type { UserRates } from '../../schemas/rates.ts'
import type { Store } from '../runtime/store.ts'
import type { Directory } from './adapters/directory.ts'

/** What it takes to erase an account. */
export interface EraseDeps extends Pick<UsersDeps, 'store' | 'clock' | 'random' | 'principals' | 'directory'> {
  /** The table of payments: its wallets can be read, one by one. */
  readonly wallets: Pick<Store, 'get'>
}

export interface UsersDeps extends UpdateDeps {
  readonly directory: Directory
  /** What another service answers to the caller. */
  readonly readPath: ReadPath
  /** What holds of users now, for every function that checks tokens. */
  readonly principals: Store
  /** How often what may happen that costs, or that attackers try. */
  readonly rates: UserRates
  /** A new identifier of an address. */
  readonly newId: () => string
  readonly mailer: Mailer
  /** A new code: eight digits that nobody can foresee. */
  readonly newCode: () => string
  /** What a code is hashed with. */
  readonly newSalt: () => string
  /** How long an account that is to be erased can still be kept, in milliseconds. */
  readonly eraseAfterMs: number
  /** Whether an address must be proven first. */
  readonly verifiesFirst: boolean
  /** A new identifier of an API key. */
  readonly newKeyId: () => string
  /** 32 bytes of chance that nobody can guess. */
  readonly newSecret: () => Uint8Array
}
