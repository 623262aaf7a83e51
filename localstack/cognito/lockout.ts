/** The wrong password of one user from which on Cognito locks: 1 second after it, and twice as long after each further one. */
const firstToLock = 5
const longestMs = 900_000
/** The time without a try after which the wrong passwords are forgotten, in milliseconds. */
const forgottenMs = 900_000

/**
 * How Cognito locks a user after wrong passwords, wherever they come from; what is tried while it is locked is refused and not counted.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/authentication.html#authentication-flow-lockout-behavior
 */
export class Lockout {
  #wrong = 0
  #triedAt = 0
  #until = 0

  isLocked(now: number): boolean {
    return now < this.#until
  }

  wrong(now: number): void {
    this.#wrong = now - this.#triedAt < forgottenMs ? this.#wrong + 1 : 1
    this.#triedAt = now
    if (this.#wrong >= firstToLock) this.#until = now + Math.min(1_000 * 2 ** (this.#wrong - firstToLock), longestMs)
  }

  right(): void {
    this.#wrong = 0
  }
}
