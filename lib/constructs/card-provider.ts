import { CfnOutput, Stack, Validations } from 'aws-cdk-lib/core'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import { env } from '../../functions/runtime/env.ts'
import { metric } from '../../functions/runtime/metrics.ts'
import { cardOutputs } from '../card-outputs.ts'
import { byRate } from './alarms.ts'
import { counted } from './own-metrics.ts'
import type { ServiceFunction } from './service-function.ts'
import { type Setting, removalPolicyOf } from './setting.ts'

/**
 * What the card provider knows us by, and what its webhooks are signed with. The secret of the sandbox is made here and complete; that of
 * a real provider is a placeholder until somebody fills it (docs/runbooks.md), and believes no webhook until then.
 */
export class CardProvider extends Construct {
  private readonly secret: Secret
  private readonly name: string

  constructor(scope: Construct, id: string, setting: Setting) {
    super(scope, id)
    const { stage, alarms } = setting
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
    // Who reconciles from a machine asks the provider as well; the sandbox keeps no list.
    if (this.name !== 'sandbox') {
      new CfnOutput(Stack.of(this), cardOutputs.name, { value: this.name })
      new CfnOutput(Stack.of(this), cardOutputs.secret, { value: this.secret.secretArn })
    }
    alarms.raise(this, 'OnHold', {
      metric: counted(setting, metric.paymentsOnHold),
      threshold: 1,
      description: 'A payment is on hold until an operator has seen to it.',
      runbook: 'a-payment-is-on-hold',
    })
    alarms.raise(this, 'Unanswered', {
      ...byRate(counted(setting, metric.providerUnanswered), counted(setting, metric.providerAsked)),
      description: 'The card provider does not answer.',
      runbook: 'the-card-provider-does-not-answer',
    })
  }

  /** Lets a function ask the provider, and read the secret where it needs one for that: the sandbox has a secret for its webhooks only. */
  bindTo(fn: ServiceFunction): void {
    fn.bind({ [env.cardProvider]: this.name })
    if (this.name === 'sandbox' && fn.kind !== 'http') return
    const { secretArn } = this.secret
    fn.bind({ [env.providerSecret]: secretArn }, { actions: ['secretsmanager:GetSecretValue'], on: [secretArn] })
  }
}
