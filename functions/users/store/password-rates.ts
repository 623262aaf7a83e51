import type { HttpProblem } from '../../runtime/errors.ts'
import type { Sender } from '../../runtime/http.ts'
import { networkOf } from '../../runtime/network.ts'
import { type Rated, type Seen, count, forget, requireNoWait, seen, tooMany, uncount } from '../../runtime/rates.ts'
import type { UsersDeps } from '../deps.ts'
import { isKnownAt, readKnownAddresses, rememberAddress } from './known-addresses-item.ts'

/** A password that may be tried, and what its outcome does to the counts. */
export interface Admitted {
  /** Whether the account has signed in from the address before. */
  readonly isKnown: boolean
  /** The password was right. */
  right(): Promise<void>
  /** The password was wrong, or there is no such account; returns what to answer in place of that, where a stranger would not have been let in. */
  wrong(): Promise<HttpProblem | undefined>
  /** The directory did not answer. It may have counted all the same: for strangers the try stays counted. */
  open(): Promise<void>
}

/**
 * Admits a try of the password of an account, to sign in or to set another, counted before it is made. From an address that the account has signed in from, only tries for that account from there
 * count, and those of the address in a day; any other address is a stranger, and all strangers together have few tries: the directory locks
 * an account for everybody after a few wrong passwords, and no stranger may bring that about. An account that is not there has the
 * same counts, by the same calls. Throws `HttpProblem` 429.
 */
export async function admitPassword(deps: UsersDeps, cause: string, email: string, sender: Sender): Promise<Admitted> {
  const { store, clock, rates } = deps
  const address = networkOf(sender.ip)
  const pair: Rated = { name: 'wrongPasswords', of: [email, address], rate: rates.wrongPasswords }
  const strangers: Rated = { name: 'strangers', of: [email], rate: rates.strangers }
  const [known, counts] = await Promise.all([
    readKnownAddresses(store, email),
    seen(deps, [
      pair,
      { name: 'signInsOfAddress', of: [address], rate: rates.signInsOfAddress },
      { name: 'wrongPasswordsOfAddress', of: [address], rate: rates.wrongPasswordsOfAddress },
      strangers,
    ]),
  ])
  const [ofPair, ofAddress, wrongOfAddress, ofStrangers] = counts as [Seen, Seen, Seen, Seen]
  const isKnown = isKnownAt(known, email, sender, clock.now())
  const strangerWaitMs = Math.max(wrongOfAddress.waitMs, ofStrangers.waitMs)
  const charged = isKnown ? [ofPair, ofAddress] : [ofPair, ofAddress, ofStrangers]
  requireNoWait([...charged.map(({ waitMs }) => waitMs), isKnown ? 0 : strangerWaitMs])
  requireNoWait(await Promise.all(charged.map((each) => count(deps, cause, each))))
  return {
    isKnown,
    right: async () => {
      await Promise.all([
        forget(store, pair),
        ...(isKnown ? [] : [forget(store, strangers)]),
        rememberAddress(store, known, email, sender, clock.now()),
      ])
    },
    wrong: async () => {
      await count(deps, cause, wrongOfAddress)
      return strangerWaitMs > 0 ? tooMany(strangerWaitMs) : undefined
    },
    open: async () => {
      await Promise.all([ofPair, ofAddress].map((each) => uncount(deps, each)))
    },
  }
}
