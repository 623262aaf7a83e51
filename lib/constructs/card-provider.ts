import { Validations } from 'aws-cdk-lib/core'
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import { env } from '../../functions/runtime/env.ts'
import { type MetricName, metric, namespace } from '../../functions/runtime/metrics.ts'
import { fiveMinutes } from './alarms.ts'
import type { ServiceFunction } from './service-function.ts'
import { type Setting, removalPolicyOf } from './setting.ts'

/**
 * What the card provider knows us by, and what its webhooks are signed with. The secret of the sandbox is made here and complete; that of
 * a real provider is a placeholder until somebody fills it (docs/runbooks.md), and believes no webhook until then.
 */
export class CardProvider extends Construct {
  private readonly secret: Secret
  private readonly name: string

  constructor(scope: Construct, id: string, { stage, alarms }: Setting) {
    super(scope, id)
    this.name = stage.cardProvider
    this.secret = new Secret(this, 'Secret', {
      description: `How Holdfast ${stage.name} and its card provider (${stage.cardProvider}) know each other`,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ apiKey: 'unset' }),
        generateStringKey: 'webhookSecret',
        excludePunctuation: true,
        passwordLength: 40,
      },
      removalPolicy: removalPolicyOf(stage),
    })
    Validations.of(this.secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'The provider makes its keys: they are rotated where it shows them, as docs/runbooks.md has it.',
    })
    const onHold = 'A payment is on hold until an operator has seen to it. See docs/runbooks.md.'
    alarms.raise(this, 'OnHold', sumOf(metric.paymentsOnHold), 1, onHold)
    const unanswered = 'The card provider does not answer. See docs/runbooks.md.'
    alarms.raise(this, 'Unanswered', sumOf(metric.providerUnanswered), 10, unanswered)
  }

  /** Lets a function ask the provider, and read the secret where it needs one for that: the sandbox has a secret for its webhooks only. */
  bindTo(fn: ServiceFunction): void {
    fn.bind({ [env.cardProvider]: this.name })
    if (this.name === 'sandbox' && fn.kind !== 'http') return
    const { secretArn } = this.secret
    fn.bind({ [env.providerSecret]: secretArn }, { actions: ['secretsmanager:GetSecretValue'], on: [secretArn] })
  }
}

const sumOf = (metricName: MetricName): Metric =>
  new Metric({
    namespace,
    metricName,
    dimensionsMap: { service: 'payments' },
    statistic: Stats.SUM,
    period: fiveMinutes,
  })
