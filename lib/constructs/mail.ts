import { Annotations, ArnFormat, CfnOutput, Duration, Stack, Validations } from 'aws-cdk-lib/core'
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import {
  ConfigurationSet,
  EmailIdentity,
  EmailSendingEvent,
  EventDestination,
  Identity,
  SuppressionReasons,
} from 'aws-cdk-lib/aws-ses'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { env } from '../../functions/runtime/env.ts'
import { retentionDays } from '../delivery.ts'
import type { Stage } from '../stages.ts'
import { DeadLetterQueue } from './dead-letter-queue.ts'
import type { ServiceFunction } from './service-function.ts'
import type { Setting } from './setting.ts'

/** What a stage sends mails with. */
interface Sender {
  readonly mode: 'sandbox' | 'on'
  readonly from: string
  readonly configurationSet: ConfigurationSet
}

/**
 * Mails, and what comes back of them. SES itself keeps the addresses that bounced for good or complained, and sends them nothing more;
 * its notifications wait in the queue of feedback for what else should follow. Topic and queue are there in every stage: nothing in them
 * is lost when mails are switched off and on.
 */
export class Mail extends Construct {
  /** Bounces and complaints, each message a notification of SES as it is; the id of the mail is in `mail.tags.id`. */
  readonly feedback: Queue
  /** Undefined where the stage sends no mail. */
  private readonly sender: Sender | undefined

  constructor(scope: Construct, id: string, setting: Setting) {
    super(scope, id)
    const topic = new Topic(this, 'Topic', { enforceSSL: true })
    this.feedback = this.queueOf(topic, setting)
    const { mail } = setting.stage
    if (mail.mode === 'off') this.warn(setting.stage)
    else this.sender = { ...mail, configurationSet: this.configurationSet(topic) }
    if (this.sender) this.identity(this.sender)
    if (this.sender) this.watch(setting)
  }

  /** Lets a function send mails, where the stage sends any: from the address of the stage alone. */
  bindTo(fn: ServiceFunction): void {
    fn.bind({ [env.mail]: this.sender?.mode ?? 'off' })
    if (this.sender === undefined) return
    const { mode, from } = this.sender
    const name = this.sender.configurationSet.configurationSetName
    // SES asks for the right on the recipient as well, which is an identity of the account in the sandbox.
    const identity = mode === 'sandbox' ? '*' : domainOf(from)
    fn.bind(
      { [env.mailFrom]: from, [env.mailConfigurationSet]: name },
      {
        actions: ['ses:SendEmail'],
        on: [arnOf(fn, 'identity', identity), arnOf(fn, 'configuration-set', name)],
        when: { StringEquals: { 'ses:FromAddress': from } },
      },
    )
    if (mode === 'sandbox')
      Validations.of(fn).acknowledge({
        id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:identity/*]',
        reason: 'The verified recipients of the sandbox are identities that the templates do not know.',
      })
  }

  private queueOf(topic: Topic, setting: Setting): Queue {
    const queue = new Queue(this, 'Feedback', { retentionPeriod: Duration.days(retentionDays), enforceSSL: true })
    const reason = 'Nothing takes messages out of it that could fail at one: they lie there for 14 days.'
    Validations.of(queue).acknowledge(
      { id: 'AwsSolutions-SQS3', reason },
      { id: 'Serverless-SQSRedrivePolicy', reason },
    )
    const deadLetterQueue = new DeadLetterQueue(this, 'Undelivered', setting, 'bounces that did not reach the queue')
    topic.addSubscription(new SqsSubscription(queue, { rawMessageDelivery: true, deadLetterQueue }))
    return queue
  }

  private configurationSet(topic: Topic): ConfigurationSet {
    const set = new ConfigurationSet(this, 'ConfigurationSet', {
      suppressionReasons: SuppressionReasons.BOUNCES_AND_COMPLAINTS,
    })
    set.addEventDestination('Feedback', {
      destination: EventDestination.snsTopic(topic),
      events: [EmailSendingEvent.BOUNCE, EmailSendingEvent.COMPLAINT],
    })
    return set
  }

  /** In the sandbox the sender is an address, whose owner confirms it by a link; outside of it a domain, by records of its DNS. */
  private identity({ mode, from }: Sender): void {
    if (mode === 'sandbox') {
      new EmailIdentity(this, 'Sender', { identity: Identity.email(from) })
      return
    }
    const { dkimRecords } = new EmailIdentity(this, 'Domain', { identity: Identity.domain(domainOf(from)) })
    for (const [index, { name, value }] of dkimRecords.entries())
      new CfnOutput(Stack.of(this), `MailDkim${index + 1}`, { value: `${name} CNAME ${value}` })
  }

  /** The rates of the account at which AWS reviews it, before it takes its right to send: https://docs.aws.amazon.com/ses/latest/dg/faqs-enforcement.html */
  private watch({ alarms }: Setting): void {
    for (const [name, threshold, description] of [
      ['BounceRate', 0.05, 'One mail in twenty bounces, or more.'],
      ['ComplaintRate', 0.001, 'One mail in a thousand is complained of, or more.'],
    ] as const)
      alarms.raise(this, name, {
        metric: new Metric({
          namespace: 'AWS/SES',
          metricName: `Reputation.${name}`,
          period: Duration.hours(1),
          statistic: Stats.MAXIMUM,
        }),
        threshold,
        description,
        runbook: 'mails-bounce-or-are-complained-of',
      })
  }

  private warn({ name }: Stage): void {
    Annotations.of(this).addWarningV2(
      'holdfast:no-mails',
      `The stage ${name} sends no mails: nobody can reset a forgotten password or confirm an address. ` +
        'Set `mail` in lib/stages.ts (README, "Mails").',
    )
  }
}

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1)

const arnOf = (fn: ServiceFunction, resource: string, resourceName: string): string =>
  Stack.of(fn).formatArn({ service: 'ses', resource, resourceName, arnFormat: ArnFormat.SLASH_RESOURCE_NAME })
