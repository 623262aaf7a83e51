import { cursorOf } from './cursor.ts'
import { answeredBytes, isFull } from './page-size.ts'
import { type Listed, listSharded } from './sharded.ts'
import { placeOf } from './store.rules.ts'
import type { Item, Store } from './store.ts'

/** How often one request reads on where it leaves out what it has read. */
const maxReadings = 5

/** As of any list; and how many items are read at once, by default as many as are wanted. */
export interface Sifted extends Listed {
  readonly atOnce?: number
}

/**
 * A page of a list in an index, without what `sift` leaves out: it is given what was read, and returns something or nothing for each. Work per
 * request is bounded, so a page may hold fewer than `limit`, or none, and still have a cursor. Throws `InvalidCursor`.
 */
export async function listSifted<Each>(
  store: Store,
  index: string,
  { atOnce, ...asked }: Sifted,
  sift: (items: readonly Item[]) => readonly (Each | undefined)[] | Promise<readonly (Each | undefined)[]>,
): Promise<{ readonly items: Each[]; readonly cursor?: string }> {
  const { sort } = placeOf(index)
  const items: Each[] = []
  let bytes = 0
  let { cursor } = asked
  for (let readings = 0; readings < maxReadings; readings += 1) {
    const page = await listSharded(store, index, { ...asked, limit: atOnce ?? asked.limit, cursor })
    for (const [at, each] of (await sift(page.items)).entries()) {
      if (each === undefined) continue
      items.push(each)
      bytes += answeredBytes(each)
      if (items.length < asked.limit && !isFull(bytes)) continue
      const isLast = at + 1 === page.items.length
      const next = isLast ? page.cursor : cursorOf(String(page.items[at]?.[sort]))
      return { items, ...(next !== undefined && { cursor: next }) }
    }
    ;({ cursor } = page)
    if (cursor === undefined) return { items }
  }
  return { items, ...(cursor !== undefined && { cursor }) }
}
