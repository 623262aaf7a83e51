import type { Chance } from '../../../bin/fuzz/chance.ts'

/** What every object of JavaScript has under these names, a table of the shop must not find. */
const inherited = ['constructor', 'toString', 'hasOwnProperty', 'valueOf', 'isPrototypeOf'] as const

/** Names of a kind, by their number from 1: `sku-1`, or now and then such as every object has. */
export type Names = (number: number) => string

/** Names that start with the kind; in one shop of seven the first few are inherited ones. */
export function namesOf(kind: string, chance: Chance): Names {
  const odd = chance.maybe(0.15) ? inherited : []
  return (number) => odd[number - 1] ?? `${kind}-${number}`
}
