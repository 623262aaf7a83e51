import type { Role } from '../../schemas/access.ts'
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
  /** Ids of ended sessions, with the time after which nothing of them would be good anyway, in milliseconds since 1970. */
  readonly ended?: Readonly<Record<string, number>>
}

/** How late a change of a record may be known, in milliseconds. */
export const principalsKnownMs = 4_000
/** Records that a function remembers. */
const mostRemembered = 10_000

export const principalKey = (userId: string): Key => ({ pk: userId, sk: 'principal' })

/** The records as one function knows them: each is read at most once in four seconds. */
export class Principals {
  readonly #store: Pick<Store, 'get'>
  readonly #clock: Clock
  readonly #known = new Map<string, { readonly until: number; readonly record: Promise<PrincipalItem | undefined> }>()

  constructor(store: Pick<Store, 'get'>, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** Throws `StoreUnavailable`. */
  of(userId: string): Promise<PrincipalItem | undefined> {
    const now = this.#clock.now()
    const known = this.#known.get(userId)
    if (known && known.until > now) return known.record
    if (this.#known.size >= mostRemembered) this.#known.clear()
    const record = this.#store.get(principalKey(userId), { consistent: true }) as Promise<PrincipalItem | undefined>
    this.#known.set(userId, { until: now + principalsKnownMs, record })
    record.catch(() => this.#known.delete(userId))
    return record
  }
}
