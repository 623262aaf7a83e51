import type { Category, CategoryPatch } from '../../../schemas/catalog.ts'

/** How many categories may stand one above the other. */
export const maxDepth = 20

/** How many levels stand below a category, by the parent of each; `maxDepth` at most. */
export function levelsBelow(id: string, parents: ReadonlyMap<string, string>): number {
  const below = Map.groupBy(parents.keys(), (each) => parents.get(each))
  let level = below.get(id) ?? []
  let levels = 0
  while (level.length > 0 && levels < maxDepth) {
    levels += 1
    level = level.flatMap((each) => below.get(each) ?? [])
  }
  return levels
}

/** Something that leaves a category, enters one, or both. */
export interface Move {
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** Whether it changes where something stands. */
export const isMove = ({ from, to }: Move): boolean => from !== to

/** By how much each category that is left or entered grows. */
export function growth(moves: readonly Move[]): ReadonlyMap<string, number> {
  const grown = new Map<string, number>()
  const add = (id: string | undefined, by: number) => {
    if (id !== undefined) grown.set(id, (grown.get(id) ?? 0) + by)
  }
  for (const move of moves.filter(isMove)) {
    add(move.from, -1)
    add(move.to, 1)
  }
  return grown
}

/** What operators enter about a category. */
export type Place = Pick<Category, 'name' | 'parentId'>

/** The category with the changes of a patch, null removes its parent; the very same one where nothing changes. */
export function replaced(place: Place, patch: CategoryPatch): Place {
  const name = patch.name ?? place.name
  const parentId = patch.parentId === undefined ? place.parentId : (patch.parentId ?? undefined)
  if (name === place.name && parentId === place.parentId) return place
  return { name, ...(parentId !== undefined && { parentId }) }
}
