import { Duration, Stack } from 'aws-cdk-lib/core'
import { Alarm, ComparisonOperator, type IMetric, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'

/** The periods of metrics. */
export const minute = Duration.minutes(1)
export const fiveMinutes = Duration.minutes(5)
export const tenMinutes = Duration.minutes(10)

/** When an alarm goes off, and where its reader goes. */
export interface Alarming {
  readonly metric: IMetric
  /** At this value or above; an alarm on silence goes off below it. */
  readonly threshold: number
  /** In how many periods one after the other; default 1. */
  readonly periods?: number
  /** Goes off on silence: on values below the threshold, and on none. */
  readonly onSilence?: boolean
  readonly description: string
  /** The heading of docs/runbooks.md that the reader goes to, as it stands in a link. */
  readonly runbook: string
}

/**
 * The topic that alarms go to, for the people on call to subscribe to. In a stage without alarms it is there as well, so that its
 * subscribers stay when alarms are switched off and on; raising one does nothing.
 */
export class Alarms extends Construct {
  readonly topic: Topic
  private readonly enabled: boolean

  constructor(scope: Construct, id: string, enabled: boolean) {
    super(scope, id)
    this.enabled = enabled
    this.topic = new Topic(this, 'Topic', { enforceSSL: true })
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    )
  }

  raise(scope: Construct, id: string, { metric, threshold, onSilence = false, ...alarming }: Alarming): void {
    if (!this.enabled) return
    const { periods = 1, description, runbook } = alarming
    const alarm = new Alarm(scope, id, {
      metric,
      threshold,
      evaluationPeriods: periods,
      comparisonOperator: onSilence
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: onSilence ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
      alarmDescription: `${description} See docs/runbooks.md#${runbook}.`,
    })
    alarm.addAlarmAction(new SnsAction(this.topic))
  }
}

/** How many of a hundred, in periods of five minutes; `of` names it among several in one graph. No value where there is none of the whole. */
export const percentage = (part: IMetric, whole: IMetric, of = 'requests'): MathExpression =>
  new MathExpression({
    expression: `100 * FILL(${of}_part, 0) / ${of}`,
    usingMetrics: { [`${of}_part`]: part, [of]: whole },
    label: `${of} (%)`,
    period: fiveMinutes,
  })

/** An alarm by rate: one event in twenty, for a quarter of an hour. A single failure, however quiet the hour, alarms nobody. */
export const byRate = (part: IMetric, whole: IMetric) =>
  ({ metric: percentage(part, whole), threshold: 5, periods: 3 }) as const
