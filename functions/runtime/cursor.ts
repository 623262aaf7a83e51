import { InvalidCursor } from './store.ts'

/** A position in a list as clients get it, who give it back unchanged. */
export const cursorOf = (position: string): string => Buffer.from(position).toString('base64url')

/** The position in a cursor. Throws `InvalidCursor` for one that `cursorOf` did not make of a position of that form. */
export function positionOf(cursor: string, form: RegExp): string {
  const position = Buffer.from(cursor, 'base64url').toString()
  if (!form.test(position) || cursorOf(position) !== cursor) throw new InvalidCursor('The cursor is not of this list.')
  return position
}
