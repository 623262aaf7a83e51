import { Stack, Validations } from 'aws-cdk-lib/core'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { env } from '../../functions/runtime/env.ts'
import { DeadLetterQueue } from './dead-letter-queue.ts'
import type { ServiceFunction } from './service-function.ts'
import type { Setting } from './setting.ts'

export interface OneTimeSchedulesProps {
  readonly setting: Setting
  readonly group: CfnScheduleGroup
  /** Where the messages of the schedules go. */
  readonly queue: IQueue
}

/** What functions need to set timers that send a message to a queue: a role for EventBridge Scheduler, and its dead-letter queue. */
export class OneTimeSchedules extends Construct {
  private readonly group: CfnScheduleGroup
  private readonly queue: IQueue
  private readonly role: Role
  private readonly deadLetters: DeadLetterQueue

  constructor(scope: Construct, id: string, { setting, group, queue }: OneTimeSchedulesProps) {
    super(scope, id)
    this.group = group
    this.queue = queue
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters', setting, 'timers that did not reach the queue')
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account, 'aws:SourceArn': group.attrArn } },
      }),
    })
    for (const target of [queue, this.deadLetters]) {
      this.role.addToPolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [target.queueArn] }))
    }
  }

  /** Lets a function set and clear timers. */
  bindTo(fn: ServiceFunction): void {
    const stack = Stack.of(this)
    const schedules = stack.formatArn({
      service: 'scheduler',
      resource: 'schedule',
      resourceName: `${this.group.ref}/*`,
    })
    fn.bind(
      {
        [env.scheduleGroup]: this.group.ref,
        [env.scheduleRole]: this.role.roleArn,
        [env.scheduleTarget]: this.queue.queueArn,
        [env.scheduleDeadLetters]: this.deadLetters.queueArn,
      },
      { actions: ['scheduler:CreateSchedule', 'scheduler:DeleteSchedule'], on: [schedules] },
      {
        actions: ['iam:PassRole'],
        on: [this.role.roleArn],
        when: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
      },
    )
    Validations.of(fn).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule/${importName(this.group)}/*]`,
      reason: 'Schedules are named after orders; the group holds nothing else.',
    })
  }
}

/** The name under which other stacks know the group: cdk-nag puts it where the group's own name will be. */
function importName(group: CfnScheduleGroup): string {
  const stack = Stack.of(group)
  return (stack.resolve(stack.exportValue(group.ref)) as { 'Fn::ImportValue': string })['Fn::ImportValue']
}
