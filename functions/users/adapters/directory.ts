import type { Role } from '../../../schemas/users.ts'
import { HttpProblem } from '../../runtime/errors.ts'

/** An account of the directory. */
export interface Account {
  readonly id: string
  readonly email: string
  readonly roles: readonly Role[]
}

export interface SignedIn {
  readonly accessToken: string
  readonly refreshToken: string
  /** Seconds that the access token is good for. */
  readonly expiresIn: number
  readonly account: Account
}

/**
 * The accounts with their passwords and roles. Passwords and tokens live there alone.
 *
 * Every call throws `HttpProblem` 429 `too_many_requests` when the directory throttles, and 503 `unavailable` when it fails.
 */
export interface Directory {
  /**
   * Makes a customer account that can sign in at once. Called again with the same password it finishes what a crash left half-way; what a crash
   * left more than an hour ago, unused since (`isUsed`, by the id of an account), is begun again with any password. Throws
   * `HttpProblem` 409 `email_taken` for another password, 400 `validation_failed` for a password that breaks the directory's policy.
   */
  register(email: string, password: string, isUsed: (id: string) => Promise<boolean>): Promise<Account>
  /**
   * Throws `HttpProblem` 401 `wrong_credentials`, the same for an unknown email and for a wrong password, and 403
   * `registration_unfinished` for the right password of an account whose registration stopped half-way.
   */
  signIn(email: string, password: string): Promise<SignedIn>
  /** The refresh token of the answer is the one given. Throws `HttpProblem` 401 `wrong_credentials`. */
  refresh(refreshToken: string): Promise<SignedIn>
}

export const emailTaken = (): HttpProblem =>
  new HttpProblem(409, 'email_taken', 'There is an account with this email.', {
    errors: [{ path: 'email', message: 'taken' }],
  })

export const wrongCredentials = (): HttpProblem =>
  new HttpProblem(401, 'wrong_credentials', 'The email and password, or the refresh token, are not right.')
