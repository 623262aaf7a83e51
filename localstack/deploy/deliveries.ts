import type { AsyncInvocations } from '../lambda/async-invocations.ts'
import { AwsError } from '../endpoint/aws-error.ts'
import type { Iam } from '../iam/iam.ts'
import type { OutgoingMessage } from '../sqs/message.ts'
import type { Queue } from '../sqs/queue.ts'

export interface DeliveryParts {
  readonly iam: Iam
  readonly account: string
  readonly region: string
  /** By ARN. */
  readonly queues: ReadonlyMap<string, Queue>
  readonly functions: ReadonlyMap<string, AsyncInvocations>
}

/** How AWS services hand something to a queue or a function, each with the permission that it needs for that. */
export class Deliveries {
  private readonly parts: DeliveryParts

  constructor(parts: DeliveryParts) {
    this.parts = parts
  }

  /** From a rule of EventBridge: the target's own policy must let the rule in. */
  byRule(ruleArn: string, targetArn: string, body: string): void {
    const caller = { service: 'events.amazonaws.com', sourceArn: ruleArn }
    this.parts.iam.checkService(caller, this.actionOn(targetArn), targetArn)
    this.hand(targetArn, { MessageBody: body })
  }

  /** The dead letter of a rule's target. */
  deadLetterByRule(ruleArn: string, queueArn: string, message: OutgoingMessage): void {
    this.parts.iam.checkService({ service: 'events.amazonaws.com', sourceArn: ruleArn }, 'sqs:SendMessage', queueArn)
    this.queue(queueArn).send(message)
  }

  /** From a schedule: its role must trust Scheduler and allow the action. */
  bySchedule(group: string, roleArn: string, targetArn: string, body: string): void {
    const { iam, region, account } = this.parts
    const sourceArn = `arn:aws:scheduler:${region}:${account}:schedule-group/${group}`
    iam.checkTrust(roleArn, { service: 'scheduler.amazonaws.com', sourceArn })
    iam.check(roleArn, this.actionOn(targetArn), targetArn)
    this.hand(targetArn, { MessageBody: body })
  }

  /** From a function's own doing, such as the failure destination of its stream: its role must allow it. */
  byRole(roleArn: string, queueArn: string, message: OutgoingMessage): void {
    this.parts.iam.check(roleArn, 'sqs:SendMessage', queueArn)
    this.queue(queueArn).send(message)
  }

  queue(arn: string): Queue {
    const queue = this.parts.queues.get(arn)
    if (queue === undefined) throw new AwsError('ResourceNotFoundException', `There is no queue ${arn}.`)
    return queue
  }

  private actionOn(targetArn: string): string {
    return this.parts.functions.has(targetArn) ? 'lambda:InvokeFunction' : 'sqs:SendMessage'
  }

  private hand(targetArn: string, message: OutgoingMessage): void {
    const invocations = this.parts.functions.get(targetArn)
    if (invocations) invocations.send(JSON.parse(message.MessageBody))
    else this.queue(targetArn).send(message)
  }
}
