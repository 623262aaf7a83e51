import type { AuditRecord } from '../../../schemas/audit.ts'
import { sortableTime, timeOf } from '../../runtime/clock.ts'
import { partitionOf, partitionsOf } from '../../runtime/sharded.ts'
import { type Item, type Write, first } from '../../runtime/store.ts'

/** A record as one of the lists has it: an item for each list, and all of the record in each, so that a page is read by queries alone. */
interface RecordItem extends Item {
  readonly record: AuditRecord
}

/** A list of records: of all, of an actor, of a subject. */
export type List = 'all' | `actor ${string}` | `subject ${string}`

/** The writes of a record, by single puts that find nothing there. */
export const recordWrites = (record: AuditRecord): readonly Write[] =>
  listsOf(record).map((list) => {
    const item: RecordItem = first({
      pk: partitionOf(chapterOf(list, monthOf(record.at)), record.id),
      sk: placeOf(record),
      record,
    })
    return { put: item, if: 'absent' }
  })

const listsOf = ({ actor, subject }: AuditRecord): readonly List[] => ['all', `actor ${actor.id}`, `subject ${subject}`]

/** The partitions of a list in a month (`2026-11`): eight, and others in the next month, so that none grows with the shop. */
export const partitionsIn = (list: List, month: string): readonly string[] => partitionsOf(chapterOf(list, month))

const chapterOf = (list: List, month: string): string => `${list} ${month}`

/** Of a time as items have it, in UTC. */
const monthOf = (at: string): string => at.slice(0, 7)

/** The month that holds the last moment before a place, and the place where it begins. */
export function monthBefore(place: string): { readonly name: string; readonly start: string } {
  const [time, id] = place.split('#')
  const name = monthOf(timeOf(Number(time) - (id === undefined ? 1 : 0)))
  return { name, start: sortableTime(Date.parse(`${name}-01T00:00:00.000Z`)) }
}

/** Where a record stands in its lists. */
const placeOf = ({ id, at }: AuditRecord): string => `${sortableTime(Date.parse(at))}#${id}`

export const recordIn = (item: Item): AuditRecord => (item as RecordItem).record
