import { Duration, Validations } from 'aws-cdk-lib/core'
import { type IGrantable, type IPrincipal, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import {
  ApplicationLogLevel,
  Architecture,
  Function as LambdaFunction,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda'
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { env, type EnvName } from '../../functions/runtime/env.ts'
import { timeouts, wakesItself } from '../delivery.ts'
import type { Kind } from '../entry.ts'
import { metric } from '../../functions/runtime/metrics.ts'
import { byRate, fiveMinutes } from './alarms.ts'
import { counted } from './own-metrics.ts'
import { type Setting, removalPolicyOf } from './setting.ts'

export interface ServiceFunctionProps {
  readonly setting: Setting
  readonly kind: Kind
  readonly memoryMb?: number | undefined
  /** For functions that are invoked asynchronously: where an invocation goes that failed for the last time. */
  readonly deadLetters?: IQueue
}

/** A function with a role and a log group of its own. It may write its log and its traces; anything else is granted by what it is bound to. */
export class ServiceFunction extends Construct implements IGrantable {
  readonly lambda: LambdaFunction
  readonly grantPrincipal: IPrincipal
  readonly kind: Kind
  /** What people call it: service and kind. */
  readonly label: string

  constructor(scope: Construct, id: string, { setting, kind, memoryMb = 512, deadLetters }: ServiceFunctionProps) {
    super(scope, id)
    const { service, stage, code, alarms } = setting
    this.kind = kind
    this.label = `${service} ${kind}`
    const logGroup = new LogGroup(this, 'Logs', {
      retention: stage.logRetention,
      removalPolicy: removalPolicyOf(stage),
    })
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    logGroup.grantWrite(role)
    this.lambda = new LambdaFunction(this, 'Function', {
      description: `Holdfast ${stage.name}: ${service} ${kind}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: code({ service, kind }),
      memorySize: memoryMb,
      timeout: Duration.seconds(timeouts[kind]),
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      // The report of an invocation (its time, its memory, its cold start) is a system log of level INFO.
      systemLogLevelV2: SystemLogLevel.INFO,
      tracing: stage.traces > 0 ? Tracing.ACTIVE : Tracing.DISABLED,
      environment: {
        [env.service]: service,
        [env.stage]: stage.name,
        NODE_OPTIONS: '--enable-source-maps',
      },
      ...(wakesItself.has(kind) && { recursiveLoop: RecursiveLoop.ALLOW }),
      ...(deadLetters && { deadLetterQueue: deadLetters }),
    })
    this.grantPrincipal = this.lambda.grantPrincipal
    this.acknowledge(role, deadLetters === undefined)
    const invocations = this.lambda.metricInvocations({ period: fiveMinutes })
    const runbook = 'a-function-fails-or-is-throttled'
    alarms.raise(this, 'Errors', {
      ...byRate(this.lambda.metricErrors({ period: fiveMinutes }), invocations),
      description: `${service} ${kind}: the function fails.`,
      runbook,
    })
    alarms.raise(this, 'Throttles', {
      metric: new MathExpression({
        expression: '100 * throttles / (FILL(invocations, 0) + throttles)',
        usingMetrics: { invocations, throttles: this.lambda.metricThrottles({ period: fiveMinutes }) },
        label: '%',
        period: fiveMinutes,
      }),
      threshold: 5,
      periods: 3,
      description: `${service} ${kind}: the function is throttled.`,
      runbook,
    })
    if (kind === 'http')
      alarms.raise(this, 'Faults', {
        ...byRate(counted(setting, metric.faults), invocations),
        description: `${service}: requests are answered with 5xx.`,
        runbook: 'the-api-answers-with-5xx',
      })
  }

  /** What stands behind a variable is granted in the same breath: variables and the actions that they are good for. */
  bind(
    variables: Readonly<Partial<Record<EnvName, string>>>,
    ...grants: readonly { readonly actions: string[]; readonly on: string[]; readonly when?: Record<string, unknown> }[]
  ): void {
    for (const [name, value] of Object.entries(variables)) this.lambda.addEnvironment(name, value)
    for (const { actions, on, when } of grants) {
      this.lambda.addToRolePolicy(new PolicyStatement({ actions, resources: on, ...(when && { conditions: when }) }))
    }
  }

  private acknowledge(role: Role, synchronous: boolean): void {
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray has no resources, and neither has reading metrics: both can only be granted on *.',
    })
    if (synchronous) {
      Validations.of(this.lambda).acknowledge({
        id: 'Serverless-LambdaDLQ',
        reason: `${this.kind} is invoked synchronously (API Gateway, Cognito, event source mapping): Lambda never uses a dead-letter queue of its own there.`,
      })
    }
  }
}
