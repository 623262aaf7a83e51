import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { chosen } from '../../bin/redrive/dead-letters.ts'
import { destinationsOf } from '../../bin/redrive/destinations.ts'
import { VirtualClock } from '../../localstack/clock/clock.ts'
import { resolveTemplates } from '../../localstack/deploy/assembly.ts'
import { deployBuckets } from '../../localstack/deploy/buckets.ts'
import { deployIam } from '../../localstack/deploy/policies.ts'
import { deployQueues } from '../../localstack/deploy/queues.ts'
import { AccessKeys, rootCredentials } from '../../localstack/endpoint/access-keys.ts'
import { AwsEndpoint } from '../../localstack/endpoint/aws-endpoint.ts'
import { CallCounts } from '../../localstack/endpoint/call-counts.ts'
import { Faults } from '../../localstack/endpoint/faults.ts'
import { Outages } from '../../localstack/endpoint/outages.ts'
import type { Bucket } from '../../localstack/s3/bucket.ts'
import { s3Api } from '../../localstack/s3/api.ts'
import { sqsOperations } from '../../localstack/sqs/api.ts'
import type { Queue } from '../../localstack/sqs/queue.ts'
import { prod } from '../infrastructure/templates.ts'
import { noTraces } from './no-traces.ts'

const queueIds = ['EventsQueue', 'EventsDeadLetters', 'EventsUndelivered', 'EventsTimersDeadLetters', 'SweepMissed']
const queue = { Type: 'AWS::SQS::Queue' }
const LifecycleConfiguration = { Rules: [{ Status: 'Enabled', ExpirationInDays: 30 }] }
const template = {
  Resources: {
    ...Object.fromEntries([...queueIds, 'RelayFailures', 'RelaySpill'].map((id) => [id, queue])),
    RelayLostRecords: { Type: 'AWS::S3::Bucket', Properties: { LifecycleConfiguration } },
    FoldLostRecords: { Type: 'AWS::S3::Bucket', Properties: { LifecycleConfiguration } },
    MailsLostRecords: { Type: 'AWS::S3::Bucket', Properties: { LifecycleConfiguration } },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: { AssumeRolePolicyDocument: { Statement: [] } },
    },
  },
}
const platform = { Resources: { MailFeedback: queue, MailUndelivered: queue } }
const operations = { Resources: { ReconciliationMissed: queue } }
const ownQueues = ['Feed', 'Alarms', 'AlarmsTopic', 'Webhooks', 'WebhooksEvents', 'Fanout'].flatMap((id) =>
  ['Queue', 'DeadLetters', 'Undelivered'].map((kind) => `${id}${kind}`),
)
/** As CloudFormation names it: 63 characters, with what is left of the name of the stack. */
const cutName = 'holdfast-dev-notification-relaylostrecords4d549db6-1a2b3c4d5e6f'
const notifications = {
  Resources: {
    ...Object.fromEntries([...ownQueues, 'RelaySpill'].map((id) => [id, queue])),
    RelayLostRecords: { Type: 'AWS::S3::Bucket', Properties: { BucketName: cutName, LifecycleConfiguration } },
  },
}
const imports = {
  Resources: { ImportsQueue: queue, ImportsDeadLetters: queue, PhotosQueue: queue, PhotosDeadLetters: queue },
}
const bucketName = 'holdfast-dev-orders-relaylostrecords'

let endpoint: AwsEndpoint
let queues: ReadonlyMap<string, Queue>
let buckets: ReadonlyMap<string, Bucket>
let clients: { sqs: SQSClient; s3: S3Client }
let withoutRights: S3Client
const clock = new VirtualClock(Date.parse('2026-03-01T00:00:00Z'))

beforeEach(async () => {
  endpoint = new AwsEndpoint()
  const url = await endpoint.listen()
  const place = { region: 'us-east-1', account: '000000000000', endpoint: url }
  const assembly = resolveTemplates(
    [
      { name: 'Holdfast-dev-platform', template: platform },
      { name: 'Holdfast-dev-catalog', template: imports },
      { name: 'Holdfast-dev-notifications', template: notifications },
      { name: 'Holdfast-dev-operations', template: operations },
      ...['Holdfast-dev-orders', 'Holdfast-dev-users'].map((name) => ({ name, template })),
    ],
    place,
  )
  const keys = new AccessKeys()
  queues = deployQueues(assembly, { clock, random: Math.random })
  buckets = deployBuckets(assembly, () => clock.now())
  endpoint.serve({
    keys,
    iam: deployIam(assembly),
    counts: new CallCounts(),
    tracer: noTraces,
    faults: new Faults(() => {}),
    outages: new Outages(),
    services: {
      AmazonSQS: {
        name: 'sqs',
        contentType: 'application/x-amz-json-1.0',
        operations: sqsOperations({ queues, ...place }),
      },
      s3: s3Api(buckets, () => clock.now()),
    },
  })
  const settings = { endpoint: url, region: place.region, maxAttempts: 1, credentials: rootCredentials }
  clients = { sqs: new SQSClient(settings), s3: new S3Client(settings) }
  const credentials = keys.issue({ role: assembly.of('AWS::IAM::Role')[0]!.arn, name: 'function1' })
  withoutRights = new S3Client({ ...settings, credentials })
})
afterEach(() => endpoint.stop())

const bodiesIn = (id: string) => (queues.get(`Holdfast-dev-orders-${id}`)?.messages() ?? []).map(({ Body }) => Body)
const put = (client: S3Client, Key: string, Body: string) =>
  client.send(new PutObjectCommand({ Bucket: bucketName, Key, Body }))

async function send(id: string, body: string, cause: string): Promise<void> {
  const MessageAttributes = {
    cause: { DataType: 'String', StringValue: cause },
    kept: { DataType: 'String', StringValue: 'x' },
  }
  const QueueUrl = `http://x/000000000000/Holdfast-dev-orders-${id}`
  await clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body, MessageAttributes }))
}

async function redriven(wanted: string) {
  const { destinations } = await destinationsOf(clients, 'Holdfast-dev-')
  const failed = chosen(destinations, wanted)
  const progress: number[] = []
  const count = await failed.redriveTo(failed.target!, (sent) => void progress.push(sent))
  return { count, progress }
}

describe('the destinations of what failed', () => {
  test('are those of every queue and bucket that nothing empties, each with the queue that its content belongs into', async () => {
    const { destinations } = await destinationsOf(clients, 'Holdfast-dev-')
    const own = destinations.filter(({ name }) => name.toLowerCase().includes('orders'))
    expect(Object.fromEntries(own.map(({ name, target }) => [name, target?.name]))).toEqual({
      'Holdfast-dev-orders-EventsDeadLetters': 'Holdfast-dev-orders-EventsQueue',
      'Holdfast-dev-orders-EventsUndelivered': 'Holdfast-dev-orders-EventsQueue',
      'Holdfast-dev-orders-EventsTimersDeadLetters': 'Holdfast-dev-orders-EventsQueue',
      'Holdfast-dev-orders-RelayFailures': 'Holdfast-dev-orders-RelaySpill',
      'Holdfast-dev-orders-SweepMissed': undefined,
      [bucketName]: 'Holdfast-dev-orders-RelaySpill',
      'holdfast-dev-orders-foldlostrecords': undefined,
      'holdfast-dev-orders-mailslostrecords': undefined,
    })
    expect(chosen(destinations, 'MailUndelivered').target?.name).toBe('Holdfast-dev-platform-MailFeedback')
    for (const name of ['AlarmsTopicDeadLetters', 'AlarmsUndelivered'])
      expect(chosen(destinations, name).target?.name).toBe('Holdfast-dev-notifications-AlarmsTopicQueue')
    expect(chosen(destinations, 'ImportsDead').target?.name).toBe('Holdfast-dev-catalog-ImportsQueue')
    expect(chosen(destinations, 'PhotosDead').target?.name).toBe('Holdfast-dev-catalog-PhotosQueue')
    expect(chosen(destinations, 'FeedDead').target?.name).toBe('Holdfast-dev-notifications-FeedQueue')
    expect(chosen(destinations, 'FeedUndelivered').target?.name).toBe('Holdfast-dev-notifications-FeedQueue')
    expect(chosen(destinations, 'WebhooksEventsDead').target?.name).toBe(
      'Holdfast-dev-notifications-WebhooksEventsQueue',
    )
    expect(chosen(destinations, 'WebhooksDead').target?.name).toBe('Holdfast-dev-notifications-WebhooksQueue')
    expect(chosen(destinations, 'orders-EventsDead')).toMatchObject({ depth: 0 })
    expect(() => chosen(destinations, 'EventsDead')).toThrow('Holdfast-dev-users-EventsDeadLetters')
  })

  test('know the queue of a bucket in whose name that of its stack is cut', async () => {
    const { destinations } = await destinationsOf(clients, 'Holdfast-dev-')
    expect(chosen(destinations, cutName).target?.name).toBe('Holdfast-dev-notifications-RelaySpill')
  })

  test('are all that the templates have', async () => {
    const { destinations } = await destinationsOf(clients, 'Holdfast-dev-')
    const emptied = new Set(
      prod
        .of('AWS::Lambda::EventSourceMapping')
        .filter(({ properties }) => properties.ScalingConfig !== undefined)
        .map(({ service, properties }) => prod.at(service, properties.EventSourceArn).logicalId),
    )
    // The files of imports and photos are read, not lost.
    const failing = [...prod.of('AWS::SQS::Queue'), ...prod.of('AWS::S3::Bucket')].filter(
      ({ logicalId, name }) =>
        !emptied.has(logicalId) && name !== 'platform MailFeedback' && !/^(?:Imports|Photos)Files/.test(logicalId),
    )
    const ids = new Set(failing.map(({ logicalId }) => logicalId.slice(0, -8).toLowerCase()))
    const known = new Set(destinations.map(({ name }) => name.split('-').at(-1)!.toLowerCase()))
    expect([...ids].filter((id) => !known.has(id))).toEqual([])
  })
})

describe('redrive', () => {
  test.each([
    ['EventsDeadLetters', 'EventsQueue'],
    ['EventsUndelivered', 'EventsQueue'],
    ['RelayFailures', 'RelaySpill'],
  ])('sends every message of %s to %s without its cause, and leaves none', async (id, target) => {
    for (let index = 0; index < 23; index += 1) await send(id, `m${index}`, 'bad')
    expect(await redriven(`orders-${id}`)).toEqual({ count: 23, progress: [10, 20, 23] })
    expect(bodiesIn(id)).toEqual([])
    expect(bodiesIn(target)).toContain('m22')
    const [first] = queues.get(`Holdfast-dev-orders-${target}`)?.messages() ?? []
    expect(Object.keys(first?.MessageAttributes ?? {})).toEqual(['kept'])
  })

  test('sends the records of a bucket one by one to the spill queue, and deletes an object only after', async () => {
    const record = (number: number) => ({ eventID: `e${number}`, dynamodb: { NewImage: { name: { S: '<ä>' } } } })
    const objectOf = (...numbers: number[]) =>
      JSON.stringify({ version: '1.0', payload: JSON.stringify({ Records: numbers.map(record) }) })
    await put(clients.s3, 'aws/lambda/m/shard/2026/03/01/1', objectOf(1, 2))
    await put(clients.s3, 'aws/lambda/m/shard/2026/03/01/2', objectOf(3))
    await put(clients.s3, 'aws/lambda/m/shard/2026/03/01/3', 'no record')
    await expect(redriven('orders-relaylost')).rejects.toThrow('JSON')
    expect(bodiesIn('RelaySpill').map((body) => JSON.parse(body))).toEqual([record(1), record(2), record(3)])
    const left = buckets.get(bucketName)?.list() ?? []
    expect(left.map(({ body }) => body.toString())).toEqual(['no record'])
  })
})

describe('a bucket of the local stack', () => {
  test('lists its objects by pages and prefix', async () => {
    for (const key of ['b/1', 'a/2', 'a/1 & <x>', 'a/3']) await put(clients.s3, key, key)
    const list = (more: object) =>
      clients.s3.send(new ListObjectsV2Command({ Bucket: bucketName, Prefix: 'a/', MaxKeys: 2, ...more }))
    const first = await list({})
    expect(first).toMatchObject({ IsTruncated: true, KeyCount: 2 })
    expect(first.Contents?.map(({ Key }) => Key)).toEqual(['a/1 & <x>', 'a/2'])
    const second = await list({ ContinuationToken: first.NextContinuationToken })
    expect(second.Contents?.map(({ Key }) => Key)).toEqual(['a/3'])
    expect(second.IsTruncated).toBe(false)
  })

  test('gives an object as it was put, until it is deleted or its days are over', async () => {
    const get = async (Key: string) => {
      const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: bucketName, Key }))
      return Body?.transformToString()
    }
    await put(clients.s3, 'a & b/ü', '{"x":"<y>"}')
    expect(await get('a & b/ü')).toBe('{"x":"<y>"}')
    await clients.s3.send(new DeleteObjectCommand({ Bucket: bucketName, Key: 'a & b/ü' }))
    await expect(get('a & b/ü')).rejects.toMatchObject({ name: 'NoSuchKey' })
    await put(clients.s3, 'old', 'x')
    await clock.advance(29 * 86_400_000)
    expect(await get('old')).toBe('x')
    await clock.advance(86_400_000)
    await expect(get('old')).rejects.toMatchObject({ name: 'NoSuchKey' })
  })

  test('refuses by name what the role does not allow, and a bucket that is not there', async () => {
    await expect(put(withoutRights, 'k', 'x')).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining(`s3:PutObject on resource: arn:aws:s3:::${bucketName}/k`),
    })
    const nowhere = new ListObjectsV2Command({ Bucket: 'none' })
    await expect(clients.s3.send(nowhere)).rejects.toMatchObject({ name: 'NoSuchBucket' })
    const { Buckets } = await clients.s3.send(new ListBucketsCommand({ Prefix: 'holdfast-dev-o' }))
    expect(Buckets?.map(({ Name }) => Name)).toEqual([
      bucketName,
      'holdfast-dev-orders-foldlostrecords',
      'holdfast-dev-orders-mailslostrecords',
    ])
  })
})
