import type { Role } from '../../schemas/access.ts'
import { type SecretItem, secretKey } from './api-key.ts'
import type { Clock } from './clock.ts'
import type { Item, Key, Store } from './store.ts'

/**
 * What holds of a user now, whatever the user's tokens name: written by the users service, read by every function that checks tokens.
 * A user without a record is what the token names.
 */
export interface PrincipalItem extends Item {
  /** In place of those that the token names. */
  readonly roles?: readonly Role[]
  readonly disabled?: true
  /** Where the stage asks for a proven address first, and the user has none. */
  readonly unverified?: true
  /** The `emailHash` of the address whose mails the user has proven to read. */
  readonly provenEmail?: string
  /** Somebody has asked to erase the account. */
  readonly leaving?: true
  /** Ids of ended sessions, with the time after which nothing of them would be good anyway, in milliseconds since 1970. */
  readonly ended?: Readonly<Record<string, number>>
  /** When somebody ended all sessions last, in milliseconds since 1970: a sign-in that was under way then has to be tried again. */
  readonly endedAllAt?: number
}

/** How late a change of a record may be known, in milliseconds. */
export const principalsKnownMs = 4_000 // mutant: principal-age
/** Records that a function remembers. */
const mostRemembered = 10_000

export const principalKey = (userId: string): Key => ({ pk: userId, sk: 'principal' })

/** The records as one function knows them: each is read at most once in four seconds. */
export class Principals {
  readonly #store: Pick<Store, 'get'>
  readonly #clock: Clock
  readonly #known = new Map<string, { readonly until: number; readonly record: Promise<Item | undefined> }>()

  constructor(store: Pick<Store, 'get'>, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** Throws `StoreUnavailable`. */
  of(userId: string): Promise<PrincipalItem | undefined> {
    return this.#read(principalKey(userId))
  }

  /** What is behind the hash of an API key. A key that is not there is not remembered: it may be made now. Throws `StoreUnavailable`. */
  async secret(hashed: string): Promise<SecretItem | undefined> {
    const key = secretKey(hashed)
    const found = (await this.#read(key)) as SecretItem | undefined
    if (found === undefined) this.#known.delete(key.pk)
    return found
  }

  #read(key: Key): Promise<Item | undefined> {
    const now = this.#clock.now()
    const known = this.#known.get(key.pk)
    if (known && known.until > now) return known.record
    if (this.#known.size >= mostRemembered) this.#known.clear()
    const record = this.#store.get(key, { consistent: true }) // mutant: principal-read
    this.#known.set(key.pk, { until: now + principalsKnownMs, record })
    record.catch(() => this.#known.delete(key.pk))
    return record
  }
}
