/** A mutant that no test can kill, by the file, the line as it is and as the mutant leaves it. */
export interface Equivalent {
  readonly file: string
  readonly before: string
  readonly after: string
  readonly why: string
}

export const equivalents: readonly Equivalent[] = []
