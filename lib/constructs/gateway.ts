import { CfnApi, CfnAuthorizer, CfnStage } from 'aws-cdk-lib/aws-apigatewayv2'
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Stack } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import type { Stage } from '../stages.ts'
import { type Alarms, fiveMinutes } from './alarms.ts'
import type { HttpApi } from './http-routes.ts'
import { removalPolicyOf } from './setting.ts'
import type { UserDirectory } from './user-directory.ts'

// The fields of a line of the access log, each with API Gateway's name for its value.
const accessLog = {
  time: '$context.requestTime',
  requestId: '$context.requestId',
  ip: '$context.identity.sourceIp',
  routeKey: '$context.routeKey',
  path: '$context.path',
  status: '$context.status',
  caller: '$context.authorizer.claims.sub',
  bytes: '$context.responseLength',
  milliseconds: '$context.responseLatency',
  integrationMilliseconds: '$context.integrationLatency',
  integrationError: '$context.integrationErrorMessage',
  authorizerError: '$context.authorizer.error',
}

export interface GatewayProps {
  readonly stage: Stage
  readonly alarms: Alarms
  readonly directory: UserDirectory
}

/** The one public HTTP API: tokens are checked here, everything else by the service that a route belongs to. */
export class Gateway extends Construct implements HttpApi {
  readonly apiId: string
  readonly authorizerId: string
  readonly url: string

  constructor(scope: Construct, id: string, { stage, alarms, directory }: GatewayProps) {
    super(scope, id)
    const api = new CfnApi(this, 'Api', { name: `Holdfast ${stage.name}`, protocolType: 'HTTP' })
    this.apiId = api.ref
    this.url = api.attrApiEndpoint
    this.authorizerId = new CfnAuthorizer(this, 'Authorizer', {
      apiId: api.ref,
      authorizerType: 'JWT',
      name: 'users',
      identitySource: ['$request.header.Authorization'],
      jwtConfiguration: {
        issuer: directory.issuer,
        audience: [directory.client.userPoolClientId],
      },
    }).ref
    this.addStage(stage)
    alarms.raise(
      this,
      'Faults',
      new Metric({
        namespace: 'AWS/ApiGateway',
        metricName: '5xx',
        dimensionsMap: { ApiId: api.ref },
        statistic: Stats.SUM,
        period: fiveMinutes,
      }),
      1,
      'The API answers with 5xx. See docs/runbooks.md.',
    )
  }

  private addStage(stage: Stage): void {
    const logs = new LogGroup(this, 'AccessLogs', {
      retention: stage.logRetention,
      removalPolicy: removalPolicyOf(stage),
    })
    new CfnStage(this, 'Stage', {
      apiId: this.apiId,
      stageName: '$default',
      autoDeploy: true,
      accessLogSettings: {
        // Without the `:*` that a log group's own attribute ends in: API Gateway refuses it.
        destinationArn: Stack.of(this).formatArn({ service: 'logs', resource: `log-group:${logs.logGroupName}` }),
        format: JSON.stringify(accessLog),
      },
      defaultRouteSettings: {
        throttlingRateLimit: stage.throttle.requestsPerSecond,
        throttlingBurstLimit: stage.throttle.burst,
        detailedMetricsEnabled: true,
      },
    })
  }
}
