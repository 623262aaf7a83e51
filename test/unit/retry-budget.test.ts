import {
  DynamoDBClient,
  GetItemCommand,
  InternalServerError,
  PutItemCommand,
  ThrottlingException,
} from '@aws-sdk/client-dynamodb'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, expect, test } from 'vitest'
import { RetryBudget } from '../../functions/runtime/retries.ts'
import { dynamoStore } from '../../functions/runtime/store.dynamodb.ts'
import { type Store, StoreUnavailable, first } from '../../functions/runtime/store.ts'

const client = new DynamoDBClient({ region: 'eu-west-1' })
const dynamo = mockClient(client)
const clock = { now: () => 0, sleep: async () => {} }
const newStore = () => dynamoStore(client, 'table', { random: () => 0.5, clock })
const metadata = { $metadata: {}, message: '' }
const one = first({ pk: 'a', sk: 'x' })
let store: Store

beforeEach(() => {
  dynamo.reset()
  store = newStore()
})

const isAway = () => dynamo.on(GetItemCommand).rejects(new InternalServerError(metadata))
const isBack = () => dynamo.on(GetItemCommand).resolves({})

/** Attempts of one call. */
async function attempts(call: () => Promise<unknown> = () => store.get(one)): Promise<number> {
  const before = dynamo.calls().length
  await call().catch((error: unknown) => expect(error).toBeInstanceOf(StoreUnavailable))
  return dynamo.calls().length - before
}

/** Calls until one is a single attempt. */
async function useUp(): Promise<void> {
  for (let calls = 0; (await attempts()) > 1; calls += 1) expect(calls).toBeLessThan(RetryBudget.most)
}

test('a store that is away costs many attempts for a few calls, then one each', async () => {
  isAway()
  const counted: number[] = []
  for (let call = 0; call < 10; call += 1) counted.push(await attempts())
  expect(counted).toEqual([8, 8, 8, 8, 8, 8, 8, 2, 1, 1])
  dynamo.on(PutItemCommand).rejects(new InternalServerError(metadata))
  expect(await attempts(() => store.write({ put: one, if: 'absent' }))).toBe(1)
})

test('each answer gives one further attempt back, and no more than there were', async () => {
  isAway()
  await useUp()
  isBack()
  for (let call = 0; call < 3; call += 1) await store.get(one)
  isAway()
  expect([await attempts(), await attempts()]).toEqual([4, 1])
  isBack()
  for (let call = 0; call < 2 * RetryBudget.most; call += 1) await store.get(one)
  isAway()
  await useUp()
  expect(dynamo.calls().length).toBeLessThan(4 * RetryBudget.most + 50)
})

test('throttling costs nothing of it', async () => {
  dynamo.on(GetItemCommand).rejects(new ThrottlingException(metadata))
  for (let call = 0; call < 2 * RetryBudget.most; call += 1) expect(await attempts()).toBe(8)
})

test('each table has its own', async () => {
  isAway()
  await useUp()
  const other = newStore()
  expect(await attempts(() => other.get(one))).toBe(8)
})
