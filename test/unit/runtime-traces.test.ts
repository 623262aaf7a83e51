import { describe, expect, test } from 'vitest'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import { first, next } from '../../functions/runtime/store.ts'
import { traced } from '../../functions/runtime/store.traced.ts'
import { sampledHeader, unsampledHeader } from '../../functions/runtime/trace-header.ts'

const root = 'Root=1-5759e988-bd862e3fe1be46a994272793'
const parent = 'Parent=53995c3f42cd8ad8'
const header = `${root};${parent};Sampled=1`

describe('a trace header', () => {
  test.each([
    ['as Lambda sets it', `${header};Lineage=a87bd80c:1|68fd508a:5`, header],
    ['in another order', `Sampled=1;${parent};${root}`, header],
    ['that is not sampled', `${root};${parent};Sampled=0`, undefined],
    ['without a parent', `${root};Sampled=1`, undefined],
    ['of another form', `Root=1-5759e988;${parent};Sampled=1`, undefined],
    ['that is none', 'garbage', undefined],
    ['that is not there', undefined, undefined],
  ])('%s', (_, sent, kept) => expect(sampledHeader(sent)).toBe(kept))

  test('of which nothing is recorded further on', () => {
    expect(unsampledHeader(header)).toBe(`${root};Sampled=0`)
    expect(unsampledHeader(undefined)).toBeUndefined()
  })
})

describe('a version of an item', () => {
  const key = { pk: 'a', sk: 'x' }
  const plain = memoryStore()
  let current: string | undefined
  const store = traced(plain, () => current)

  test('keeps the trace of its own invocation where it carries events, and of no other', async () => {
    current = header
    const made = first({ ...key, outbox: ['order.placed'] })
    await store.write({ put: made, if: 'absent' })
    expect(await plain.get(key)).toEqual({ ...made, trace: header })

    current = undefined
    const found = await store.get(key)
    const changed = next(found!, { outbox: ['order.reserved'] })
    await store.write({ put: changed, if: { version: 1 } })
    expect(await plain.get(key)).not.toHaveProperty('trace')

    current = header
    await store.write({ put: { ...key, version: 3 }, if: { version: 2 } })
    expect(await plain.get(key)).toEqual({ ...key, version: 3 })
    await store.write({ delete: key, if: { version: 3 } })
    expect(await plain.get(key)).toBeUndefined()
  })
})
