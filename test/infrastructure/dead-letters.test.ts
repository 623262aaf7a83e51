import { describe, expect, it } from 'vitest'
import { type Resource, type Value, named, prod } from './templates.ts'

const queues = prod.of('AWS::SQS::Queue')
const rules = prod.of('AWS::Events::Rule')
const functions = prod.of('AWS::Lambda::Function')
const mappings = prod.of('AWS::Lambda::EventSourceMapping')

const consumed = mappings
  .filter(({ properties }) => properties.ScalingConfig !== undefined)
  .map(({ service, properties }) => prod.at(service, properties.EventSourceArn))

const spills = consumed.filter(({ name }) => name.endsWith(' RelaySpill'))
const subscribed = consumed.filter((queue) => !spills.includes(queue))

const streams = mappings.filter(({ properties }) => properties.StartingPosition !== undefined)
const setters = functions.filter(({ properties }) => properties.Environment.Variables.SCHEDULE_ROLE_ARN !== undefined)

/** What names a dead-letter queue, and the queue. */
const references: readonly (readonly [Resource, Value | undefined])[] = [
  ...subscribed.map((queue) => [queue, queue.properties.RedrivePolicy?.deadLetterTargetArn] as const),
  ...rules.flatMap((rule) =>
    rule.properties.Targets.map((target: { DeadLetterConfig?: { Arn: Value } }) => [
      rule,
      target.DeadLetterConfig?.Arn,
    ]),
  ),
  ...functions
    .filter(({ properties }) => properties.Description.endsWith(' relay'))
    .map((fn) => [fn, fn.properties.Environment.Variables.DEAD_LETTER_QUEUE_URL] as const),
  ...setters.map((fn) => [fn, fn.properties.Environment.Variables.SCHEDULE_DEAD_LETTER_ARN] as const),
  ...functions
    .filter(({ properties }) => properties.Description.endsWith(' sweep'))
    .map((fn) => [fn, fn.properties.DeadLetterConfig?.TargetArn] as const),
  ...prod
    .of('AWS::SNS::Subscription')
    .map((subscription) => [subscription, subscription.properties.RedrivePolicy?.deadLetterTargetArn] as const),
]
const deadLetterQueues = [
  ...new Set(references.flatMap(([{ service }, value]) => (value === undefined ? [] : [prod.at(service, value)]))),
]

describe('dead letters', () => {
  it.each(references.map(([resource, value]) => [resource.name, resource, value] as const))(
    '%s has a dead-letter queue',
    (_, resource, value) => {
      expect(value).toBeDefined()
      expect(prod.at(resource.service, value!).type).toBe('AWS::SQS::Queue')
    },
  )

  it('of rules do not share a queue', () => {
    const used = references.filter(([{ type }]) => type === 'AWS::Events::Rule')
    const theirs = used.map(([rule, value]) => prod.rendered(rule.service, value!))
    expect(new Set(theirs).size).toBe(rules.length)
  })

  it.each(rules.map((rule) => [rule.name, rule] as const))('of %s come after 185 retries in 24 hours', (_, rule) => {
    for (const { RetryPolicy } of rule.properties.Targets) {
      expect(RetryPolicy).toEqual({ MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 })
    }
  })

  it.each(rules.map((rule) => [rule.name, rule] as const))('of %s may be sent by EventBridge', (_, rule) => {
    const queue = prod.at(rule.service, rule.properties.Targets[0].DeadLetterConfig.Arn)
    expect(sendersOf(queue)).toContain(`events.amazonaws.com for ${rule.name}`)
  })

  // What bounces is kept from its next mail by SES itself: the queue of feedback is for what else should follow.
  const others = queues.filter(({ name }) => name !== 'platform MailFeedback')
  it.each(named(others))('%s is either emptied by a function or a dead-letter queue', (_, queue) => {
    expect([consumed.includes(queue), deadLetterQueues.includes(queue)].filter(Boolean)).toHaveLength(1)
  })

  it.each(named(deadLetterQueues))('stay in %s for 14 days', (_, queue) => {
    expect(queue.properties.MessageRetentionPeriod).toBe(14 * 86_400)
  })

  it.each(named(spills))(
    'of %s are made by the relay alone: SQS counts fewer deliveries than 13 days have',
    (_, queue) => {
      expect(queue.properties.RedrivePolicy).toBeUndefined()
      expect(queue.properties.MessageRetentionPeriod).toBe(14 * 86_400)
    },
  )

  it('go, with their cause, where the queue itself would send them', () => {
    for (const mapping of mappings.filter(({ properties }) => properties.ScalingConfig !== undefined)) {
      if (spills.includes(prod.at(mapping.service, mapping.properties.EventSourceArn))) continue
      const fn = prod.at(mapping.service, mapping.properties.FunctionName)
      const queue = prod.at(mapping.service, mapping.properties.EventSourceArn)
      const parked = prod.at(fn.service, fn.properties.Environment.Variables.DEAD_LETTER_QUEUE_URL)
      expect(parked.name).toBe(prod.rendered(queue.service, queue.properties.RedrivePolicy.deadLetterTargetArn))
    }
  })
})

describe('records that a stream gives up', () => {
  const destinationOf = ({ service, properties }: Resource): Resource =>
    prod.at(service, properties.DestinationConfig.OnFailure.Destination)

  it.each(named(streams))('of %s lie whole in a bucket of its own, for 30 days and for nobody else', (_, stream) => {
    const bucket = destinationOf(stream)
    expect(bucket.type).toBe('AWS::S3::Bucket')
    expect(streams.filter((each) => destinationOf(each) === bucket)).toEqual([stream])
    expect(bucket.properties.LifecycleConfiguration.Rules).toEqual([{ ExpirationInDays: 30, Status: 'Enabled' }])
    expect(bucket.properties.PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    })
    expect(bucket.deletionPolicy).toBe('Retain')
  })
})

function sendersOf(queue: Resource): string[] {
  return prod
    .of('AWS::SQS::QueuePolicy')
    .filter(({ service, properties }) => properties.Queues.some((each: Value) => prod.at(service, each) === queue))
    .flatMap(({ service, properties }) =>
      properties.PolicyDocument.Statement.filter(({ Effect }: { Effect: string }) => Effect === 'Allow').map(
        ({
          Principal,
          Condition,
        }: {
          Principal: { Service: string }
          Condition: { ArnEquals: { 'aws:SourceArn': Value } }
        }) => `${Principal.Service} for ${prod.rendered(service, Condition.ArnEquals['aws:SourceArn'])}`,
      ),
    )
}
