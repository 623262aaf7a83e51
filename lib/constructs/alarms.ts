import { Duration, Stack } from 'aws-cdk-lib/core'
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'

/** The periods of metrics. */
export const minute = Duration.minutes(1)
export const fiveMinutes = Duration.minutes(5)

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

  /** Raises an alarm as soon as one period of the metric is at the threshold or above. */
  raise(scope: Construct, id: string, metric: IMetric, threshold: number, description: string): void {
    if (!this.enabled) return
    const alarm = new Alarm(scope, id, {
      metric,
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: description,
    })
    alarm.addAlarmAction(new SnsAction(this.topic))
  }
}
