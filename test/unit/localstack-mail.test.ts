import {
  DeleteSuppressedDestinationCommand,
  ListSuppressedDestinationsCommand,
  SESv2Client,
  SendEmailCommand,
} from '@aws-sdk/client-sesv2'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MailRefused, type Mailer } from '../../functions/runtime/mail.ts'
import { sesMailer } from '../../functions/runtime/mail.ses.ts'
import { isOutage } from '../../functions/runtime/redelivery.ts'
import { resolveTemplates } from '../../localstack/deploy/assembly.ts'
import { Deliveries } from '../../localstack/deploy/deliveries.ts'
import { deployMails } from '../../localstack/deploy/mails.ts'
import { deployIam } from '../../localstack/deploy/policies.ts'
import { deployQueues } from '../../localstack/deploy/queues.ts'
import { deployTopics } from '../../localstack/deploy/topics.ts'
import { AccessKeys, rootCredentials } from '../../localstack/endpoint/access-keys.ts'
import { AwsEndpoint } from '../../localstack/endpoint/aws-endpoint.ts'
import { AwsError } from '../../localstack/endpoint/aws-error.ts'
import { CallCounts } from '../../localstack/endpoint/call-counts.ts'
import { Faults } from '../../localstack/endpoint/faults.ts'
import { Outages } from '../../localstack/endpoint/outages.ts'
import { sesOperations, sesRoute } from '../../localstack/ses/api.ts'
import { type MailService, keptMails } from '../../localstack/ses/mail-service.ts'
import type { Queue } from '../../localstack/sqs/queue.ts'
import type { Topic } from '../../localstack/sns/topic.ts'
import { hours, minutes, modelDeps, start, turn } from './model-deps.ts'
import { noTraces } from './no-traces.ts'

const allow = (Action: string, Resource: unknown, more: object = {}) => ({ Effect: 'Allow', Action, Resource, ...more })
const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] })
const letsIn = (service: string, action: string, Resource: unknown, source: unknown) =>
  allow(action, Resource, { Principal: { Service: service }, Condition: { StringEquals: { 'AWS:SourceArn': source } } })
const setArn = 'arn:aws:ses:us-east-1:000000000000:configuration-set/set'
const identityArn = 'arn:aws:ses:us-east-1:000000000000:identity/example.com'

const role = (...Statement: object[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: { Statement: [] },
    Policies: [{ PolicyName: 'p', PolicyDocument: { Statement } }],
  },
})
const when = { Condition: { StringEquals: { 'ses:FromAddress': 'shop@example.com' } } }

const resources = {
  Topic: { Type: 'AWS::SNS::Topic' },
  Queue: { Type: 'AWS::SQS::Queue' },
  Dead: { Type: 'AWS::SQS::Queue' },
  Subscription: {
    Type: 'AWS::SNS::Subscription',
    Properties: {
      Protocol: 'sqs',
      TopicArn: { Ref: 'Topic' },
      Endpoint: arn('Queue'),
      RawMessageDelivery: true,
      RedrivePolicy: { deadLetterTargetArn: arn('Dead') },
    },
  },
  ToTopic: {
    Type: 'AWS::SNS::TopicPolicy',
    Properties: {
      Topics: [{ Ref: 'Topic' }],
      PolicyDocument: { Statement: [letsIn('ses.amazonaws.com', 'sns:Publish', { Ref: 'Topic' }, setArn)] },
    },
  },
  ToQueue: {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [{ Ref: 'Queue' }],
      PolicyDocument: { Statement: [letsIn('sns.amazonaws.com', 'sqs:SendMessage', arn('Queue'), { Ref: 'Topic' })] },
    },
  },
  ToDead: {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [{ Ref: 'Dead' }],
      PolicyDocument: { Statement: [letsIn('sns.amazonaws.com', 'sqs:SendMessage', arn('Dead'), { Ref: 'Topic' })] },
    },
  },
  Set: {
    Type: 'AWS::SES::ConfigurationSet',
    Properties: { Name: 'set', SuppressionOptions: { SuppressedReasons: ['BOUNCE', 'COMPLAINT'] } },
  },
  Destination: {
    Type: 'AWS::SES::ConfigurationSetEventDestination',
    Properties: {
      ConfigurationSetName: { Ref: 'Set' },
      EventDestination: {
        Enabled: true,
        MatchingEventTypes: ['bounce', 'complaint'],
        SnsDestination: { TopicARN: { Ref: 'Topic' } },
      },
    },
  },
  Domain: { Type: 'AWS::SES::EmailIdentity', Properties: { EmailIdentity: 'example.com' } },
  Sender: role(allow('ses:SendEmail', [identityArn, setArn], when)),
  WithoutSet: role(allow('ses:SendEmail', identityArn)),
  WithoutIdentity: role(allow('ses:SendEmail', setArn)),
}

let endpoint: AwsEndpoint
let url: string
let keys: AccessKeys
let counts: CallCounts
let outages: Outages
let clock: ReturnType<typeof modelDeps>['clock']
let queues: ReadonlyMap<string, Queue>
let topics: ReadonlyMap<string, Topic>
let mails: MailService

function serve(more: object = {}): void {
  const place = { region: 'us-east-1', account: '000000000000', endpoint: url }
  const assembly = resolveTemplates([{ name: 'S', template: { Resources: { ...resources, ...more } } }], place)
  const deps = modelDeps()
  clock = deps.clock
  keys = new AccessKeys()
  counts = new CallCounts()
  outages = new Outages()
  queues = deployQueues(assembly, deps)
  const iam = deployIam(assembly)
  const deliveries = new Deliveries({
    iam,
    outages,
    account: place.account,
    region: place.region,
    queues: new Map(Array.from(queues.values(), (queue) => [queue.settings.arn, queue])),
    buckets: new Map(),
    functions: new Map(),
  })
  topics = deployTopics(assembly, { ...deps, deliveries })
  mails = deployMails(assembly, { ...deps, iam, topics })
  endpoint.serve({
    keys,
    iam,
    counts,
    tracer: noTraces,
    outages,
    faults: new Faults(() => {}),
    services: {
      ses: {
        name: 'ses',
        contentType: 'application/json',
        route: sesRoute,
        operations: sesOperations({ mails, region: place.region, account: place.account }),
      },
    },
  })
}

beforeEach(async () => {
  endpoint = new AwsEndpoint()
  url = await endpoint.listen()
  serve()
})
afterEach(() => endpoint.stop())

const client = (credentials = rootCredentials) =>
  new SESv2Client({ endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 })
const clientOf = (name: string) => client(keys.issue({ role: `arn:aws:iam::000000000000:role/S-${name}`, name }))
const mailer = (name = 'Sender', from = 'shop@example.com'): Mailer =>
  sesMailer(clientOf(name), { from, configurationSet: 'set' })
const mail = { to: 'ada@example.org', subject: 'Grüße', text: 'Your code is\n\n12345678\n', id: 'reset-1' }

/** What lies in a queue, once all that goes on by itself has ended. */
async function messagesIn(name: string): Promise<unknown[]> {
  await turn()
  await clock.advance(0)
  await turn()
  return queues
    .get(`S-${name}`)!
    .messages()
    .map(({ Body }) => JSON.parse(Body) as unknown)
}

describe('a mail that a function sends', () => {
  it('arrives, as it is', async () => {
    await mailer().send(mail)
    expect(mails.arrived()).toEqual([{ at: start, to: mail.to, subject: mail.subject, text: mail.text }])
    expect(await messagesIn('Queue')).toEqual([])
  })

  it('is counted for its caller', async () => {
    await mailer().send(mail)
    expect(counts.all()).toMatchObject([{ service: 'ses', operation: 'SendEmail', caller: 'Sender', calls: 1 }])
  })

  it('needs the right on its configuration set and on its identity, and comes from the address of the right', async () => {
    await expect(mailer('WithoutSet').send(mail)).rejects.toThrow(
      /ses:SendEmail on resource: \S+configuration-set\/set/,
    )
    await expect(mailer('WithoutIdentity').send(mail)).rejects.toThrow(
      /ses:SendEmail on resource: \S+identity\/example.com/,
    )
    await expect(mailer('Sender', 'other@example.com').send(mail)).rejects.toMatchObject({
      name: 'AccessDeniedException',
    })
    expect(mails.arrived()).toEqual([])
  })

  it('comes from a verified domain, or one below it, and from no other', async () => {
    const send = (FromEmailAddress: string) =>
      client().send(
        new SendEmailCommand({
          FromEmailAddress,
          Destination: { ToAddresses: [mail.to] },
          Content: { Simple: { Subject: { Data: 'a' }, Body: { Text: { Data: 'b' } } } },
        }),
      )
    await expect(send('a@below.example.com')).resolves.toMatchObject({ MessageId: expect.any(String) as string })
    await expect(send('a@notexample.com')).rejects.toMatchObject({ name: 'MessageRejected' })
  })

  it('is refused for good by SES without its address in the error', async () => {
    const all = role(allow('ses:SendEmail', '*'))
    serve({ All: all })
    const refused = mailer('All', 'shop@elsewhere.com').send(mail)
    await expect(refused).rejects.toThrow(MailRefused)
    await expect(refused).rejects.toThrow('SES refuses the mail reset-1: MessageRejected')
    expect(isOutage(await refused.catch((error: unknown) => error))).toBe(false)
  })

  it('waits for its sender to try again while SES is away, throttles or has paused the account', async () => {
    outages.begin('ses')
    expect(
      isOutage(
        await mailer()
          .send(mail)
          .catch((error: unknown) => error),
      ),
    ).toBe(true)
    outages.end()
    for (const code of ['TooManyRequestsException', 'ThrottlingException', 'SendingPausedException']) {
      mails.send = () => {
        throw new AwsError(code, 'not now', 400)
      }
      const error: unknown = await mailer()
        .send(mail)
        .catch((error: unknown) => error)
      expect(error).toMatchObject({ name: code })
      expect(isOutage(error)).toBe(true)
    }
  })

  it('of an unknown configuration set, or without a right, is a fault and no outage', async () => {
    const other = sesMailer(client(), { from: 'shop@example.com', configurationSet: 'none' })
    const errors = await Promise.all(
      [other, mailer('WithoutSet')].map((each) => each.send(mail).catch((error: unknown) => error)),
    )
    expect(errors).toMatchObject([{ name: 'NotFoundException' }, { name: 'AccessDeniedException' }])
    expect(errors.map((error) => isOutage(error))).toEqual([false, false])
  })

  it('is shown newest first, and the oldest of a thousand goes', async () => {
    for (let count = 0; count <= keptMails; count += 1)
      mails.send({ from: 'shop@example.com', to: [`${count}@example.org`], subject: 'a', text: 'b', tags: {} })
    expect(mails.arrived()).toHaveLength(keptMails)
    expect([mails.arrived()[0]!.to, mails.arrived().at(-1)!.to]).toEqual(['1000@example.org', '1@example.org'])
    mails.clear()
    expect(mails.arrived()).toEqual([])
  })
})

describe('a mail that comes back', () => {
  const simulated = (name: string) => ({ ...mail, to: `${name}@simulator.amazonses.com` })

  it('as a bounce is in the queue, with its id, and did not arrive', async () => {
    await mailer().send(simulated('bounce+1'))
    expect(await messagesIn('Queue')).toMatchObject([
      {
        eventType: 'Bounce',
        bounce: { bounceType: 'Permanent', bouncedRecipients: [{ emailAddress: 'bounce+1@simulator.amazonses.com' }] },
        mail: { tags: { id: ['reset-1'], 'ses:configuration-set': ['set'] } },
      },
    ])
    expect(mails.arrived()).toEqual([])
  })

  it('as a complaint is in the queue, and did arrive', async () => {
    await mailer().send(simulated('complaint'))
    expect(await messagesIn('Queue')).toMatchObject([
      {
        eventType: 'Complaint',
        complaint: { complainedRecipients: [{ emailAddress: 'complaint@simulator.amazonses.com' }] },
      },
    ])
    expect(mails.arrived()).toHaveLength(1)
  })

  it('is none to the other addresses of the simulator, which nobody reads and which are never suppressed', async () => {
    await mailer().send(simulated('success'))
    await mailer().send(simulated('bounce'))
    expect(mails.arrived()).toEqual([])
    expect(mails.suppressed()).toEqual([])
  })

  it('is the last to its address, until somebody takes that off the list', async () => {
    mails.comesBack('Ada@example.org', 'BOUNCE')
    await mailer().send(mail)
    mails.allArrive()
    await mailer().send(mail)
    expect(mails.arrived()).toEqual([])
    expect(await messagesIn('Queue')).toMatchObject([
      { bounce: { bounceSubType: 'General' } },
      { bounce: { bounceSubType: 'OnAccountSuppressionList' } },
    ])
    const { SuppressedDestinationSummaries } = await client().send(new ListSuppressedDestinationsCommand({}))
    expect(SuppressedDestinationSummaries).toEqual([
      { EmailAddress: mail.to, Reason: 'BOUNCE', LastUpdateTime: new Date(start) },
    ])
    await client().send(new DeleteSuppressedDestinationCommand({ EmailAddress: mail.to }))
    await mailer().send(mail)
    expect(mails.arrived()).toHaveLength(1)
    await expect(
      client().send(new DeleteSuppressedDestinationCommand({ EmailAddress: mail.to })),
    ).rejects.toMatchObject({ name: 'NotFoundException' })
  })

  it('reaches the queue once that is there again', async () => {
    outages.begin('sqs')
    await mailer().send(simulated('bounce'))
    await turn()
    await clock.advance(2 * hours)
    expect(await messagesIn('Queue')).toEqual([])
    expect([...topics.values()][0]!.inFlight()).toMatchObject({ now: 0, later: 1 })
    outages.end()
    await clock.advance(11 * minutes)
    expect(await messagesIn('Queue')).toHaveLength(1)
  })

  it('goes to the dead letters of a queue that lets the topic not in', async () => {
    serve({ ToQueue: { Type: 'AWS::SNS::Topic' } })
    await mailer().send(simulated('bounce'))
    expect(await messagesIn('Queue')).toEqual([])
    expect(await messagesIn('Dead')).toMatchObject([{ eventType: 'Bounce' }])
  })

  it('needs a topic that lets SES in, or nothing is deployed', () => {
    expect(() => serve({ ToTopic: { Type: 'AWS::SNS::Topic' } })).toThrow(
      /ses.amazonaws.com is not authorized to perform: sns:Publish/,
    )
  })
})
