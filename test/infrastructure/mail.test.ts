import { readFileSync } from 'node:fs'
import { Annotations, Match } from 'aws-cdk-lib/assertions'
import { Stack, Validations } from 'aws-cdk-lib/core'
import { Code } from 'aws-cdk-lib/aws-lambda'
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag'
import { describe, expect, it } from 'vitest'
import { ServiceFunction } from '../../lib/constructs/service-function.ts'
import type { PlatformStack } from '../../lib/platform-stack.ts'
import { type Stage, stages } from '../../lib/stages.ts'
import { appOf } from './templates.ts'

const from = 'shop@mail.example.com'
const stage = (mail: Stage['mail']): Stage => ({ ...stages.prod, mail })
const on = stage({ mode: 'on', from })
const sandbox = stage({ mode: 'sandbox', from })
const off = stage({ mode: 'off' })

/** The app of a stage, with a stack of one function that sends mails. */
function sendingApp(of: Stage) {
  const app = appOf(of, { builtinCloudFormationValidation: true })
  const platform = app.node.findChild(`Holdfast-${of.name}-platform`) as PlatformStack
  const sending = new Stack(app, 'Sending')
  const setting = { service: 'users', stage: of, code: () => Code.fromInline('0'), alarms: platform.alarms } as const
  platform.mail.bindTo(new ServiceFunction(sending, 'Http', { setting, kind: 'http' }))
  return { app, platform, sending }
}

// The properties of a template are as its types have them.
// oxlint-disable-next-line typescript/no-explicit-any
type Resources = Readonly<Record<string, { readonly Type: string; readonly Properties: any }>>

function synthesized(of: Stage) {
  const { app, platform, sending } = sendingApp(of)
  const assembly = app.synth()
  const resources = (stack: Stack) =>
    (assembly.getStackByName(stack.stackName).template as { Resources: Resources }).Resources
  const { Outputs } = assembly.getStackByName(platform.stackName).template as {
    Outputs: Record<string, { Value: unknown }>
  }
  const all = { ...resources(platform), ...resources(sending) }
  return { of: (type: string) => Object.values(all).filter(({ Type }) => Type === type), outputs: Outputs, all }
}

const statementsOf = ({ of }: ReturnType<typeof synthesized>) =>
  of('AWS::IAM::Policy')
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .filter(({ Action }) => [Action].flat().includes('ses:SendEmail'))

const sesTypes = ({ all }: ReturnType<typeof synthesized>) =>
  Object.values(all).flatMap(({ Type }) => (Type.startsWith('AWS::SES::') ? [Type] : []))

const warningsOf = (platform: PlatformStack) =>
  Annotations.fromStack(platform).findWarning('*', Match.stringLikeRegexp('nobody can reset a forgotten password'))

describe('a stage that sends mails', () => {
  const template = synthesized(on)
  const text = JSON.stringify(statementsOf(template))

  it('lets a function send from its address alone, by its configuration set', () => {
    expect(statementsOf(template)).toHaveLength(1)
    expect(statementsOf(template)[0].Condition).toEqual({ StringEquals: { 'ses:FromAddress': from } })
    expect(text).toContain(':identity/mail.example.com')
    expect(text).toContain(':configuration-set/')
    expect(text).not.toContain('*')
  })

  it('names sender and configuration set to the function', () => {
    const sending = template
      .of('AWS::Lambda::Function')
      .filter(({ Properties }) => Properties.Environment.Variables.MAIL)
    expect(sending).toHaveLength(1)
    expect(sending[0]!.Properties.Environment.Variables).toMatchObject({ MAIL: 'on', MAIL_FROM: from })
    expect(JSON.stringify(sending[0]!.Properties.Environment.Variables.MAIL_CONFIGURATION_SET)).toContain(
      'ConfigurationSet',
    )
  })

  it('sends nothing to an address that bounced for good or complained', () => {
    const [set] = template.of('AWS::SES::ConfigurationSet')
    expect(set!.Properties.SuppressionOptions).toEqual({ SuppressedReasons: ['BOUNCE', 'COMPLAINT'] })
  })

  it('hands on bounces and complaints, which SES alone may do', () => {
    const [destination] = template.of('AWS::SES::ConfigurationSetEventDestination')
    expect(destination!.Properties.EventDestination).toMatchObject({
      Enabled: true,
      MatchingEventTypes: ['bounce', 'complaint'],
    })
    const policies = template
      .of('AWS::SNS::TopicPolicy')
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
      .filter(({ Principal }) => Principal.Service === 'ses.amazonaws.com')
    expect(policies).toMatchObject([
      { Action: 'sns:Publish', Condition: { StringEquals: { 'AWS:SourceAccount': { Ref: 'AWS::AccountId' } } } },
    ])
    expect(JSON.stringify(policies[0].Condition.StringEquals['AWS:SourceArn'])).toContain('configuration-set/')
  })

  it('shows the records that verify its domain', () => {
    const records = Object.entries(template.outputs).filter(([name]) => name.startsWith('MailDkim'))
    expect(records).toHaveLength(3)
    for (const [, { Value }] of records) expect(JSON.stringify(Value)).toContain(' CNAME ')
  })

  it('raises an alarm at the rates at which AWS reviews an account', () => {
    const alarms = template.of('AWS::CloudWatch::Alarm').filter(({ Properties }) => Properties.Namespace === 'AWS/SES')
    expect(
      alarms.map(({ Properties }) => [Properties.MetricName, Properties.Threshold, Properties.Dimensions]),
    ).toEqual([
      ['Reputation.BounceRate', 0.05, undefined],
      ['Reputation.ComplaintRate', 0.001, undefined],
    ])
    const runbooks = readFileSync('docs/runbooks.md', 'utf8')
    for (const { Properties } of alarms)
      expect(Properties.AlarmDescription).toContain('docs/runbooks.md#mails-bounce-or-are-complained-of')
    expect(runbooks).toContain('## Mails bounce or are complained of')
  })
})

describe('a stage in the sandbox of SES', () => {
  const template = synthesized(sandbox)

  it('has its address verified by a link, and may send to any verified one', () => {
    expect(template.of('AWS::SES::EmailIdentity').map(({ Properties }) => Properties.EmailIdentity)).toEqual([from])
    expect(JSON.stringify(statementsOf(template))).toContain(':identity/*')
    expect(statementsOf(template)[0].Condition).toEqual({ StringEquals: { 'ses:FromAddress': from } })
    expect(Object.keys(template.outputs).filter((name) => name.startsWith('MailDkim'))).toEqual([])
  })
})

describe('a stage without mails', () => {
  const template = synthesized(off)

  it('gives no function the right to send one, and has nothing of SES', () => {
    expect(statementsOf(template)).toEqual([])
    expect(sesTypes(template)).toEqual([])
    expect(JSON.stringify(template.of('AWS::Lambda::Function'))).toContain('"MAIL":"off"')
  })

  it('prints that nobody can reset a password', () => {
    const { app, platform } = sendingApp(off)
    app.synth()
    expect(warningsOf(platform)).toHaveLength(1)
  })

  it.each([on, sandbox])('prints nothing of the kind with mails', (each) => {
    const { app, platform } = sendingApp(each)
    app.synth()
    expect(warningsOf(platform)).toEqual([])
  })
})

describe.each([on, sandbox, off])('bounces and complaints, with mails $mail.mode', (each) => {
  const template = synthesized(each)
  const subscriptions = template.of('AWS::SNS::Subscription')

  it('come as they are into one queue, which keeps them for 14 days and survives a change of the setting', () => {
    expect(subscriptions.map(({ Properties }) => [Properties.Protocol, Properties.RawMessageDelivery])).toEqual([
      ['sqs', true],
    ])
    const [, id] = Object.entries(template.all)
      .find(([id]) => id.startsWith('MailFeedback') && template.all[id]!.Type === 'AWS::SQS::Queue')!
      .toReversed()
    expect(template.all[id as string]!.Properties.MessageRetentionPeriod).toBe(14 * 86_400)
    expect(JSON.stringify(subscriptions[0]!.Properties.Endpoint)).toContain(id)
  })

  it('pass cdk-nag and the rules of CloudFormation', () => {
    const { app } = sendingApp(each)
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app))
    expect(() => app.synth()).not.toThrow()
  })
})
