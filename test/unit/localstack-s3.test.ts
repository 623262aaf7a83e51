import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { type PresignedPostOptions, createPresignedPost } from '@aws-sdk/s3-presigned-post'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { VirtualClock } from '../../localstack/clock/clock.ts'
import { resolveTemplates } from '../../localstack/deploy/assembly.ts'
import { deployBuckets, notifyOf } from '../../localstack/deploy/buckets.ts'
import { Deliveries } from '../../localstack/deploy/deliveries.ts'
import { deployIam } from '../../localstack/deploy/policies.ts'
import { deployQueues } from '../../localstack/deploy/queues.ts'
import { AccessKeys, rootCredentials } from '../../localstack/endpoint/access-keys.ts'
import { AwsEndpoint } from '../../localstack/endpoint/aws-endpoint.ts'
import { CallCounts } from '../../localstack/endpoint/call-counts.ts'
import { Faults } from '../../localstack/endpoint/faults.ts'
import { Outages } from '../../localstack/endpoint/outages.ts'
import { s3Api } from '../../localstack/s3/api.ts'
import type { Bucket } from '../../localstack/s3/bucket.ts'
import type { Queue } from '../../localstack/sqs/queue.ts'
import { noTraces } from './no-traces.ts'

const bucketArn = { 'Fn::GetAtt': ['Files', 'Arn'] }
const queueArn = { 'Fn::GetAtt': ['New', 'Arn'] }
const template = {
  Resources: {
    Files: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        BucketName: 'files',
        LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationInDays: 1, Prefix: 'old/' }] },
        NotificationConfiguration: {
          QueueConfigurations: [
            {
              Event: 's3:ObjectCreated:*',
              Queue: queueArn,
              Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'in/' }] } },
            },
          ],
        },
      },
    },
    New: { Type: 'AWS::SQS::Queue', Properties: {} },
    Policy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'New' }],
        PolicyDocument: {
          Statement: [
            {
              Effect: 'Allow',
              Action: 'sqs:SendMessage',
              Resource: queueArn,
              Principal: { Service: 's3.amazonaws.com' },
              Condition: { StringEquals: { 'aws:SourceAccount': '000000000000' } },
            },
          ],
        },
      },
    },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: { Statement: [] },
        Policies: [
          {
            PolicyName: 'p',
            PolicyDocument: {
              Statement: [
                {
                  Effect: 'Allow',
                  Action: ['s3:PutObject', 's3:GetObject'],
                  Resource: { 'Fn::Join': ['', [bucketArn, '/in/*']] },
                },
              ],
            },
          },
        ],
      },
    },
  },
}

let endpoint: AwsEndpoint
let keys: AccessKeys
let buckets: ReadonlyMap<string, Bucket>
let queues: ReadonlyMap<string, Queue>
let clock: VirtualClock
let credentials: typeof rootCredentials
let signer: S3Client
let root: S3Client
const place = { region: 'us-east-1', account: '000000000000' }

beforeEach(async () => {
  endpoint = new AwsEndpoint()
  const url = await endpoint.listen()
  // Presigned requests are signed by the clock of their process.
  clock = new VirtualClock(Date.now())
  const assembly = resolveTemplates([{ name: 'Stack', template }], { ...place, endpoint: url })
  keys = new AccessKeys()
  queues = deployQueues(assembly, { clock, random: Math.random })
  buckets = deployBuckets(assembly, () => clock.now())
  const iam = deployIam(assembly)
  const queuesByArn = new Map(Array.from(queues.values(), (queue) => [queue.settings.arn, queue]))
  const outages = new Outages()
  const deliveries = new Deliveries({ iam, outages, ...place, queues: queuesByArn, buckets, functions: new Map() })
  notifyOf(assembly, buckets, deliveries)
  endpoint.serve({
    keys,
    iam,
    counts: new CallCounts(),
    tracer: noTraces,
    faults: new Faults(() => {}),
    outages,
    services: { s3: s3Api(buckets, () => clock.now()) },
  })
  credentials = keys.issue({ role: assembly.of('AWS::IAM::Role')[0]!.arn, name: 'function' })
  const settings = { endpoint: url, region: place.region, maxAttempts: 1 }
  signer = new S3Client({ ...settings, credentials })
  root = new S3Client({ ...settings, credentials: rootCredentials })
})
afterEach(() => endpoint.stop())

const postOf = (more: Partial<PresignedPostOptions> = {}) =>
  createPresignedPost(signer, {
    Bucket: 'files',
    Key: 'in/a.csv',
    Fields: { 'content-type': 'text/csv' },
    Conditions: [['content-length-range', 1, 10]],
    Expires: 60,
    ...more,
  })

interface Sent {
  readonly url: string
  readonly fields: Readonly<Record<string, string>>
}

async function upload({ url, fields }: Sent, file = 'sku,name'): Promise<string> {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append('file', new Blob([file]), 'a.csv')
  const answer = await fetch(url, { method: 'POST', body: form })
  const text = await answer.text()
  return `${answer.status} ${/<Code>(.*?)<\/Code>/.exec(text)?.[1] ?? ''}`.trim()
}

describe('a presigned form', () => {
  test('brings a file to its key, byte by byte, and the queue of the bucket a message', async () => {
    expect(await upload(await postOf())).toBe('204')
    const stored = buckets.get('files')!.get('in/a.csv')
    expect([stored.body.toString(), stored.contentType]).toEqual(['sku,name', 'text/csv'])
    const [message] = [...queues.values()][0]!.messages()
    expect(JSON.parse(message!.Body)).toMatchObject({
      Records: [
        { eventName: 'ObjectCreated:Post', s3: { bucket: { name: 'files' }, object: { key: 'in/a.csv', size: 8 } } },
      ],
    })
  })

  test.each([
    ['a file that is too large', {}, '12345678901', '400 EntityTooLarge'],
    ['an empty file', {}, '', '400 EntityTooSmall'],
    ['another key', { key: 'in/b.csv' }, 'a', '403 AccessDenied'],
    ['another content type', { 'content-type': 'text/html' }, 'a', '403 AccessDenied'],
    ['a field that the policy does not name', { 'x-amz-meta-by': 'me' }, 'a', '403 AccessDenied'],
    ['another signature', { 'X-Amz-Signature': '00' }, 'a', '403 SignatureDoesNotMatch'],
    ['another policy', { Policy: Buffer.from('{}').toString('base64') }, 'a', '403 SignatureDoesNotMatch'],
    [
      'a key that nobody has',
      { 'X-Amz-Credential': 'x/20260101/us-east-1/s3/aws4_request' },
      'a',
      '403 SignatureDoesNotMatch',
    ],
  ])('refuses %s', async (_, fields, file, expected) => {
    const post = await postOf()
    expect(await upload({ ...post, fields: { ...post.fields, ...fields } }, file)).toBe(expected)
    expect(buckets.get('files')!.list()).toEqual([])
  })

  test('is refused when its time is over', async () => {
    const post = await postOf()
    await clock.advance(61_000)
    expect(await upload(post)).toBe('403 AccessDenied')
  })

  test('may do what the role of its signer may, also when the signer is gone', async () => {
    expect(await upload(await postOf({ Key: 'out/a.csv' }))).toBe('403 AccessDenied')
    const post = await postOf()
    keys.forget(credentials.accessKeyId)
    expect(await upload(post)).toBe('204')
  })
})

describe('a presigned URL', () => {
  const signed = () =>
    getSignedUrl(signer, new GetObjectCommand({ Bucket: 'files', Key: 'in/a b.csv' }), { expiresIn: 60 })
  beforeEach(() => buckets.get('files')!.put('in/a b.csv', Buffer.from([0xe9, 0x0a]), 'text/csv'))

  test('answers with the bytes', async () => {
    const answer = await fetch(await signed())
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/csv'])
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(Buffer.from([0xe9, 0x0a]))
  })

  test('is good for its key alone, and for its time', async () => {
    const url = await signed()
    expect((await fetch(url.replace('a%20b', 'b'))).status).toBe(403)
    expect((await fetch(url.replace('Expires=60', 'Expires=600'))).status).toBe(403)
    await clock.advance(61_000)
    expect((await fetch(url)).status).toBe(403)
  })
})

describe('an object', () => {
  test('is private', async () => {
    const { url } = await postOf()
    expect((await fetch(`${url}/in/a.csv`)).status).not.toBe(200)
  })

  test('is read from a byte on', async () => {
    await root.send(new PutObjectCommand({ Bucket: 'files', Key: 'in/x', Body: 'abcdef' }))
    const answer = await signer.send(new GetObjectCommand({ Bucket: 'files', Key: 'in/x', Range: 'bytes=2-' }))
    expect([await answer.Body?.transformToString(), answer.ContentRange]).toEqual(['cdef', 'bytes 2-5/6'])
  })

  test('expires by the rule of its prefix alone', async () => {
    for (const Key of ['old/x', 'in/x']) await root.send(new PutObjectCommand({ Bucket: 'files', Key, Body: 'a' }))
    await clock.advance(86_400_000)
    expect(
      buckets
        .get('files')!
        .list()
        .map(({ key }) => key),
    ).toEqual(['in/x'])
  })
})
