import { Duration } from 'aws-cdk-lib/core'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { Construct } from 'constructs'
import { metric } from '../../functions/runtime/metrics.ts'
import { counted } from './own-metrics.ts'
import { DeadLetterQueue } from './dead-letter-queue.ts'
import { fullRetries } from './event-subscription.ts'
import { ServiceFunction } from './service-function.ts'
import type { Setting } from './setting.ts'

/** Runs the sweep of a service every minute: it catches up on what was due and did not happen. */
export class Sweeper extends Construct {
  readonly function: ServiceFunction

  constructor(scope: Construct, id: string, setting: Setting, memoryMb: number | undefined) {
    super(scope, id)
    const missed = new DeadLetterQueue(this, 'Missed', setting, 'sweeps that failed')
    this.function = new ServiceFunction(this, 'Handler', { setting, kind: 'sweep', memoryMb, deadLetters: missed })
    new Rule(this, 'Rule', {
      description: `When ${setting.service} sweeps`,
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(this.function.lambda, { deadLetterQueue: missed, ...fullRetries })],
    })
    const runbook = 'a-sweeper-is-silent-or-fails-at-items'
    setting.alarms.raise(this, 'Silence', {
      metric: counted(setting, metric.sweeps),
      threshold: 1,
      onSilence: true,
      description: `${setting.service}: no sweep has come to its end for 5 minutes.`,
      runbook,
    })
    setting.alarms.raise(this, 'NotSwept', {
      metric: counted(setting, metric.notSwept),
      threshold: 1,
      periods: 3,
      description: `${setting.service}: the sweep fails at items again and again.`,
      runbook,
    })
  }
}
