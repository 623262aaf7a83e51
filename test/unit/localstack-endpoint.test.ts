import { PutEventsCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { ReceiveMessageCommand, SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { eventsOperations } from '../../localstack/eventbridge/api.ts'
import { sqsOperations } from '../../localstack/sqs/api.ts'
import { resolveTemplates } from '../../localstack/deploy/assembly.ts'
import { AwsEndpoint } from '../../localstack/endpoint/aws-endpoint.ts'
import { Bus } from '../../localstack/eventbridge/bus.ts'
import { CallCounts } from '../../localstack/endpoint/call-counts.ts'
import { VirtualClock } from '../../localstack/clock/clock.ts'
import { AccessKeys, rootCredentials } from '../../localstack/endpoint/access-keys.ts'
import { deployQueues } from '../../localstack/deploy/queues.ts'
import { Faults } from '../../localstack/endpoint/faults.ts'
import { Outages } from '../../localstack/endpoint/outages.ts'
import { deployIam } from '../../localstack/deploy/policies.ts'
import type { Queue } from '../../localstack/sqs/queue.ts'
import { noTraces } from './no-traces.ts'

const template = {
  Resources: {
    Work: {
      Type: 'AWS::SQS::Queue',
      Properties: { RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 1 } },
    },
    Dead: { Type: 'AWS::SQS::Queue' },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: { Statement: [] },
        Policies: [
          {
            PolicyName: 'p',
            PolicyDocument: {
              Statement: [
                { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: { 'Fn::GetAtt': ['Work', 'Arn'] } },
                {
                  Effect: 'Allow',
                  Action: 'events:PutEvents',
                  Resource: '*',
                  Condition: {
                    'ForAllValues:StringEquals': { 'events:source': 's' },
                    Null: { 'events:source': 'false' },
                  },
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
let url: string
let keys: AccessKeys
let counts: CallCounts
let faults: Faults
let outages: Outages
let killed: string[]
let queues: ReadonlyMap<string, Queue>
let bus: Bus
let roleArn: string
let root: SQSClient
let function1: SQSClient

beforeEach(async () => {
  endpoint = new AwsEndpoint()
  url = await endpoint.listen()
  const assembly = resolveTemplates([{ name: 'Holdfast-S', template }], {
    region: 'us-east-1',
    account: '000000000000',
    endpoint: url,
  })
  keys = new AccessKeys()
  counts = new CallCounts()
  killed = []
  faults = new Faults((name) => killed.push(name))
  outages = new Outages()
  queues = deployQueues(assembly, { clock: new VirtualClock(), random: Math.random })
  const { region, account } = assembly.place
  const deps = { clock: new VirtualClock(), random: Math.random }
  bus = new Bus({ name: 'shop', arn: 'shop', region, account, archive: { capacity: 10 } }, deps)
  endpoint.serve({
    keys,
    iam: deployIam(assembly),
    counts,
    tracer: noTraces,
    faults,
    outages,
    now: () => Date.parse('2027-01-01T00:00:00Z'),
    services: {
      AmazonSQS: {
        name: 'sqs',
        contentType: 'application/x-amz-json-1.0',
        operations: sqsOperations({ queues, endpoint: url, account }),
      },
      AWSEvents: {
        name: 'events',
        contentType: 'application/x-amz-json-1.1',
        operations: eventsOperations({ buses: new Map([['shop', bus]]), region, account, tracer: noTraces }),
      },
    },
  })
  const settings = { endpoint: url, region, maxAttempts: 1 }
  root = new SQSClient({ ...settings, credentials: rootCredentials })
  roleArn = assembly.of('AWS::IAM::Role')[0]!.arn
  function1 = new SQSClient({ ...settings, credentials: keys.issue({ role: roleArn, name: 'function1' }) })
})
afterEach(() => endpoint.stop())

const work = () => `${url}/000000000000/Holdfast-S-Work`
const dead = () => `${url}/000000000000/Holdfast-S-Dead`
const send = (client: SQSClient, QueueUrl: string, MessageBody = 'hello') =>
  client.send(new SendMessageCommand({ QueueUrl, MessageBody }))

describe('a call of the SDK', () => {
  test('is answered so that the SDK takes it', async () => {
    const { MessageId } = await send(function1, work())
    const { Messages } = await root.send(new ReceiveMessageCommand({ QueueUrl: work() }))
    expect(Messages).toMatchObject([{ MessageId, Body: 'hello' }])
  })

  test('is answered with the time of the stack, by which the SDK signs', async () => {
    const answer = await fetch(url, { method: 'POST' })
    expect(answer.headers.get('date')).toBe('Fri, 01 Jan 2027 00:00:00 GMT')
  })

  test('that the role does not allow is refused by name', async () => {
    await expect(send(function1, dead())).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringMatching(
        /role\/Holdfast-S-Role is not authorized to perform: sqs:SendMessage on .*Holdfast-S-Dead/,
      ),
    })
  })

  test('with a key that was not issued is refused', async () => {
    const stranger = new SQSClient({
      endpoint: url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    })
    await expect(send(stranger, work())).rejects.toMatchObject({ name: 'UnrecognizedClientException' })
  })

  test('to a queue that is not there is refused', async () => {
    await expect(send(root, `${url}/000000000000/none`)).rejects.toMatchObject({ name: 'QueueDoesNotExist' })
  })

  test('is counted for its caller', async () => {
    await send(function1, work())
    await send(root, work())
    expect(counts.all()).toMatchObject([
      { service: 'sqs', operation: 'SendMessage', caller: 'function1', calls: 1 },
      { service: 'sqs', operation: 'SendMessage', caller: 'root', calls: 1 },
    ])
  })

  test('of an operation that is not known is refused by its name', async () => {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'x-amz-target': 'AmazonSQS.CreateQueue', authorization: 'AWS4 Credential=local/x' },
      body: '{}',
    })
    expect([answer.status, await answer.json()]).toMatchObject([400, { __type: 'UnknownOperationException' }])
  })

  test('puts events on a bus that does not exist and is answered with ids, as on AWS', async () => {
    const client = new EventBridgeClient({ endpoint: url, region: 'us-east-1', credentials: rootCredentials })
    const entry = { Source: 's', DetailType: 't', Detail: '{}', EventBusName: 'nowhere' }
    expect(await client.send(new PutEventsCommand({ Entries: [entry] }))).toMatchObject({ FailedEntryCount: 0 })
  })
})

describe('a batch of events', () => {
  const put = (...sources: (string | undefined)[]) => {
    const { accessKeyId, secretAccessKey } = keys.issue({ role: roleArn, name: 'relay' })
    const credentials = { accessKeyId, secretAccessKey }
    const client = new EventBridgeClient({ endpoint: url, region: 'us-east-1', maxAttempts: 1, credentials })
    const Entries = sources.map((Source) => ({ Source, DetailType: 't', Detail: '{}', EventBusName: 'shop' }))
    return client.send(new PutEventsCommand({ Entries }))
  }

  test('from sources that the role may put is taken', async () => {
    expect(await put('s', 's')).toMatchObject({ FailedEntryCount: 0 })
    expect(bus.archived()).toHaveLength(2)
  })

  test.each([
    ['another source', ['t']],
    ['its own source and another one', ['s', 't', 's']],
    ['no source', [undefined]],
  ])('from %s is refused, and nothing of it arrives', async (_, sources) => {
    await expect(put(...sources)).rejects.toThrow(/not authorized to perform: events:PutEvents/)
    expect(bus.archived()).toEqual([])
  })
})

describe('a service that is away', () => {
  test('refuses every call until it is back; the others answer', async () => {
    const settings = { endpoint: url, region: 'us-east-1', maxAttempts: 1, credentials: rootCredentials }
    const once = new SQSClient(settings)
    outages.begin('sqs')
    await expect(send(once, work())).rejects.toMatchObject({
      name: 'ServiceUnavailable',
      $metadata: { httpStatusCode: 503 },
    })
    const events = new EventBridgeClient(settings)
    const entry = { Source: 's', DetailType: 't', Detail: '{}', EventBusName: 'shop' }
    expect(await events.send(new PutEventsCommand({ Entries: [entry] }))).toMatchObject({ FailedEntryCount: 0 })
    outages.end()
    await send(once, work())
    expect(queues.get('Holdfast-S-Work')?.counts().visible).toBe(1)
  })
})

describe('a fault', () => {
  test('before the nth call kills the caller, and the call is not applied', async () => {
    faults.add({ function: 'function1', operation: 'sqs:SendMessage', nth: 2, when: 'before' })
    await send(function1, work())
    await send(root, work())
    await expect(send(function1, work())).rejects.toThrow('killed')
    expect(killed).toEqual(['function1'])
    expect(queues.get('Holdfast-S-Work')?.counts().visible).toBe(2)
    await send(function1, work())
    expect(faults.counts()).toEqual({ pending: 0, fired: 1 })
  })

  test('after the call kills the caller, and the call is applied', async () => {
    faults.add({ function: 'function1', nth: 1, when: 'after' })
    await send(function1, work())
    expect(killed).toEqual(['function1'])
    expect(queues.get('Holdfast-S-Work')?.counts().visible).toBe(1)
  })
})
