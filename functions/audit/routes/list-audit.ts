import type { routes } from '../../../schemas/audit.ts'
import type { Handler } from '../../runtime/http.ts'
import { newestOf } from '../../runtime/sharded.ts'
import { timesOf, walkDown } from '../../runtime/walk-down.ts'
import type { AuditDeps } from '../deps.ts'
import { type List, monthBefore, partitionsIn, recordIn } from '../store/record-item.ts'

const yearMs = 366 * 86_400_000
/** What one request reads at most; the cursor goes on from there. */
const mostPages = 13

/** Lists records by their times, the newest first, month by month: those of a subject, of an actor, or all. */
export function listAudit({ store, clock }: AuditDeps): Handler<typeof routes.listAudit> {
  return async ({ query, refuse }) => {
    const { actor, subject, limit } = query
    const list: List = subject !== undefined ? `subject ${subject}` : actor !== undefined ? `actor ${actor}` : 'all'
    const began = clock.now()
    const times = timesOf(query, (end) => end - yearMs, began, refuse)
    const body = await walkDown(clock, times, { limit, mostPages, began }, async (to, wanted) => {
      const month = monthBefore(to)
      const start = month.start > times.from ? month.start : times.from
      const page = await newestOf(store, partitionsIn(list, month.name), { from: start, to, limit: wanted })
      const taken = page.items.slice(0, wanted)
      return {
        items: taken.map(recordIn).filter((record) => actor === undefined || record.actor.id === actor),
        next: taken.length < page.items.length || page.goesOn ? (taken.at(-1)?.sk ?? start) : start,
      }
    })
    return { body }
  }
}
