/** What a mutant changes. */
export const kinds = ['operator', 'boundary', 'guard', 'constant'] as const
export type Kind = (typeof kinds)[number]

/** One small change of a source file. */
export interface Mutant {
  /** From the root of the repository. */
  readonly file: string
  readonly kind: Kind
  /** Offsets of the text that is replaced. */
  readonly start: number
  readonly end: number
  readonly replacement: string
}

export const mutated = (source: string, { start, end, replacement }: Mutant): string =>
  source.slice(0, start) + replacement + source.slice(end)

/** Where the mutant is, and its lines before and after. */
export interface Place {
  readonly line: number
  readonly before: string
  readonly after: string
}

export function placeOf(source: string, mutant: Mutant): Place {
  const from = source.lastIndexOf('\n', mutant.start - 1) + 1
  const newline = source.indexOf('\n', mutant.end)
  const to = newline < 0 ? source.length : newline
  const onOneLine = (text: string): string => text.trim().replaceAll(/\s*\n\s*/g, ' ')
  return {
    line: source.slice(0, from).split('\n').length,
    before: onOneLine(source.slice(from, to)),
    after: onOneLine(source.slice(from, mutant.start) + mutant.replacement + source.slice(mutant.end, to)),
  }
}
