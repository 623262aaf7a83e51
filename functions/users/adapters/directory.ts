import type { Role } from '../../../schemas/access.ts'
import type { Refuse } from '../../runtime/errors.ts'

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
  readonly session: {
    readonly id: string
    /** Milliseconds since 1970, to the second. */
    readonly beganAt: number
  }
}

/**
 * The accounts with their passwords and roles. Passwords and tokens live there alone. Every call refuses `too_many_requests` when the
 * directory throttles, and is `unavailable` when it fails.
 */
export interface Directory {
  /**
   * Makes a customer account that can sign in at once. Called again with the same password it finishes what a crash left half-way; what a crash
   * left more than an hour ago, unused since (`isUsed`, by the id of an account), is begun again with any password. Refuses another
   * password, and one that breaks the directory's policy.
   */
  register(
    email: string,
    password: string,
    isUsed: (id: string) => Promise<boolean>,
    refuse: Refuse<Failure | 'email_taken'>,
  ): Promise<Account>
  /**
   * Refuses an unknown email and a wrong password alike, and the right password of an account whose registration stopped half-way as
   * `registration_unfinished`. `locked` where it has counted too many wrong passwords of the account, from whatever address, and tries
   * none for some seconds or minutes.
   */
  signIn(
    email: string,
    password: string,
    refuse: Refuse<Failure | 'wrong_credentials' | 'registration_unfinished'>,
  ): Promise<SignedIn | 'locked'>
  /** The account with this email, and whether it may sign in. */
  find(email: string, refuse: Refuse<Failure>): Promise<{ readonly id: string; readonly enabled: boolean } | undefined>
  /** Whether the password is that of the account, which may sign in; `locked` as at a sign-in. */
  isPassword(id: string, password: string, refuse: Refuse<Failure>): Promise<boolean | 'locked'>
  /** Gives the account another password. Refuses one that breaks the directory's policy, and an account that is gone as one that is changing. */
  setPassword(id: string, password: string, refuse: Refuse<Failure>): Promise<void>
  /** Gives the account another email, by which it signs in from then on; `taken` where another account has it. */
  setEmail(id: string, email: string, refuse: Refuse<Failure>): Promise<'set' | 'taken'>
  /** Gives the account these roles alone. Refuses an account that is gone as one that is changing. */
  setRoles(id: string, roles: readonly Role[], refuse: Refuse<Failure>): Promise<void>
  /** Lets the account sign in, or no more. */
  setEnabled(id: string, enabled: boolean, refuse: Refuse<Failure>): Promise<void>
  /** Deletes the account, if it is there: its email is free then. Throws whatever keeps it from that: no request waits for it. */
  remove(id: string): Promise<void>
  /** The refresh token of the answer is the one given. */
  refresh(refreshToken: string, refuse: Refuse<Failure | 'wrong_credentials'>): Promise<SignedIn>
  /** What mailed codes are hashed with: made of a secret that the directory keeps, and one for the whole stage. It is in no table. */
  codeKey(refuse: Refuse<Failure>): Promise<string>
}

export type Failure = 'validation_failed' | 'too_many_requests' | 'unavailable'

export const emailTaken = (refuse: Refuse<'email_taken'>) =>
  refuse('email_taken', 'There is an account with this email.', {
    errors: [{ path: 'email', message: 'taken' }],
  })

export const wrongCredentials = (refuse: Refuse<'wrong_credentials'>) =>
  refuse('wrong_credentials', 'The email and password, or the refresh token, are not right.')
