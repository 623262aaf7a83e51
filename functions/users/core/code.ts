/** How long a mailed code is good, in minutes. */
export const codeMinutes = 15
/** How often a code may be tried, by everybody together. */
export const maxTries = 5

/** The last code that was made for one thing, as it is kept. */
export interface Code {
  /** Of code, address and salt together, with a key of the directory; none where the code was not mailed to anybody. */
  readonly hash?: string | undefined
  /** Milliseconds since 1970. */
  readonly expiresAt: number
  readonly tries: number
  readonly used?: boolean
}

/** A new code. */
export const fresh = (hash: string | undefined, now: number): Code => ({
  hash,
  expiresAt: now + codeMinutes * 60_000,
  tries: 0,
})

/** Whether a code may be tried. */
export const isOpen = ({ used, tries, expiresAt }: Code, now: number): boolean =>
  !used && tries < maxTries && now < expiresAt

/** The code after a try, which is counted whatever it comes to. */
export const tried = (code: Code, isRight: boolean): Code => ({
  ...code,
  tries: code.tries + 1, // mutant: code-tries
  ...(isRight && { used: true }), // mutant: code-once
})
