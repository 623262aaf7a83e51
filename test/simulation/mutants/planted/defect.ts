/** A mistake to plant: what stands in the code, and what stands there instead. */
export interface Defect {
  readonly name: string
  /** From the root of the repository. */
  readonly file: string
  /** Occurs exactly once in the file. */
  readonly find: string
  readonly replace: string
}

/** A mistake in `functions/<file>.ts`. */
export const defect = (name: string, file: string, find: string, replace: string): Defect => ({
  name,
  file: `functions/${file}.ts`,
  find,
  replace,
})
