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
  /** The fields of a line of the access log, each with API Gateway's name for its value. */
  readonly accessLog: Readonly<Record<string, string>>
}

/** The stage of an API, HTTP or WebSocket, with its access log and the throttle of the stage. */
export function addApiStage(scope: Construct, { apiId, stageName, stage, accessLog }: ApiStageProps): void {
  const logs = new LogGroup(scope, 'AccessLogs', {
    retention: stage.logRetention,
    removalPolicy: removalPolicyOf(stage),
  })
  new CfnStage(scope, 'Stage', {
    apiId,
    stageName,
    autoDeploy: true,
    accessLogSettings: {
      // Without the `:*` that a log group's own attribute ends in: API Gateway refuses it.
      destinationArn: Stack.of(scope).formatArn({ service: 'logs', resource: `log-group:${logs.logGroupName}` }),
      format: JSON.stringify(accessLog),
    },
    defaultRouteSettings: {
      throttlingRateLimit: stage.throttle.requestsPerSecond,
      throttlingBurstLimit: stage.throttle.burst,
      // A metric for each of some hundred routes would cost about 92 dollars a month.
      detailedMetricsEnabled: false,
    },
  })
}
