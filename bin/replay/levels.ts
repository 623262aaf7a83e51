/** The count of a sku over all warehouses. */
export type Levels = Readonly<Record<(typeof stockStates)[number] | 'onHand', number>>

export const stockStates = ['available', 'reserved', 'allocated', 'unavailable'] as const

/** The sums over levels of warehouses, or of skus. */
export function levelsOf(items: readonly Levels[]): Levels {
  const sum = (part: keyof Levels): number => items.reduce((total, level) => total + level[part], 0)
  return {
    onHand: sum('onHand'),
    available: sum('available'),
    reserved: sum('reserved'),
    allocated: sum('allocated'),
    unavailable: sum('unavailable'),
  }
}
