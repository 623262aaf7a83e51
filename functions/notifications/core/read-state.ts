import { own } from '../../../schemas/own.ts'

/** What somebody has read. Places are those of messages in the order of their times; times are milliseconds since 1970. */
export interface ReadState {
  /** Everything up to this place counts as read. */
  readonly upTo: string
  readonly upToAt: number
  /** Of later ones, those that were read one by one: when, by their places. */
  readonly read: Readonly<Record<string, number>>
}

/** Of somebody who has read nothing. */
export const nothingRead: ReadState = { upTo: '', upToAt: 0, read: {} }

/** Messages that are read one by one, at most; of more, everything up to the oldest of them counts as read. */
export const mostSingle = 200

/** When the message was read; undefined for one that was not. */
export const readAt = ({ upTo, upToAt, read }: ReadState, place: string): number | undefined =>
  own(read, place) ?? (place <= upTo ? upToAt : undefined)

/** What is read, with one more message; the same when it was read before. */
export function withRead(seen: ReadState, place: string, at: number): ReadState {
  if (readAt(seen, place) !== undefined) return seen
  const read = { ...seen.read, [place]: at }
  const [oldest = place] = Object.keys(read).toSorted()
  return Object.keys(read).length > mostSingle ? withAllRead({ ...seen, read }, oldest, at) : { ...seen, read }
}

/** What is read, with everything up to that place; the same when it was read before. */
export function withAllRead(seen: ReadState, upTo: string, at: number): ReadState {
  if (upTo <= seen.upTo) return seen
  const read = Object.fromEntries(Object.entries(seen.read).filter(([place]) => place > upTo))
  return { upTo, upToAt: at, read }
}
