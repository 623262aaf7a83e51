import type { App } from 'aws-cdk-lib/core'
import { own } from '../../schemas/own.ts'

type Properties = Readonly<Record<string, unknown>>

/** What other stacks and the next release depend on in a stack that is deployed. */
export interface DeployedStack {
  readonly outputs: readonly string[]
  /** The names of exports, each with what it stands for. */
  readonly exports: Readonly<Record<string, unknown>>
  /** The names of the exports of other stacks that this one uses: those are locked while it is there. */
  readonly imports: readonly string[]
  /** Outputs of other stacks that this one reads, as `stack.output`: those are not locked. */
  readonly reads: readonly string[]
  /** The resources that hold data or that somebody outside knows by name, by their logical ids. */
  readonly lasting: Readonly<Record<string, { readonly type: string; readonly properties: Properties }>>
}

/** By name, in the order in which they are deployed. */
export type DeployedStacks = Readonly<Record<string, DeployedStack>>

/** Resource types that hold data or that are known by name outside, with the properties that no update of theirs changes. */
export const fixedProperties: Readonly<Record<string, readonly string[]>> = {
  'AWS::ApiGatewayV2::Api': ['ProtocolType'],
  'AWS::Cognito::UserPool': ['Schema', 'UsernameAttributes', 'UsernameConfiguration', 'AliasAttributes'],
  'AWS::Cognito::UserPoolClient': ['UserPoolId', 'GenerateSecret', 'ClientName'],
  'AWS::DynamoDB::Table': ['TableName', 'KeySchema', 'LocalSecondaryIndexes'],
  'AWS::Events::Archive': ['ArchiveName', 'SourceArn'],
  'AWS::Events::EventBus': ['Name'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::S3::Bucket': ['BucketName'],
  'AWS::SNS::Topic': ['TopicName', 'FifoTopic'],
  'AWS::SQS::Queue': ['QueueName', 'FifoQueue'],
  'AWS::Scheduler::ScheduleGroup': ['Name'],
  'AWS::SecretsManager::Secret': ['Name'],
}

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: Properties }>>
  readonly Outputs?: Readonly<
    Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: string } | undefined }>
  >
}

/** What is deployed when the templates of the app are. */
export function deployedStacks(app: App): DeployedStacks {
  return Object.fromEntries(
    app.synth().stacks.map(({ stackName, template }) => [stackName, deployedStack(template as Template)]),
  )
}

function deployedStack(template: Template): DeployedStack {
  const outputs = Object.entries(template.Outputs ?? {})
  const imports = valuesOf(template, 'Fn::ImportValue')
  const reads = valuesOf(template, 'Fn::GetStackOutput') as {
    readonly StackName: string
    readonly OutputName: string
  }[]
  return {
    outputs: outputs.map(([name]) => name),
    exports: Object.fromEntries(outputs.flatMap(([, { Export, Value }]) => (Export ? [[Export.Name, Value]] : []))),
    imports: [...new Set(imports as string[])],
    reads: [...new Set(reads.map(({ StackName, OutputName }) => `${StackName}.${OutputName}`))],
    lasting: Object.fromEntries(
      Object.entries(template.Resources)
        .filter(([, { Type }]) => Object.hasOwn(fixedProperties, Type))
        .map(([logicalId, { Type, Properties = {} }]) => [
          logicalId,
          { type: Type, properties: lastingOf(Type, Properties) },
        ]),
    ),
  }
}

function lastingOf(type: string, properties: Properties): Properties {
  const names = [...(own(fixedProperties, type) ?? []), 'GlobalSecondaryIndexes']
  return Object.fromEntries(
    names.filter((name) => Object.hasOwn(properties, name)).map((name) => [name, properties[name]]),
  )
}

/** The arguments of every call of an intrinsic function. */
function valuesOf(value: unknown, intrinsic: string): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, each]) => (name === intrinsic ? [each] : valuesOf(each, intrinsic)))
}
