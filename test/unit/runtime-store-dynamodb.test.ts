import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  InternalServerError,
  PutItemCommand,
  QueryCommand,
  ThrottlingException,
  TransactWriteItemsCommand,
  TransactionCanceledException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Clock } from '../../functions/runtime/clock.ts'
import { dynamoStore } from '../../functions/runtime/store.dynamodb.ts'
import { type Item, type Store, StoreUnavailable, type Write, first, next } from '../../functions/runtime/store.ts'

const client = new DynamoDBClient({ region: 'eu-west-1' })
const dynamo = mockClient(client)

let slept: number[]
let now: number
const clock: Clock = {
  now: () => now,
  sleep: async (milliseconds) => {
    slept.push(milliseconds)
    now += milliseconds
  },
}
let store: Store

beforeEach(() => {
  dynamo.reset()
  store = dynamoStore(client, 'table', { random: () => 0.5, clock })
  slept = []
  now = 0
})

const metadata = { $metadata: {}, message: '' }
const throttled = new ThrottlingException(metadata)
const broken = new InternalServerError(metadata)
const timeout = Object.assign(new Error('no answer within 3 s'), { name: 'TimeoutError' })
const refused = (found?: Item) =>
  new ConditionalCheckFailedException({ ...metadata, ...(found && { Item: marshall(found) }) })
const cancelled = (...reasons: { Code: string; Item?: Item }[]) =>
  new TransactionCanceledException({
    ...metadata,
    CancellationReasons: reasons.map(({ Code, Item }) => ({ Code, ...(Item && { Item: marshall(Item) }) })),
  })

const one = first({ pk: 'a', sk: 'x', level: 5 })
const two = next(one, { level: 4 })
const putTwo: Write = { put: two, if: { version: 1 } }
const both: readonly Write[] = [putTwo, { put: first({ pk: 'b', sk: 'x' }), if: 'absent' }]

describe('an error that does not come from AWS', () => {
  test.each([new TypeError('Unsupported type passed'), new RangeError('too large'), new Error('broken')])(
    'is final: %s',
    async (error) => {
      dynamo.on(PutItemCommand).rejects(error)
      await expect(store.write(putTwo)).rejects.toBe(error)
      expect([dynamo.calls().length, slept]).toEqual([1, []])
    },
  )
  test('is not made into one by a value that no item holds', async () => {
    await expect(store.write({ put: { ...one, level: NaN }, if: 'absent' })).rejects.toThrow('DynamoDB does not hold')
    expect(slept).toEqual([])
  })
  test.each(['ECONNRESET', 'EPIPE', 'ENOTFOUND'])('may be a lost answer: %s', async (code) => {
    dynamo
      .on(PutItemCommand)
      .rejectsOnce(Object.assign(new Error('lost'), { code }))
      .rejects(refused(two))
    expect(await store.write(putTwo)).toEqual({ ok: true })
  })
  test('may be an answer of AWS that cannot be read', async () => {
    const unreadable = Object.assign(new SyntaxError('not JSON'), { $metadata: { httpStatusCode: 200 } })
    dynamo.on(PutItemCommand).rejectsOnce(unreadable).rejects(refused(two))
    expect(await store.write(putTwo)).toEqual({ ok: true })
  })
})

describe('a single write', () => {
  test('whose answer was lost counts as applied when it finds its own item', async () => {
    dynamo.on(PutItemCommand).rejectsOnce(timeout).rejects(refused(two))
    expect(await store.write(putTwo)).toEqual({ ok: true })
  })

  test('whose answer was lost is lost to another writer of the same version', async () => {
    const theirs = { ...two, level: 3 }
    dynamo.on(PutItemCommand).rejectsOnce(timeout).rejects(refused(theirs))
    expect(await store.write(putTwo)).toEqual({ ok: false, failed: [{ write: 0, found: theirs }] })
  })

  test.each([
    ['a later version stands there', { ...two, version: 3 }],
    ['nothing is there', undefined],
  ])('whose answer was lost is nobody knows what when %s', async (_, found) => {
    dynamo.on(PutItemCommand).rejectsOnce(broken).rejects(refused(found))
    await expect(store.write(putTwo)).rejects.toThrow(StoreUnavailable)
  })

  test('that was throttled and then overtaken has just lost the race', async () => {
    const later = { ...two, version: 3 }
    dynamo.on(PutItemCommand).rejectsOnce(throttled).rejects(refused(later))
    expect(await store.write(putTwo)).toEqual({ ok: false, failed: [{ write: 0, found: later }] })
  })

  test('that meets a transaction tries again', async () => {
    const conflict = Object.assign(new Error('conflict'), { name: 'TransactionConflictException', $fault: 'client' })
    dynamo.on(PutItemCommand).rejectsOnce(conflict).resolves({})
    expect(await store.write(putTwo)).toEqual({ ok: true })
  })

  test('that deletes does not guess whether it was the one that deleted', async () => {
    dynamo.on(DeleteItemCommand).rejectsOnce(timeout).rejects(refused())
    await expect(store.write({ delete: one, if: { version: 1 } })).rejects.toThrow(StoreUnavailable)
  })

  test('that deletes sends the key and nothing else of the item', async () => {
    dynamo.on(DeleteItemCommand).resolves({})
    await store.write({ delete: one, if: 'any' })
    expect(dynamo.call(0).args[0].input).toMatchObject({ Key: { pk: { S: 'a' }, sk: { S: 'x' } } })
    expect(Object.keys((dynamo.call(0).args[0].input as { Key: object }).Key)).toEqual(['pk', 'sk'])
  })

  test('that only checks is a consistent read', async () => {
    dynamo.on(GetItemCommand).resolves({ Item: marshall(one) })
    expect(await store.write({ check: one, if: 'absent' })).toEqual({ ok: false, failed: [{ write: 0, found: one }] })
    expect(await store.write({ check: one, if: { version: 1 } })).toEqual({ ok: true })
    expect(dynamo.call(0).args[0].input).toMatchObject({ ConsistentRead: true })
  })

  test('that is refused for good is not tried again', async () => {
    const invalid = Object.assign(new Error('too large'), { name: 'ValidationException', $fault: 'client' })
    dynamo.on(PutItemCommand).rejects(invalid)
    await expect(store.write(putTwo)).rejects.toBe(invalid)
    expect(dynamo.calls()).toHaveLength(1)
  })
})

describe('a transaction', () => {
  const tokens = () =>
    dynamo.commandCalls(TransactWriteItemsCommand).map(({ args: [command] }) => command.input.ClientRequestToken)

  test('reports which conditions failed and what was found', async () => {
    dynamo
      .on(TransactWriteItemsCommand)
      .rejects(cancelled({ Code: 'ConditionalCheckFailed', Item: one }, { Code: 'ConditionalCheckFailed' }))
    expect(await store.write(...both)).toEqual({
      ok: false,
      failed: [
        { write: 0, found: one },
        { write: 1, found: undefined },
      ],
    })
  })

  test('that meets another one tries again, with full jitter and growing pauses', async () => {
    const conflict = cancelled({ Code: 'None' }, { Code: 'TransactionConflict' })
    dynamo.on(TransactWriteItemsCommand).rejectsOnce(conflict).rejectsOnce(conflict).rejectsOnce(conflict).resolves({})
    expect(await store.write(...both)).toEqual({ ok: true })
    expect(slept).toEqual([10, 20, 40])
  })

  test('in conflict and with a failed condition has failed', async () => {
    dynamo
      .on(TransactWriteItemsCommand)
      .rejects(cancelled({ Code: 'TransactionConflict' }, { Code: 'ConditionalCheckFailed', Item: one }))
    expect(await store.write(...both)).toEqual({ ok: false, failed: [{ write: 1, found: one }] })
  })

  test('whose answer was lost is sent again with the same token, so that it is applied once', async () => {
    dynamo
      .on(TransactWriteItemsCommand)
      .rejectsOnce(timeout)
      .rejectsOnce(new TransactionInProgressException({ ...metadata }))
      .resolves({})
    expect(await store.write(...both)).toEqual({ ok: true })
    expect(tokens()).toHaveLength(3)
    expect(new Set(tokens()).size).toBe(1)
  })

  test('has a token of its own, even for the same writes', async () => {
    let chance = 0
    const varied = dynamoStore(client, 'table', { random: () => (chance += 0.01), clock })
    dynamo.on(TransactWriteItemsCommand).resolves({})
    await varied.write(...both)
    await varied.write(...both)
    expect(new Set(tokens()).size).toBe(2)
    for (const token of tokens()) expect(token!.length).toBeLessThanOrEqual(36)
  })

  test('that is invalid is an error at once', async () => {
    const invalid = cancelled({ Code: 'ValidationError' }, { Code: 'None' })
    dynamo.on(TransactWriteItemsCommand).rejects(invalid)
    await expect(store.write(...both)).rejects.toBe(invalid)
    expect(dynamo.calls()).toHaveLength(1)
  })
})

describe('retries', () => {
  test('ends after eight attempts', async () => {
    dynamo.on(GetItemCommand).rejects(throttled)
    await expect(store.get(one)).rejects.toThrow(StoreUnavailable)
    expect(dynamo.calls()).toHaveLength(8)
  })

  test('ends early enough for the caller to be answered when every attempt is slow', async () => {
    dynamo.on(GetItemCommand).callsFake(() => {
      now += 3_000
      throw timeout
    })
    await expect(store.get(one)).rejects.toThrow(StoreUnavailable)
    expect(now).toBeLessThan(9_500)
  })
})

describe('many keys', () => {
  const keys = Array.from({ length: 205 }, (_, index) => ({ pk: 'a', sk: `${index}` }))

  test('are read 100 a call, what is left unprocessed again, in the order asked', async () => {
    let calls = 0
    dynamo.on(BatchGetItemCommand).callsFake(({ RequestItems }) => {
      calls += 1
      const asked = RequestItems['table'].Keys as object[]
      const done = calls === 1 ? 60 : asked.length
      return {
        Responses: { table: asked.slice(0, done).toReversed() },
        UnprocessedKeys: done < asked.length ? { table: { Keys: asked.slice(done) } } : {},
      }
    })
    expect(await store.getMany([...keys, ...keys])).toEqual(keys)
    const sizes = dynamo
      .commandCalls(BatchGetItemCommand)
      .map(({ args: [{ input }] }) => input.RequestItems!['table']!.Keys!.length)
    expect(sizes).toEqual([100, 100, 5, 40])
  })

  test('that stay unprocessed make the store unavailable', async () => {
    dynamo.on(BatchGetItemCommand).callsFake(({ RequestItems }) => ({ UnprocessedKeys: RequestItems }))
    await expect(store.getMany(keys.slice(0, 1))).rejects.toThrow(StoreUnavailable)
  })
})

describe('a query', () => {
  const cursor = (position: unknown) => Buffer.from(JSON.stringify(position)).toString('base64url')
  const query = { partition: 'a', from: '3', to: '6', limit: 2 }

  test('goes on where the cursor stands', async () => {
    dynamo.on(QueryCommand).resolves({})
    await store.query({ ...query, cursor: cursor({ pk: 'a', sk: '4' }) })
    expect(dynamo.call(0).args[0].input).toMatchObject({ ExclusiveStartKey: marshall({ pk: 'a', sk: '4' }) })
  })

  test('is not asked of DynamoDB when its cursor stands behind its range', async () => {
    expect(await store.query({ ...query, cursor: cursor({ pk: 'a', sk: '6' }) })).toEqual({ items: [] })
    expect(await store.query({ ...query, cursor: cursor({ pk: 'a', sk: '2' }), descending: true })).toEqual({
      items: [],
    })
    expect(dynamo.calls()).toHaveLength(0)
  })

  test('begins at its range when its cursor stands before it', async () => {
    dynamo.on(QueryCommand).resolves({})
    await store.query({ ...query, cursor: cursor({ pk: 'a', sk: '2' }) })
    expect(dynamo.call(0).args[0].input).not.toHaveProperty('ExclusiveStartKey')
  })

  test('reads on until its page is full, and gives a cursor only if there is more', async () => {
    const items = ['3', '4', '5'].map((sk) => first({ pk: 'a', sk }))
    dynamo
      .on(QueryCommand)
      .resolvesOnce({ Items: [marshall(items[0]!)], LastEvaluatedKey: marshall({ pk: 'a', sk: '3' }) })
      .resolvesOnce({ Items: [marshall(items[1]!)] })
      .resolvesOnce({ Items: items.map((item) => marshall(item)) })
    expect(await store.query(query)).toEqual({ items: items.slice(0, 2) })
    expect(await store.query(query)).toEqual({ items: items.slice(0, 2), cursor: cursor({ pk: 'a', sk: '4' }) })
  })

  test('of an index leaves out items that have left their place since', async () => {
    const entry = (sk: string) => ({ pk: 'a', sk, openPk: 'open', openSk: sk })
    const [stays, moved] = [first(entry('1')), first({ ...entry('2'), openSk: '9' })]
    dynamo.on(QueryCommand).resolves({ Items: ['1', '2', '3'].map((sk) => marshall(entry(sk))) })
    dynamo.on(BatchGetItemCommand).resolves({ Responses: { table: [marshall(moved), marshall(stays)] } })
    expect(await store.query({ index: 'open', partition: 'open', limit: 10 })).toEqual({ items: [stays] })
  })
})
