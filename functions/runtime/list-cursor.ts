import { type RouteContract, routeKeyOf } from '../../schemas/contract.ts'
import { Paging } from '../../schemas/shared.ts'
import type { Answer } from './answer.ts'
import { canonical, digest } from './ids.ts'
import { InvalidCursor } from './store.ts'

/** What a list is distinguished by. */
interface Asked {
  readonly route: RouteContract
  readonly params: unknown
  readonly query: unknown
  readonly caller: { readonly id: string; readonly privileged: boolean } | undefined
}

const markLength = 8

/**
 * Cursors of one list, as clients get them and give them back: behind a mark of the list, which is its route, what its path names, its filters
 * and, where it is of the caller, the caller. Another list of the same form would take the place for one of its own, and answer a page that begins
 * anywhere. How many items a page has is no part of it.
 */
export class ListCursor {
  readonly #mark: string

  constructor({ route, params, query, caller }: Asked) {
    const { limit: _, cursor: __, ...filters } = { ...(query as object | undefined) } as Record<string, unknown>
    const owner = caller === undefined || caller.privileged ? '' : caller.id
    this.#mark = digest(routeKeyOf(route), canonical([params, filters]), owner).slice(0, markLength)
  }

  /** The request with the cursor as its list has made it. Throws `InvalidCursor` for one of another list. One of an earlier release has no mark. */
  opened<Request extends Asked>(request: Request): Request {
    const { cursor } = { ...(request.query as object | undefined) } as { readonly cursor?: string }
    if (cursor?.at(markLength) !== '.') return request
    if (!cursor.startsWith(this.#mark)) throw new InvalidCursor('The cursor is of another list.')
    return { ...request, query: { ...(request.query as object), cursor: cursor.slice(markLength + 1) } }
  }

  /** The answer with the mark in its cursor, where it has one. */
  sealed(answer: Answer): Answer {
    const { cursor } = { ...(answer.body as object | undefined) } as { readonly cursor?: string }
    return cursor === undefined
      ? answer
      : { ...answer, body: { ...(answer.body as object), cursor: `${this.#mark}.${cursor}` } }
  }
}

/** The cursors of the list that is asked for; undefined for what is no list, and for the feed, whose places are good with any filters. */
export function cursorsOf(request: Asked): ListCursor | undefined {
  const cursor = request.route.query?.shape['cursor']
  return cursor !== undefined && cursor === Paging.shape.cursor ? new ListCursor(request) : undefined
}
