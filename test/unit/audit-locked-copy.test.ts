import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { DynamoDBRecord } from 'aws-lambda'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, expect, it } from 'vitest'
import { copier } from '../../functions/audit/adapters/locked-copy.s3.ts'
import { recordWrites } from '../../functions/audit/store/record-item.ts'
import { attributesOf } from '../../functions/runtime/item-codec.ts'
import type { AuditRecord } from '../../schemas/audit.ts'

const s3 = mockClient(S3Client)
beforeEach(() => s3.reset())

const copy = copier(() => ({ s3: new S3Client({ region: 'eu-west-1' }), bucket: 'copies' }))

const record = (id: string): AuditRecord => ({
  id,
  at: '2026-11-28T12:00:00.000Z',
  operation: 'cancelOrder',
  actor: { kind: 'user', id: 'user-1' },
  from: { ip: '203.0.113.9', userAgent: 'curl' },
  subject: 'orders/ord_1',
  fields: ['reason'],
  requestId: 'request-1',
})

/** The stream's record of the record, as its first list has it. */
function streamed(of: AuditRecord): DynamoDBRecord {
  const [write] = recordWrites(of)
  if (write === undefined || !('put' in write)) throw new Error('a record is put')
  return { eventName: 'INSERT', dynamodb: { NewImage: attributesOf(write.put) as never } }
}

it('copies the records of a batch into one object, a line each, by the day', async () => {
  const both = [record('act_1'), record('act_2')]
  expect(await copy({ Records: both.map(streamed) })).toEqual({ batchItemFailures: [] })
  const [call] = s3.commandCalls(PutObjectCommand)
  const { Bucket, Key, Body, ChecksumAlgorithm } = call!.args[0].input
  expect([Bucket, ChecksumAlgorithm]).toEqual(['copies', 'CRC32'])
  expect(Key).toMatch(/^2026\/11\/28\/[0-9A-Z]{26}\.ndjson$/)
  expect(
    (Body as string)
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  ).toEqual(both)
})

it('names the same batch the same, and another one otherwise', async () => {
  for (const batch of [['act_1'], ['act_1'], ['act_2']]) await copy({ Records: batch.map(record).map(streamed) })
  const keys = s3.commandCalls(PutObjectCommand).map(({ args }) => args[0].input.Key)
  expect(keys[0]).toBe(keys[1])
  expect(keys[2]).not.toBe(keys[0])
})

it('leaves a batch to the stream that S3 does not take', async () => {
  s3.on(PutObjectCommand).rejects(new Error('SlowDown'))
  await expect(copy({ Records: [streamed(record('act_1'))] })).rejects.toThrow('SlowDown')
})

it('puts nothing where nothing was put', async () => {
  expect(await copy({ Records: [{ eventName: 'REMOVE', dynamodb: {} }] })).toEqual({ batchItemFailures: [] })
  expect(s3.commandCalls(PutObjectCommand)).toHaveLength(0)
})
