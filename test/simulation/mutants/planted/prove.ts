import { availableParallelism } from 'node:os'
import { all as defects, pairs } from './defects.ts'
import type { Seeds } from '../../runs/many.ts'
import { inWorkers } from '../../runs/workers.ts'

/** Defects that are planted together, and a seed that has found them before. */
export interface Experiment {
  readonly planted: readonly string[]
  readonly known: number | undefined
}

/** What found the defects that were planted together. */
export interface Finding extends Pick<Experiment, 'planted'> {
  /** The seed whose history breaks a promise, and which one; missing when none does. */
  readonly found?: { readonly seed: number; readonly promise: string }
}

/** What stands in the first column of the tables. */
export const nameOf = ({ planted }: Pick<Finding, 'planted'>): string => planted.join(' + ')

/** Each defect alone, then the pairs; of those with `part` in a name. */
export const experiments = (part: string): readonly (readonly string[])[] =>
  [...defects.map(({ name }) => [name]), ...pairs].filter((names) => names.some((name) => name.includes(part)))

/**
 * Plants the defects of each experiment into the code and runs histories until one finds them: that of the seed that is `known` for what is
 * planted, then the seeds in their order; as many experiments at once as the machine has cores. The findings come in the order of the
 * experiments.
 */
export const prove = (
  wanted: readonly (readonly string[])[],
  seeds: Seeds,
  known: ReadonlyMap<string, number> = new Map(),
): AsyncGenerator<Finding> =>
  inWorkers(
    new URL('prove-worker.ts', import.meta.url),
    availableParallelism(),
    wanted.map((planted): Experiment => ({ planted, known: known.get(nameOf({ planted })) })),
    seeds,
  )
