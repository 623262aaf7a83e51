import { type HttpProblem, isProblem } from '../../runtime/errors.ts'
import type { Sender } from '../../runtime/http.ts'
import { poll } from '../../runtime/poll.ts'
import { tooMany } from '../../runtime/rates.ts'
import type { UsersDeps } from '../deps.ts'
import { admitPassword } from '../store/password-rates.ts'

/** How long a lock of the directory is waited out, in milliseconds; its first locks are shorter. */
const lockedMs = 3_000

interface Asked {
  /** Of the account. */
  readonly email: string
  readonly requestId: string
  readonly sender: Sender
  /** What `tried` throws where the password is wrong. */
  readonly wrong: HttpProblem
}

/**
 * Tries a password of an account, where it may be tried now: the one way in which a route does that. Short locks of the directory are waited
 * out for those who are known at their address; strangers are not shown that there is one. Throws `HttpProblem` 429, or what `tried` throws.
 */
export async function tryPassword<Outcome>(
  deps: UsersDeps,
  { email, requestId, sender, wrong }: Asked,
  tried: () => Promise<Outcome | 'locked'>,
): Promise<Outcome> {
  const admitted = await admitPassword(deps, requestId, email, sender)
  const waiting = { waitMs: admitted.isKnown ? lockedMs : 0, isThere: (seen: unknown) => seen !== 'locked' }
  try {
    const outcome = await poll(deps.clock, await tried(), waiting, tried)
    if (outcome === 'locked') throw admitted.isKnown ? tooMany(lockedMs) : wrong
    await admitted.right()
    return outcome
  } catch (error) {
    if (isProblem(error, wrong.code)) throw (await admitted.wrong()) ?? error
    await admitted.open()
    throw error
  }
}
