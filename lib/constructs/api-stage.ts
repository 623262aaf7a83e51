import { CfnStage } from 'aws-cdk-lib/aws-apigatewayv2'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Stack } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'
import type { Stage } from '../stages.ts'
import { removalPolicyOf } from './setting.ts'

export interface ApiStageProps {
  readonly apiId: string
  readonly stageName: string
  readonly stage: Stage
  /** The fields of a line of the access log, each with API Gateway's name for its value; without them there is none. */
  readonly accessLog?: Readonly<Record<string, string>>
}

/** The stage of an API, HTTP or WebSocket, with the throttle of the stage. */
export function addApiStage(scope: Construct, { apiId, stageName, stage, accessLog }: ApiStageProps): CfnStage {
  return new CfnStage(scope, 'Stage', {
    apiId,
    stageName,
    autoDeploy: true,
    ...(accessLog && { accessLogSettings: accessLogOf(scope, stage, accessLog) }),
    defaultRouteSettings: {
      throttlingRateLimit: stage.throttle.requestsPerSecond,
      throttlingBurstLimit: stage.throttle.burst,
      // A metric for each of some hundred routes would cost about 92 dollars a month.
      detailedMetricsEnabled: false,
    },
  })
}

function accessLogOf(scope: Construct, stage: Stage, fields: Readonly<Record<string, string>>) {
  const logs = new LogGroup(scope, 'AccessLogs', {
    retention: stage.logRetention,
    removalPolicy: removalPolicyOf(stage),
  })
  return {
    // Without the `:*` that a log group's own attribute ends in: API Gateway refuses it.
    destinationArn: Stack.of(scope).formatArn({ service: 'logs', resource: `log-group:${logs.logGroupName}` }),
    format: JSON.stringify(fields),
  }
}
