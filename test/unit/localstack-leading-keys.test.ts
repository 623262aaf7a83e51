import { expect, test } from 'vitest'
import { type DynamoDeps, dynamoOperations } from '../../localstack/dynamodb/api.ts'
import type { Call } from '../../localstack/endpoint/call.ts'

const KeySchema = [
  { AttributeName: 'shop', KeyType: 'HASH' },
  { AttributeName: 'sk', KeyType: 'RANGE' },
]
const item = { sk: { S: 'x' }, shop: { S: 'north' } }

test.each<[string, object, readonly (string | undefined)[]]>([
  ['PutItem', { TableName: 't', Item: item }, ['north']],
  ['GetItem', { TableName: 't', Key: item }, ['north']],
  ['DeleteItem', { TableName: 't', Key: item }, ['north']],
  [
    'TransactWriteItems',
    { TransactItems: [{ Put: { TableName: 't', Item: item } }, { Delete: { TableName: 't', Key: item } }] },
    ['north', 'north'],
  ],
  ['Scan', { TableName: 't' }, [undefined]],
])('%s is authorized with the partition that it touches as condition key', async (operation, input, expected) => {
  const asked: unknown[] = []
  const emulator = { call: async (of: string) => (of === 'DescribeTable' ? { Table: { KeySchema } } : {}) }
  const deps = { emulator, region: 'r', account: 'a', countUnits: () => {}, written: () => {} } as unknown as DynamoDeps
  const call = {
    operation,
    input,
    authorize: (_: string, __: string, context?: Readonly<Record<string, unknown>>) =>
      asked.push(context?.['dynamodb:LeadingKeys']),
  } as unknown as Call
  await dynamoOperations(deps)[operation]!(call)
  expect(asked).toEqual(expected.map((each) => each && [each]))
})
