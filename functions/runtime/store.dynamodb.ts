import { isDeepStrictEqual } from 'node:util'
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb'
import { type Attributes, attributesOf, itemOf } from './item-codec.ts'
import { RetryBudget, type RetryDeps, Unfinished, retried } from './retries.ts'
import {
  type Condition,
  type Item,
  type Key,
  type Outcome,
  type Page,
  type Query,
  type Store,
  StoreUnavailable,
  type Write,
} from './store.ts'
import {
  type Position,
  checkKey,
  checkQuery,
  checkWrites,
  cursorAt,
  isEmpty,
  keyOf,
  nameOf,
  placeOf,
  readCursor,
  sideOf,
} from './store.rules.ts'

/** BatchGetItem takes this many keys. */
const maxBatch = 100

/**
 * A table of DynamoDB. The client must make one attempt a call (`storeClientSettings`): the store itself tries again, because it must
 * know of each attempt whether it may have been applied.
 */
export function dynamoStore(client: DynamoDBClient, table: string, { random, clock }: RetryDeps): Store {
  const retry = { random, clock, budget: new RetryBudget() }

  const get: Store['get'] = async (key, { consistent = false } = {}) => {
    checkKey(key)
    const command = new GetItemCommand({ TableName: table, Key: marshalled(bare(key)), ConsistentRead: consistent })
    return foundOf((await retried(retry, () => client.send(command))).Item)
  }

  const getMany: Store['getMany'] = async (keys, { consistent = false } = {}) => {
    keys.forEach(checkKey)
    const distinct = new Map(keys.map((key) => [nameOf(key), marshalled(bare(key))]))
    const chunks = await Promise.all(chunksOf([...distinct.values()]).map((chunk) => getChunk(chunk, consistent)))
    const found = new Map(chunks.flat().map((item) => [nameOf(item), item]))
    return [...distinct.keys()].flatMap((name) => found.get(name) ?? [])
  }

  async function getChunk(keys: Attributes[], consistent: boolean): Promise<readonly Item[]> {
    const items: Item[] = []
    let open = keys
    await retried(retry, async () => {
      const command = new BatchGetItemCommand({ RequestItems: { [table]: { Keys: open, ConsistentRead: consistent } } })
      const { Responses, UnprocessedKeys } = await client.send(command)
      items.push(...(Responses?.[table] ?? []).map(itemOf))
      open = UnprocessedKeys?.[table]?.Keys ?? []
      if (open.length > 0) throw new Unfinished(`${open.length} keys were not processed.`)
    })
    return items
  }

  async function query(query: Query): Promise<Page> {
    checkQuery(query)
    const place = placeOf(query.index)
    const last = query.cursor === undefined ? undefined : readCursor(query.cursor, query)
    const side = last === undefined ? 'before' : sideOf(query, last[place.sort] ?? '')
    if (side === 'behind' || isEmpty(query)) return { items: [] }
    const found = await firstOf(query, side === 'in' ? last : undefined)
    const page = found.slice(0, query.limit)
    const end = page.at(-1)
    return {
      items: query.index === undefined ? page : await behind(page, query.index),
      ...(end !== undefined && found.length > query.limit && { cursor: cursorAt(end, place) }),
    }
  }

  /** What the query finds behind `last`, until it is one more than a page. */
  async function firstOf(query: Query, last: Position | undefined): Promise<readonly Item[]> {
    const { sort } = placeOf(query.index)
    const found: Item[] = []
    let start = last && marshalled(last)
    do {
      const command = new QueryCommand({
        TableName: table,
        ...rangeOf(query),
        ...(query.index !== undefined && { IndexName: query.index }),
        ScanIndexForward: !query.descending,
        ConsistentRead: query.consistent ?? false,
        Limit: query.limit + 1 - found.length,
        ...(start && { ExclusiveStartKey: start }),
      })
      const { Items = [], LastEvaluatedKey } = await retried(retry, () => client.send(command))
      const items = Items.map(itemOf)
      found.push(...items.filter((item) => item[sort] !== query.to))
      start = LastEvaluatedKey
    } while (start !== undefined && found.length <= query.limit)
    return found
  }

  /** The items behind the keys of an index; without those that have left their place since the index saw them. */
  async function behind(entries: readonly Item[], index: string): Promise<readonly Item[]> {
    const { partition, sort } = placeOf(index)
    const entryOf = new Map(entries.map((entry) => [nameOf(entry), entry]))
    return (await getMany(entries)).filter((item) => {
      const entry = entryOf.get(nameOf(item))
      return item[partition] === entry?.[partition] && item[sort] === entry?.[sort]
    })
  }

  async function write(...writes: readonly Write[]): Promise<Outcome> {
    checkWrites(writes)
    const [only] = writes
    if (only === undefined) return { ok: true }
    if (writes.length > 1) return writeAll(writes)
    return 'check' in only ? check(only) : writeOne(only)
  }

  async function check({ check: key, if: condition }: Extract<Write, { check: Key }>): Promise<Outcome> {
    const found = await get(key, { consistent: true })
    const holds = condition === 'absent' ? found === undefined : found?.version === condition.version
    return holds ? { ok: true } : { ok: false, failed: [{ write: 0, found }] }
  }

  async function writeOne(write: Exclude<Write, { check: Key }>): Promise<Outcome> {
    const condition = { ...conditionOf(write.if), ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const
    const send =
      'put' in write
        ? () => client.send(new PutItemCommand({ TableName: table, Item: attributesOf(write.put), ...condition }))
        : () =>
            client.send(new DeleteItemCommand({ TableName: table, Key: marshalled(bare(write.delete)), ...condition }))
    return retried(retry, async (doubtful) => {
      try {
        await send()
        return { ok: true }
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error
        return refusalOf(write, foundOf(error.Item), doubtful)
      }
    })
  }

  async function writeAll(writes: readonly Write[]): Promise<Outcome> {
    const command = new TransactWriteItemsCommand({
      TransactItems: writes.map((write) => transacted(table, write)),
      ClientRequestToken: tokenOf(random),
    })
    return retried(retry, async () => {
      try {
        await client.send(command)
        return { ok: true }
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error
        const failed = (error.CancellationReasons ?? []).flatMap(({ Code, Item }, write) =>
          Code === 'ConditionalCheckFailed' ? [{ write, found: foundOf(Item) }] : [],
        )
        if (failed.length === 0) throw error
        return { ok: false, failed }
      }
    })
  }

  return { get, getMany, query, write }
}

/**
 * What the failed condition of a single write means. A put that finds what it wanted to put is its own lost answer. When an attempt
 * before may have been applied and others have written since, the outcome is unknown: throws `StoreUnavailable`.
 */
function refusalOf(write: Exclude<Write, { check: Key }>, found: Item | undefined, doubtful: boolean): Outcome {
  if ('put' in write && isDeepStrictEqual(found, itemOf(attributesOf(write.put)))) return { ok: true }
  const notApplied = 'put' in write && found !== undefined && found.version <= write.put.version
  if (doubtful && !notApplied)
    throw new StoreUnavailable(`Whether ${nameOf(keyOf(write))} was written before others changed it is not known.`)
  return { ok: false, failed: [{ write: 0, found }] }
}

/** A key, all of whose parts are text. */
const marshalled = (key: Readonly<Record<string, string>>): Attributes =>
  Object.fromEntries(Object.entries(key).map(([name, text]) => [name, { S: text }]))

const foundOf = (attributes: Attributes | undefined): Item | undefined => attributes && itemOf(attributes)

const bare = ({ pk, sk }: Key) => ({ pk, sk })

function conditionOf(condition: Condition) {
  if (condition === 'any') return {}
  if (condition === 'absent') return { ConditionExpression: 'attribute_not_exists(pk)' }
  return {
    ConditionExpression: '#version = :version',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':version': { N: String(condition.version) } },
  }
}

function transacted(table: string, write: Write): TransactWriteItem {
  const common = { TableName: table, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const
  if ('put' in write) return { Put: { ...common, Item: attributesOf(write.put), ...conditionOf(write.if) } }
  const Key = marshalled(bare(keyOf(write)))
  if ('delete' in write) return { Delete: { ...common, Key, ...conditionOf(write.if) } }
  return { ConditionCheck: { ...common, Key, ConditionExpression: undefined, ...conditionOf(write.if) } }
}

/** The key condition. `BETWEEN` takes `to` in, so that what stands exactly there must be left out afterwards. */
function rangeOf({ index, partition, from = '', to }: Query) {
  const place = placeOf(index)
  const range =
    from === ''
      ? to === undefined
        ? ''
        : ' AND #sort < :to'
      : to === undefined
        ? ' AND #sort >= :from'
        : ' AND #sort BETWEEN :from AND :to'
  return {
    KeyConditionExpression: `#partition = :partition${range}`,
    ExpressionAttributeNames: { '#partition': place.partition, ...(range !== '' && { '#sort': place.sort }) },
    ExpressionAttributeValues: {
      ':partition': { S: partition },
      ...(from !== '' && { ':from': { S: from } }),
      ...(to !== undefined && { ':to': { S: to } }),
    },
  } satisfies Partial<QueryCommandInput>
}

/** A new token: attempts that carry the same one are one transaction for DynamoDB, for ten minutes. */
const tokenOf = (random: () => number): string =>
  Array.from({ length: 4 }, () => Math.floor(random() * 2 ** 32).toString(36)).join('-')

function chunksOf<Element>(elements: readonly Element[]): Element[][] {
  return Array.from({ length: Math.ceil(elements.length / maxBatch) }, (_, index) =>
    elements.slice(index * maxBatch, (index + 1) * maxBatch),
  )
}
