import type { AsyncInvocations } from '../lambda/async-invocations.ts'
import { AwsError } from '../endpoint/aws-error.ts'
import type { Outages } from '../endpoint/outages.ts'
import type { Iam } from '../iam/iam.ts'
import type { OutgoingMessage } from '../sqs/message.ts'
import type { Bucket } from '../s3/bucket.ts'
import type { Queue } from '../sqs/queue.ts'

export interface DeliveryDeps {
  readonly iam: Iam
  readonly outages: Outages
  readonly account: string
  readonly region: string
  /** By ARN. */
  readonly queues: ReadonlyMap<string, Queue>
  /** By name. */
  readonly buckets: ReadonlyMap<string, Bucket>
  /** By ARN. */
  readonly functions: ReadonlyMap<string, AsyncInvocations>
}

/** How AWS services hand something to a queue or a function, each with the permission that it needs for that. */
export class Deliveries {
  private readonly deps: DeliveryDeps

  constructor(deps: DeliveryDeps) {
    this.deps = deps
  }

  /** From a rule of EventBridge: the target's own policy must let the rule in. */
  byRule(ruleArn: string, targetArn: string, body: string, traceHeader?: string): void {
    const caller = { service: 'events.amazonaws.com', sourceArn: ruleArn }
    this.deps.iam.checkService(caller, this.actionOn(targetArn), targetArn)
    this.hand(targetArn, { MessageBody: body, ...(traceHeader !== undefined && { traceHeader }) })
  }

  /** The dead letter of a rule's target. */
  deadLetterByRule(ruleArn: string, queueArn: string, message: OutgoingMessage): void {
    this.deps.iam.checkService({ service: 'events.amazonaws.com', sourceArn: ruleArn }, 'sqs:SendMessage', queueArn)
    this.send(queueArn, message)
  }

  /** From a topic: the queue's own policy must let the topic in. */
  byTopic(topicArn: string, queueArn: string, body: string): void {
    this.deps.iam.checkService({ service: 'sns.amazonaws.com', sourceArn: topicArn }, 'sqs:SendMessage', queueArn)
    this.send(queueArn, { MessageBody: body })
  }

  /** From a bucket: the queue's own policy must let it in. */
  byBucket(bucketArn: string, queueArn: string, body: string): void {
    this.deps.iam.checkService({ service: 's3.amazonaws.com', sourceArn: bucketArn }, 'sqs:SendMessage', queueArn)
    this.send(queueArn, { MessageBody: body })
  }

  /** From a schedule: its role must trust Scheduler and allow the action. */
  bySchedule(group: string, roleArn: string, targetArn: string, body: string): void {
    const { iam, outages, region, account } = this.deps
    outages.check('scheduler')
    const sourceArn = `arn:aws:scheduler:${region}:${account}:schedule-group/${group}`
    iam.checkTrust(roleArn, { service: 'scheduler.amazonaws.com', sourceArn })
    iam.check(roleArn, this.actionOn(targetArn), targetArn)
    this.hand(targetArn, { MessageBody: body })
  }

  /** On behalf of a function, such as the failure destination of its stream: its role must allow it. */
  byRole(roleArn: string, queueArn: string, message: OutgoingMessage): void {
    this.deps.iam.check(roleArn, 'sqs:SendMessage', queueArn)
    this.send(queueArn, message)
  }

  /** An object for a bucket, likewise. */
  objectByRole(roleArn: string, bucketArn: string, key: string, body: string): void {
    this.deps.iam.check(roleArn, 's3:ListBucket', bucketArn)
    this.deps.iam.check(roleArn, 's3:PutObject', `${bucketArn}/${key}`)
    this.deps.outages.check('s3')
    const bucket = this.deps.buckets.get(bucketArn.slice(bucketArn.lastIndexOf(':') + 1))
    if (bucket === undefined) throw new AwsError('NoSuchBucket', `There is no bucket ${bucketArn}.`, 404)
    bucket.put(key, body)
  }

  queue(arn: string): Queue {
    const queue = this.deps.queues.get(arn)
    if (queue === undefined) throw new AwsError('ResourceNotFoundException', `There is no queue ${arn}.`)
    return queue
  }

  private actionOn(targetArn: string): string {
    return this.deps.functions.has(targetArn) ? 'lambda:InvokeFunction' : 'sqs:SendMessage'
  }

  private hand(targetArn: string, message: OutgoingMessage): void {
    const invocations = this.deps.functions.get(targetArn)
    if (invocations) invocations.send(JSON.parse(message.MessageBody))
    else this.send(targetArn, message)
  }

  private send(queueArn: string, message: OutgoingMessage): void {
    this.deps.outages.check('sqs')
    this.queue(queueArn).send(message)
  }
}
