import type { Category } from '../../../schemas/catalog.ts'
import type { ProblemCode } from '../../../schemas/problems.ts'
import type { Refuse } from '../../runtime/errors.ts'
import { type Item, type Key, type Store, type Write, next } from '../../runtime/store.ts'
import { type Move, type Place, growth, isMove, levelsBelow, maxDepth } from '../core/category.ts'

/**
 * A category counts what stands in it: `members` is the number of products and categories that name it. Whatever enters or leaves
 * writes the new count in its own transaction, under the category's version; one conditional delete at a count of 0 decides that
 * a category may go, and a product that is being put into it at that moment finds its condition failed. The index `category` could
 * not decide this: it trails behind the table.
 */
export interface CategoryItem extends Item {
  readonly name: string
  readonly parentId?: string | undefined
  readonly members: number
  readonly createdAt: string
  readonly updatedAt: string
}

type Categories = ReadonlyMap<string, CategoryItem>

/** The partition of all categories in the index `list`. */
export const allCategories = 'categories'

export const categoryKey = (id: string): Key => ({ pk: id, sk: 'category' })

export const categoryOf = ({ pk, name, parentId, createdAt, updatedAt }: CategoryItem): Category => ({
  id: pk,
  name,
  ...(parentId !== undefined && { parentId }),
  createdAt,
  updatedAt,
})

/** The item of a category: a new one, or the next version of `before`. */
export function placed(id: string, place: Place, at: string, before?: CategoryItem): CategoryItem {
  return {
    ...categoryKey(id),
    ...place,
    version: (before?.version ?? 0) + 1,
    members: before?.members ?? 0,
    createdAt: before?.createdAt ?? at,
    updatedAt: at,
    // By name; the id makes those of one name differ.
    listPk: allCategories,
    listSk: `${place.name.toLowerCase()} ${id}`,
  }
}

export async function findCategory(store: Store, id: string): Promise<CategoryItem | undefined> {
  return (await store.get(categoryKey(id), { consistent: true })) as CategoryItem | undefined
}

/** The categories of these ids that there are, as of now. */
export async function findCategories(
  store: Store,
  ids: Iterable<string | undefined>,
): Promise<Map<string, CategoryItem>> {
  const keys = [...new Set(ids)].filter((id) => id !== undefined).map(categoryKey)
  const items = keys.length === 0 ? [] : await store.getMany(keys, { consistent: true })
  return new Map(items.map((item) => [item.pk, item as CategoryItem]))
}

/** The next versions of the categories that something leaves or enters. */
export function counted(categories: Categories, moves: readonly Move[]): CategoryItem[] {
  return [...growth(moves)].flatMap(([id, by]) => {
    const category = categories.get(id)
    return category === undefined ? [] : [next(category, { members: category.members + by })]
  })
}

/** The writes of what leaves a category. */
export const left = async (store: Store, from: string | undefined): Promise<Write[]> =>
  counted(await findCategories(store, [from]), [{ from }]).map(overBefore)

/** The writes of a product's move. Refuses a category that is not there. */
export async function moved(store: Store, move: Move, refuse: Refuse<'unknown_category'>): Promise<Write[]> {
  if (!isMove(move)) return []
  const categories = await findCategories(store, [move.from, move.to])
  if (move.to !== undefined && !categories.has(move.to)) throw unknownCategory(refuse, 'categoryId')
  return counted(categories, [move]).map(overBefore)
}

/** The write of a next version. */
export const overBefore = (put: CategoryItem): Write => ({ put, if: { version: put.version - 1 } })

/** The categories above a place, the nearest first. Refuses a parent that is not there, and more than 20 levels. */
export async function above(
  store: Store,
  parentId: string | undefined,
  refuse: Refuse<'unknown_category' | 'category_too_deep'>,
): Promise<CategoryItem[]> {
  const line: CategoryItem[] = []
  for (let id = parentId; id !== undefined; id = line.at(-1)?.parentId) {
    const category = await findCategory(store, id)
    if (category === undefined) throw unknownCategory(refuse, 'parentId')
    line.push(category)
    if (line.length >= maxDepth) throw tooDeep(refuse)
  }
  return line
}

/** How many categories are read to find out what stands below one. */
const mostRead = 2_000

/**
 * Refuses the move of a category under `line` that brings what stands below it deeper than 20 levels. An index knows it, which trails: what two
 * moves at once make deeper stays, and so does what is found in none of the first 2,000 categories of the shop.
 */
export async function expectRoom(
  store: Store,
  { pk, members }: CategoryItem,
  line: readonly CategoryItem[],
  refuse: Refuse<'category_too_deep'>,
): Promise<void> {
  if (members === 0 || line.length === 0) return
  const parents = new Map<string, string>()
  let cursor: string | undefined
  let read = 0
  do {
    const page = await store.query({ index: 'list', partition: allCategories, limit: 100, cursor })
    for (const { pk: id, parentId } of page.items as CategoryItem[])
      if (parentId !== undefined) parents.set(id, parentId)
    read += page.items.length
    cursor = page.cursor
  } while (cursor !== undefined && read < mostRead)
  if (line.length + 1 + levelsBelow(pk, parents) > maxDepth) throw tooDeep(refuse)
}

const tooDeep = (refuse: Refuse<'category_too_deep'>) =>
  refusedParent(refuse, 'category_too_deep', `Categories stand at most ${maxDepth} deep.`)

export const refusedParent = <Code extends ProblemCode>(refuse: Refuse<Code>, code: Code, detail: string) =>
  refuse(code, detail, { errors: [{ path: 'parentId', message: detail }] })

const unknownCategory = (refuse: Refuse<'unknown_category'>, path: 'categoryId' | 'parentId') =>
  refuse('unknown_category', 'There is no such category.', { errors: [{ path, message: 'no such category' }] })
