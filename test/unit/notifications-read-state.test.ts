import { describe, expect, it } from 'vitest'
import {
  type ReadState,
  mostSingle,
  nothingRead,
  readAt,
  withAllRead,
  withRead,
} from '../../functions/notifications/core/read-state.ts'

const place = (number: number): string => `${String(number).padStart(13, '0')}#X`

describe('what is read of an inbox', () => {
  it('is nothing at first', () => {
    expect(readAt(nothingRead, place(1))).toBeUndefined()
  })

  it('is each message that was read by itself, at the time of its first reading', () => {
    const once = withRead(nothingRead, place(5), 100)
    expect(readAt(once, place(5))).toBe(100)
    expect(readAt(once, place(4))).toBeUndefined()
    expect(withRead(once, place(5), 200)).toBe(once)
  })

  it('is everything up to a place, and keeps when a message was read before', () => {
    const one = withRead(withRead(nothingRead, place(5), 100), place(9), 110)
    const all = withAllRead(one, place(7), 200)
    expect([4, 5, 7, 8, 9].map((number) => readAt(all, place(number)))).toEqual([200, 200, 200, undefined, 110])
    expect(all.read).toEqual({ [place(9)]: 110 })
  })

  it('never shrinks', () => {
    const all = withAllRead(nothingRead, place(7), 200)
    expect(withAllRead(all, place(6), 300)).toBe(all)
    expect(withRead(all, place(3), 300)).toBe(all)
  })

  it('stays small: of very many that are read one by one, all up to the oldest count as read', () => {
    let seen: ReadState = nothingRead
    for (let number = 1; number <= mostSingle + 1; number += 1) seen = withRead(seen, place(2 * number), number)
    expect(Object.keys(seen.read)).toHaveLength(mostSingle)
    expect([1, 2, 3, 4].map((number) => readAt(seen, place(number)))).toEqual([
      mostSingle + 1,
      mostSingle + 1,
      undefined,
      2,
    ])
  })

  it('takes no place for a field of every object', () => {
    expect(readAt(withRead(nothingRead, place(1), 1), 'constructor')).toBeUndefined()
  })
})
