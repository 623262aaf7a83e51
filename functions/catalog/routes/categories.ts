import type { Category, routes } from '../../../schemas/catalog.ts'
import { timeOf } from '../../runtime/clock.ts'
import { expectMatch, tagOfBody } from '../../runtime/entity-tag.ts'
import { commit } from '../../runtime/idempotent-commit.ts'
import type { Answer } from '../../runtime/answer.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import type { Write } from '../../runtime/store.ts'
import { type Move, isMove, replaced } from '../core/category.ts'
import {
  type CategoryItem,
  above,
  allCategories,
  categoryKey,
  categoryOf,
  counted,
  expectRoom,
  findCategories,
  findCategory,
  left,
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

export function getCategory(deps: CatalogDeps): Handler<typeof routes.getCategory> {
  return async (request) => answerOf(await existing(deps, request))
}

export function createCategory(deps: CatalogDeps): Handler<typeof routes.createCategory> {
  const { store, clock, newId } = deps
  return (request) => {
    const id = newId()
    const { name, parentId } = request.body
    return commit(deps, request, async () => {
      const place = { name, ...(parentId !== undefined && { parentId }) }
      const category = placed(id, place, timeOf(clock.now()))
      const line = await above(store, parentId, request.refuse)
      const entering = await underParent(deps, { to: parentId }, line)
      return { writes: [{ put: category, if: 'absent' }, ...entering], answer: answerOf(category) }
    })
  }
}

export function updateCategory(deps: CatalogDeps): Handler<typeof routes.updateCategory> {
  const { store, clock } = deps
  return (request) =>
    commit(deps, request, async () => {
      const before = await existing(deps, request)
      expectMatch(request, tagOfBody(categoryOf(before)))
      const { name, parentId } = before
      const place = { name, ...(parentId !== undefined && { parentId }) }
      const changed = replaced(place, request.body)
      if (changed === place) return { writes: [], answer: answerOf(before) }
      const after = placed(before.pk, changed, timeOf(clock.now()), before)
      const move = { from: before.parentId, to: after.parentId }
      const line = await above(store, isMove(move) ? move.to : undefined, request.refuse)
      if (line.some(({ pk }) => pk === after.pk))
        throw refusedParent(request.refuse, 'category_cycle', 'It stands in this category itself.')
      await expectRoom(store, before, line, request.refuse)
      const moving = await underParent(deps, move, line)
      return { writes: [overBefore(after), ...moving], answer: answerOf(after) }
    })
}

export function deleteCategory(deps: CatalogDeps): Handler<typeof routes.deleteCategory> {
  const { store } = deps
  return (request) =>
    commit(deps, request, async () => {
      const category = await existing(deps, request)
      expectMatch(request, tagOfBody(categoryOf(category)))
      if (category.members > 0)
        throw request.refuse('category_in_use', 'Products or categories stand in it. Move them first.')
      const leaving = await left(store, category.parentId)
      const gone: Write = { delete: categoryKey(category.pk), if: { version: category.version } }
      return { writes: [gone, ...leaving], answer: {} }
    })
}

/**
 * The writes that bring a category under its parent. Each category above, in `line`, must still be as it was read: two moves at once
 * cannot close a circle.
 */
async function underParent({ store }: CatalogDeps, move: Move, line: readonly CategoryItem[]): Promise<Write[]> {
  if (!isMove(move)) return []
  const before = await findCategories(store, [move.from])
  const parents = counted(new Map([...before, ...line.map((category) => [category.pk, category] as const)]), [move])
  const others = line.filter(({ pk }) => parents.every((parent) => parent.pk !== pk))
  return [
    ...parents.map(overBefore),
    ...others.map(({ pk, version }): Write => ({ check: categoryKey(pk), if: { version } })),
  ]
}

type OfCategory = Request<typeof routes.getCategory | typeof routes.updateCategory | typeof routes.deleteCategory>

async function existing({ store }: CatalogDeps, { params: { id }, refuse }: OfCategory): Promise<CategoryItem> {
  const category = await findCategory(store, id)
  if (category === undefined) throw refuse('category_not_found', `There is no category ${id}.`)
  return category
}

const answerOf = (category: CategoryItem): Answer<Category> => ({ body: categoryOf(category) })
