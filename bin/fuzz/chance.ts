/** Everything that a seed decides. */
export interface Chance {
  /** 0 <= random() < 1. */
  readonly random: () => number
  /** 0 <= below(most) < most, whole. */
  readonly below: (most: number) => number
  /** Whole, both ends included. */
  readonly between: (least: number, most: number) => number
  readonly maybe: (probability: number) => boolean
  readonly pick: <Element>(elements: readonly [Element, ...Element[]] | readonly Element[]) => Element
}

export function chanceOf(seed: number): Chance {
  const random = seeded(Math.imul(seed, 0x9e37_79b1) ^ 0x5bd1_e995)
  const below = (most: number): number => Math.floor(random() * most)
  return {
    random,
    below,
    between: (least, most) => least + below(most - least + 1),
    maybe: (probability) => random() < probability,
    pick: <Element>(elements: readonly Element[]) => elements[below(elements.length)] as Element,
  }
}

/** Mulberry32: the same seed gives the same chances. */
export function seeded(seed = 1): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}
