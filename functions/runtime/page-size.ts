/**
 * What the items of one page may take, in bytes, as they are handed on. Lambda hands on 6 MB, and the largest item that is added when this is
 * nearly used up takes 2.8 MB: 400 KB of characters that take seven bytes each when JSON is put into JSON.
 */
const maxPageBytes = 3_000_000

/** The items of a page that one answer can carry: all of them, or the first ones, one at least. A page may be short, and go on by its cursor. */
export function carried<Each>(items: readonly Each[]): readonly Each[] {
  let bytes = 0
  const end = items.findIndex((item) => {
    if (isFull(bytes)) return true
    bytes += answeredBytes(item)
    return false
  })
  return end < 0 ? items : items.slice(0, end)
}

/** The bytes that a value takes in the answer of a function, where JSON is a text within JSON. */
export const answeredBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(JSON.stringify(value)))

/** Whether a page with that many bytes takes no further item. */
export const isFull = (bytes: number): boolean => bytes >= maxPageBytes
