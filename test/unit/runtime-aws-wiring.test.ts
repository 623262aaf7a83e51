import { once } from 'node:events'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { clientSettings, storeClientSettings } from '../../functions/runtime/aws.ts'
import { liveStore, unmarshallImage } from '../../functions/runtime/aws-wiring.ts'
import { env, requiredCount, requiredLimit } from '../../functions/runtime/env.ts'

let silent: Server
let requests: number

beforeEach(async () => {
  requests = 0
  silent = createServer(() => (requests += 1)).listen(0, '127.0.0.1')
  await once(silent, 'listening')
})

afterEach(() => {
  silent.closeAllConnections()
  silent.close()
  vi.unstubAllEnvs()
})

test('a call that is not answered in time fails, and the client of the store makes it once', async () => {
  const client = new DynamoDBClient({
    ...storeClientSettings,
    requestHandler: { ...clientSettings.requestHandler, requestTimeout: 50 },
    endpoint: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  const get = client.send(new GetItemCommand({ TableName: 'table', Key: { pk: { S: 'a' } } }))
  await expect(get).rejects.toMatchObject({ name: 'TimeoutError' })
  expect(requests).toBe(1)
})

test('a part whose variable the template forgot names it, until it is there', () => {
  expect(() => liveStore()).toThrow('TABLE_NAME is not set')
  vi.stubEnv('TABLE_NAME', 'table')
  vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'orders')
  vi.stubEnv('AWS_REGION', 'eu-west-1')
  expect(liveStore()).toBe(liveStore())
})

test.each(['five', 'NaN', '0', '-1', '1.5', '1e3', ' 5'])('a number of seconds is a whole number, not %j', (text) => {
  vi.stubEnv(env.holdSeconds, text)
  expect(() => requiredCount(env.holdSeconds)).toThrow(
    'The environment variable HOLD_SECONDS is not a whole number from 1.',
  )
})

test('a number of seconds is read from the environment', () => {
  vi.stubEnv(env.holdSeconds, '900')
  expect(requiredCount(env.holdSeconds)).toBe(900)
})

test.each([
  ['0', 0],
  ['20', 20],
  ['unlimited', 'unlimited'],
] as const)('a limit of %s is read from the environment', (text, limit) => {
  vi.stubEnv(env.openHolds, text)
  expect(requiredLimit(env.openHolds)).toBe(limit)
})

test.each(['NaN', '-1', '1.5', 'Infinity', 'none'])('%j is no limit', (text) => {
  vi.stubEnv(env.openHolds, text)
  expect(() => requiredLimit(env.openHolds)).toThrow(
    'The environment variable OPEN_HOLDS is neither a whole number nor unlimited.',
  )
})

test('the image of a stream is the item that was put', () => {
  const image = { pk: { S: 'a' }, sk: { S: 'x' }, version: { N: '3' }, outbox: { S: 'placed reserved' } }
  expect(unmarshallImage(image)).toEqual({ pk: 'a', sk: 'x', version: 3, outbox: ['placed', 'reserved'] })
})
