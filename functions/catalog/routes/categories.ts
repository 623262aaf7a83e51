import type { Category, routes } from '../../../schemas/catalog.ts'
import { timeOf } from '../../runtime/clock.ts'
import { commit } from '../../runtime/idempotent-commit.ts'
import { conflict, notFound } from '../../runtime/errors.ts'
import type { Answer, Handler } from '../../runtime/http.ts'
import type { Write } from '../../runtime/store.ts'
import { isMove, replaced } from '../core/category.ts'
import {
  type CategoryItem,
  above,
  allCategories,
  categoryKey,
  categoryOf,
  counted,
  findCategories,
  findCategory,
  overBefore,
  placed,
  refusedParent,
} from '../store/category-item.ts'
import type { CatalogDeps } from '../deps.ts'

export function listCategories({ store }: CatalogDeps): Handler<typeof routes.listCategories> {
  return async ({ query: { limit, cursor } }) => {
    const page = await store.query({
      index: 'list',
      partition: allCategories,
      limit,
      ...(cursor !== undefined && { cursor }),
    })
    return { body: { ...page, items: page.items.map((item) => categoryOf(item as CategoryItem)) } }
  }
}

export function createCategory(deps: CatalogDeps): Handler<typeof routes.createCategory> {
  const { clock, newId } = deps
  return (request) => {
    const id = newId()
    const { name, parentId } = request.body
    return commit(deps, request, async () => {
      const place = { name, ...(parentId !== undefined && { parentId }) }
      const category = placed(id, place, timeOf(clock.now()))
      const entering = await underParent(deps, undefined, category)
      return { writes: [{ put: category, if: 'absent' }, ...entering], answer: answerOf(category) }
    })
  }
}

export function updateCategory(deps: CatalogDeps): Handler<typeof routes.updateCategory> {
  const { clock } = deps
  return (request) =>
    commit(deps, request, async () => {
      const before = await existing(deps, request.params.id)
      const { name, parentId } = before
      const place = { name, ...(parentId !== undefined && { parentId }) }
      const changed = replaced(place, request.body)
      if (changed === place) return { writes: [], answer: answerOf(before) }
      const after = placed(before.pk, changed, timeOf(clock.now()), before)
      const moving = await underParent(deps, before, after)
      return { writes: [overBefore(after), ...moving], answer: answerOf(after) }
    })
}

export function deleteCategory(deps: CatalogDeps): Handler<typeof routes.deleteCategory> {
  const { store } = deps
  return (request) =>
    commit(deps, request, async () => {
      const category = await existing(deps, request.params.id)
      if (category.members > 0)
        throw conflict('category_in_use', 'Products or categories stand in it. Move them first.')
      const leaving = counted(await findCategories(store, [category.parentId]), [{ from: category.parentId }])
      const gone: Write = { delete: categoryKey(category.pk), if: { version: category.version } }
      return { writes: [gone, ...leaving.map(overBefore)], answer: {} }
    })
}

/**
 * The writes that bring a category under its parent. Each category above must still be as it was read: two moves at once cannot
 * close a circle.
 */
async function underParent(
  { store }: CatalogDeps,
  before: CategoryItem | undefined,
  after: CategoryItem,
): Promise<Write[]> {
  const move = { from: before?.parentId, to: after.parentId }
  if (!isMove(move)) return []
  const line = await above(store, move.to)
  if (line.some(({ pk }) => pk === after.pk))
    throw refusedParent('category_cycle', 'It stands in this category itself.')
  const left = await findCategories(store, [move.from])
  const parents = counted(new Map([...left, ...line.map((category) => [category.pk, category] as const)]), [move])
  const others = line.filter(({ pk }) => parents.every((parent) => parent.pk !== pk))
  return [
    ...parents.map(overBefore),
    ...others.map(({ pk, version }): Write => ({ check: categoryKey(pk), if: { version } })),
  ]
}

async function existing({ store }: CatalogDeps, id: string): Promise<CategoryItem> {
  const category = await findCategory(store, id)
  if (category === undefined) throw notFound('category_not_found', `There is no category ${id}.`)
  return category
}

const answerOf = (category: CategoryItem): Answer<Category> => ({ body: categoryOf(category) })
