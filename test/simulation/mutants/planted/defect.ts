/** A mistake to plant: the mark that it hangs on, and what becomes of the code behind the mark. */
export interface Defect {
  readonly name: string
  /** From the root of the repository. */
  readonly file: string
  /** Stands in the file once, as `// mutant: <mark>`, behind the first line of the marked code or in a line of its own before it. */
  readonly mark: string
  readonly change: Change
}

/** The code is left out, its condition is always or never true, or a part of it is another one. */
export type Change =
  | 'drop'
  | 'always'
  | 'never'
  /** The condition. */
  | { readonly test: string }
  /** What is returned, or what the variable or the property gets. */
  | { readonly value: string }
  /** All of it. */
  | { readonly code: string }
  /** The first match. */
  | readonly [find: RegExp, replace: string]

/** A mistake in `functions/<file>.ts`. */
export const defect = (name: string, file: string, mark: string, change: Change): Defect => ({
  name,
  file: `functions/${file}.ts`,
  mark,
  change,
})

/** A write that no longer minds what is there. */
export const unconditional: Change = [/\bif: [^ }]+/, "if: 'any'"]
/** The same of a write in the place of what was read. */
export const overwritten: Change = [/inPlaceOf\([^,]+, ((?:[^()]|\([^()]*\))*)\)/, "{ put: $1, if: 'any' as const }"]
