import { type HttpProblem, type Refuse, isProblem } from '../../runtime/errors.ts'
import type { Sender } from '../../runtime/http.ts'
import { poll } from '../../runtime/poll.ts'
import { tooMany } from '../../runtime/rates.ts'
import type { Failure } from '../adapters/directory.ts'
import type { UsersDeps } from '../deps.ts'
import { admitPassword } from '../store/password-rates.ts'

/** How long a lock of the directory is waited out, in milliseconds; its first locks are shorter. */
const lockedMs = 3_000

interface OfCaller {
  /** Of the account. */
  readonly id: string
  /** Of the account; undefined where it has no profile. */
  readonly email: string | undefined
  readonly password: string
  readonly requestId: string
  readonly sender: Sender
  readonly refuse: Refuse<Failure | 'wrong_password'>
}

/** Passes where this is the password of the account: what a token alone does not do asks for it. Throws `HttpProblem` 403 or 429. */
export async function expectCurrentPassword(deps: UsersDeps, of: OfCaller): Promise<void> {
  const { id, email = id, password, requestId, sender, refuse } = of
  const wrong = wrongPassword(refuse, 'The current password is not right.', 'not right')
  await tryPassword(deps, { email, requestId, sender, wrong }, async () => {
    const is = await deps.directory.isPassword(id, password, refuse)
    if (!is) throw wrong
    return is
  })
}

export const wrongPassword = (refuse: Refuse<'wrong_password'>, detail: string, message: string): HttpProblem =>
  refuse('wrong_password', detail, { errors: [{ path: 'currentPassword', message }] })

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
