import { Duration, Validations } from 'aws-cdk-lib/core'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { retentionDays } from '../delivery.ts'
import { minute } from './alarms.ts'
import type { Setting } from './setting.ts'

/** Where a message lies that could not be delivered or handled: for 14 days, with an alarm at the first one. */
export class DeadLetterQueue extends Queue {
  /** `of` names in the alarm what did not arrive. */
  constructor(scope: Construct, id: string, { service, alarms }: Setting, of: string) {
    super(scope, id, { retentionPeriod: Duration.days(retentionDays), enforceSSL: true })
    const reason = 'It is a dead-letter queue itself: what lies here waits for an operator.'
    Validations.of(this).acknowledge({ id: 'AwsSolutions-SQS3', reason }, { id: 'Serverless-SQSRedrivePolicy', reason })
    alarms.raise(this, 'Depth', {
      metric: this.metricApproximateNumberOfMessagesVisible({ period: minute, statistic: 'Maximum' }),
      threshold: 1,
      description: `${service}: ${of} in the dead-letter queue.`,
      runbook: 'a-dead-letter-queue-is-not-empty',
    })
  }
}
