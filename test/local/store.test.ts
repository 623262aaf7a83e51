import { deepStrictEqual } from 'node:assert'
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { storeClientSettings } from '../../functions/runtime/aws.ts'
import { systemClock } from '../../functions/runtime/clock.ts'
import { dynamoStore } from '../../functions/runtime/store.dynamodb.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import type { Item, Key, Query, Store, Write } from '../../functions/runtime/store.ts'
import { type LocalDynamo, startDynamo } from '../../localstack/dynamodb/start-emulator.ts'

const table = `stores-${process.pid}-${Date.now()}`
const index = 'place'

let dynamo: LocalDynamo
let live: Store

beforeAll(async () => {
  dynamo = await startDynamo()
  const client = new DynamoDBClient({
    ...storeClientSettings,
    endpoint: dynamo.endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  await createTable(client)
  live = dynamoStore(client, table, { random: Math.random, clock: systemClock })
})

afterAll(() => dynamo?.stop())

async function createTable(client: DynamoDBClient): Promise<void> {
  const text = (...names: string[]) => names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const }))
  const keys = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ]
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: text('pk', 'sk', `${index}Pk`, `${index}Sk`),
      KeySchema: keys('pk', 'sk'),
      GlobalSecondaryIndexes: [
        {
          IndexName: index,
          KeySchema: keys(`${index}Pk`, `${index}Sk`),
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    }),
  )
}

type Operation =
  | { readonly kind: 'write'; readonly writes: readonly Write[]; readonly twice: boolean }
  | { readonly kind: 'read'; readonly keys: readonly Key[] }
  | { readonly kind: 'query'; readonly query: Query; readonly other: Query }

// Their order by bytes is not their order in JavaScript.
const sort = fc.constantFrom('a', 'b', 'b!', 'c', 'é', '\uFFFD', '\u{1F600}')
const partition = fc.constantFrom('p', 'q')
const version = fc.integer({ min: 1, max: 3 })
const key = fc.record({ pk: partition, sk: sort })

const value = fc.anything({
  values: [fc.string({ unit: 'binary' }), fc.integer(), fc.boolean(), fc.constantFrom(null, undefined, -0, 0.1)],
  key: fc.constantFrom('', 'a', 'b', 'version', 'constructor', 'toString', 'hasOwnProperty', 'S', 'é'),
  maxDepth: 2,
  maxKeys: 3,
})

const item: fc.Arbitrary<Item> = fc
  .tuple(
    fc.record({ pk: partition, sk: sort, version }),
    fc.option(fc.record({ [`${index}Pk`]: partition, [`${index}Sk`]: fc.constantFrom('a', 'b', '\u{1F600}') })),
    fc.option(fc.record({ value })),
  )
  .map(([named, place, rest]) => ({ ...named, ...place, ...rest }))

const absent = fc.constant('absent' as const)
const any = fc.constant('any' as const)
const seen = fc.record({ version })
const write: fc.Arbitrary<Write> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ put: item, if: fc.oneof(absent, any, seen) }) },
  { weight: 1, arbitrary: fc.record({ delete: key, if: fc.oneof(any, seen) }) },
  { weight: 1, arbitrary: fc.record({ check: key, if: fc.oneof(absent, seen) }) },
)

const query: fc.Arbitrary<Query> = fc.record(
  {
    index: fc.constant(index),
    partition,
    from: sort,
    to: sort,
    descending: fc.boolean(),
    consistent: fc.boolean(),
    limit: fc.integer({ min: 1, max: 4 }),
  },
  { requiredKeys: ['partition', 'limit'] },
)

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      writes: fc.oneof(fc.tuple(write), fc.array(write, { maxLength: 5 })),
      twice: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('read' as const), keys: fc.array(key, { maxLength: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('query' as const), query, other: query }) },
)

async function resultOf(operation: Operation, store: Store): Promise<unknown> {
  try {
    if (operation.kind === 'write') {
      const first = await store.write(...operation.writes)
      return operation.twice ? [first, await store.write(...operation.writes)] : first
    }
    if (operation.kind === 'read')
      return [await store.getMany(operation.keys), operation.keys[0] && (await store.get(operation.keys[0]))]
    const pages = await pagesOf(store, operation.query)
    const cursor = pages.at(-2)?.cursor
    return [pages, cursor !== undefined && (await store.query({ ...operation.other, cursor }))]
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`
  }
}

/** Every page of a query, each with its cursor. */
async function pagesOf(store: Store, query: Query) {
  const pages = [await store.query(query)]
  for (let cursor = pages[0]?.cursor; cursor !== undefined; cursor = pages.at(-1)?.cursor)
    pages.push(await store.query({ ...query, cursor }))
  return pages
}

/** The operation in partitions of its own, so that many runs can share a table. */
function inRun(operation: Operation, run: number): Operation {
  const own = <Named extends object>(named: Named): Named =>
    Object.fromEntries(
      Object.entries(named).map(([name, value]) => [
        name,
        /pk$|partition/i.test(name) ? `${String(value)}${run}` : value,
      ]),
    ) as Named
  if (operation.kind === 'query') return { ...operation, query: own(operation.query), other: own(operation.other) }
  if (operation.kind === 'read') return { ...operation, keys: operation.keys.map(own) }
  const writes = operation.writes.map((write): Write => {
    if ('put' in write) return { ...write, put: own(write.put) }
    return 'delete' in write ? { ...write, delete: own(write.delete) } : { ...write, check: own(write.check) }
  })
  return { ...operation, writes }
}

test('the stores in memory and in DynamoDB agree on any sequence of writes, reads and queries', async () => {
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 8, maxLength: 24 }), async (operations) => {
      run += 1
      const memory = memoryStore()
      for (const each of operations.map((operation) => inRun(operation, run))) {
        const [known, found] = [await resultOf(each, memory), await resultOf(each, live)]
        // Not by toStrictEqual, which asks values for their `constructor`.
        expect(() => deepStrictEqual(known, found)).not.toThrow()
      }
    }),
    { numRuns: 150 },
  )
})
