import { CfnApi, CfnAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2'
import { MathExpression, Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import { Stack } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { metric } from '../../functions/runtime/metrics.ts'
import { type RouteContract, type Service, codesOf } from '../../schemas/contract.ts'
import { answerHeaders, requestHeaders } from '../../schemas/headers.ts'
import { topology } from '../../schemas/topology.ts'
import { type Stage, servicesOf } from '../stages.ts'
import { type Alarms, fiveMinutes } from './alarms.ts'
import { addApiStage } from './api-stage.ts'
import { counted } from './own-metrics.ts'
import type { HttpApi } from './http-routes.ts'
import type { UserDirectory } from './user-directory.ts'

// A path is left out: it may be the link of a guest, which opens an order.
const accessLog = {
  time: '$context.requestTime',
  requestId: '$context.requestId',
  ip: '$context.identity.sourceIp',
  routeKey: '$context.routeKey',
  status: '$context.status',
  bytes: '$context.responseLength',
  milliseconds: '$context.responseLatency',
  integrationMilliseconds: '$context.integrationLatency',
  integrationError: '$context.integrationErrorMessage',
}

export interface GatewayProps {
  readonly stage: Stage
  readonly alarms: Alarms
  readonly directory: UserDirectory
}

/** What a web page of these origins may send and see. Tokens travel in a header, never in a cookie. */
const corsFor = (origins: readonly string[]): CfnApi.CorsProperty => ({
  allowOrigins: [...origins],
  allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  allowHeaders: [...requestHeaders],
  exposeHeaders: [...answerHeaders],
  maxAge: 3_600,
})

/** The one public HTTP API: everything is checked by the service that a route belongs to. */
export class Gateway extends Construct implements HttpApi {
  readonly apiId: string
  readonly url: string

  constructor(scope: Construct, id: string, { stage, alarms, directory }: GatewayProps) {
    super(scope, id)
    const api = new CfnApi(this, 'Api', {
      name: `Holdfast ${stage.name}`,
      protocolType: 'HTTP',
      ...(stage.origins.length > 0 && { corsConfiguration: corsFor(stage.origins) }),
    })
    this.apiId = api.ref
    this.url = api.attrApiEndpoint
    // The routes of the last release name it, and their stacks are deployed after this one.
    const authorizer = new CfnAuthorizer(this, 'Authorizer', {
      apiId: api.ref,
      authorizerType: 'JWT',
      name: 'users',
      identitySource: ['$request.header.Authorization'],
      jwtConfiguration: {
        issuer: directory.issuer,
        audience: [directory.formerClient.userPoolClientId, directory.client.userPoolClientId],
      },
    })
    Stack.of(this).exportValue(authorizer.ref)
    addApiStage(this, { apiId: this.apiId, stageName: '$default', stage, accessLog })
    alarms.raise(this, 'Faults', {
      metric: this.faults(stage),
      threshold: 5,
      periods: 3,
      description: 'The API answers with 5xx.',
      runbook: 'the-api-answers-with-5xx',
    })
  }

  /** A metric of the whole API: its routes have none of their own, which would cost more than all others together. */
  metric(metricName: '5xx' | '4xx' | 'Count' | 'Latency', options: MetricOptions = {}): Metric {
    return new Metric({
      namespace: 'AWS/ApiGateway',
      metricName,
      dimensionsMap: { ApiId: this.apiId },
      statistic: Stats.SUM,
      period: fiveMinutes,
      ...options,
    })
  }

  /** How many of a hundred answers are 5xx, without those that are designed so. */
  private faults(stage: Stage): MathExpression {
    const designed = servicesOf(stage)
      .filter(mayBeContended)
      .map((service, index) => [`c${index}`, service] as const)
    return new MathExpression({
      expression: `100 * (errors - ${designed.map(([id]) => `FILL(${id}, 0)`).join(' - ')}) / requests`,
      usingMetrics: {
        errors: this.metric('5xx'),
        requests: this.metric('Count'),
        ...Object.fromEntries(designed.map(([id, service]) => [id, counted({ service, stage }, metric.contended)])),
      },
      label: '%',
      period: fiveMinutes,
    })
  }
}

/** Whether a route of the service may answer that others were first again and again. An alarm takes ten metrics at most, and not every service can. */
const mayBeContended = (service: Service): boolean =>
  Object.values<RouteContract>(topology[service].routes).some((route) => codesOf(route).includes('contended'))
