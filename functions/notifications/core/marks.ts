import { own } from '../../../schemas/own.ts'

/** What somebody has read. Places are those of messages in the order of their times; times are milliseconds since 1970. */
export interface Marks {
  /** Everything up to this place counts as read. */
  readonly upTo: string
  readonly upToAt: number
  /** Of later ones, those that were read one by one: when, by their places. */
  readonly read: Readonly<Record<string, number>>
}

/** Of somebody who has read nothing. */
export const noMarks: Marks = { upTo: '', upToAt: 0, read: {} }

/** Messages that are read one by one, at most; of more, everything up to the oldest of them counts as read. */
export const mostMarks = 200

/** When the message was read; undefined for one that was not. */
export const readAt = ({ upTo, upToAt, read }: Marks, place: string): number | undefined =>
  own(read, place) ?? (place <= upTo ? upToAt : undefined)

/** The marks with one more message read; the same ones when it was. */
export function withRead(marks: Marks, place: string, at: number): Marks {
  if (readAt(marks, place) !== undefined) return marks
  const read = { ...marks.read, [place]: at }
  const [oldest = place] = Object.keys(read).toSorted()
  return Object.keys(read).length > mostMarks ? withAllRead({ ...marks, read }, oldest, at) : { ...marks, read }
}

/** The marks with everything up to that place read; the same ones when it was. */
export function withAllRead(marks: Marks, upTo: string, at: number): Marks {
  if (upTo <= marks.upTo) return marks
  const read = Object.fromEntries(Object.entries(marks.read).filter(([place]) => place > upTo))
  return { upTo, upToAt: at, read }
}
