import { expect, test } from 'vitest'
import { sortableTime } from '../../functions/runtime/clock.ts'
import { listSharded, partitionOf } from '../../functions/runtime/sharded.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import { InvalidCursor, type Query, first } from '../../functions/runtime/store.ts'

const place = (id: string, time: number) => ({ xPk: partitionOf('x', id), xSk: `${sortableTime(time)}#${id}` })

/** A table with these ids in its index `x`, a millisecond apart, and what its queries read. */
async function tableOf(ids: readonly string[]) {
  const table = memoryStore()
  for (const [time, id] of ids.entries())
    await table.write({ put: first({ pk: id, sk: 'item', ...place(id, time) }), if: 'absent' })
  const read: number[] = []
  const query = async (asked: Query) => {
    const page = await table.query(asked)
    read.push(page.items.length)
    return page
  }
  return { ...table, query, readSoFar: () => read.reduce((sum, each) => sum + each, 0) }
}

async function all(ids: readonly string[], limit: number) {
  const table = await tableOf(ids)
  const listed: string[] = []
  let cursor: string | undefined
  do {
    const before = table.readSoFar()
    const page = await listSharded(table, 'x', { limit, cursor })
    expect(table.readSoFar() - before).toBeLessThanOrEqual(2 * limit + 8)
    listed.push(...page.items.map(({ pk }) => pk))
    cursor = page.cursor
  } while (cursor !== undefined)
  return listed
}

const numbered = Array.from({ length: 60 }, (_, index) => `id_${index}`)

test.each([
  ['spread over all partitions', numbered],
  ['in one partition', numbered.map((id) => `${id}_a`)],
  ['of which one is the beginning of the next', ['a', 'aa', 'aaa', 'a-a', 'a_a']],
])('a list %s is whole, in order, and reads a page more than it shows at most', async (_, ids) => {
  for (const limit of [1, 7, 60, 100]) expect(await all(ids, limit)).toEqual(ids)
})

test('a list of nothing is empty', async () => {
  expect(await all([], 10)).toEqual([])
})

test.each([
  '',
  'x',
  Buffer.from('{}').toString('base64url'),
  Buffer.from(`${sortableTime(1)}#a!`).toString('base64url'),
])('the cursor %j is of no list', async (cursor) => {
  const table = await tableOf(['a'])
  await expect(listSharded(table, 'x', { limit: 1, cursor })).rejects.toThrow(InvalidCursor)
})
