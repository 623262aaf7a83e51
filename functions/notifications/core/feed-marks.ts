/**
 * From where on an event can be in the log, by the digest of its id: all pages up to that number were there before any writer tried to put
 * it into one.
 */
export type Marks = Readonly<Record<string, number>>

/** The marks with those of further events, which keep what was first; the same when nothing is new. */
export function withMarks(marks: Marks, digests: readonly string[], from: number): Marks {
  const news = digests.filter((digest) => !Object.hasOwn(marks, digest)) // mutant: feed-first-mark
  return news.length === 0 ? marks : { ...marks, ...Object.fromEntries(news.map((digest) => [digest, from])) }
}

/** The marks of events that are in no page up to these numbers, raised to them; the same when none is lower. */
export function raised(marks: Marks, clear: ReadonlyMap<string, number>): Marks {
  const low = [...clear].filter(([digest, to]) => (marks[digest] ?? to) < to)
  return low.length === 0 ? marks : { ...marks, ...Object.fromEntries(low) }
}
