import type * as template from '../template/assembly.ts'
import { loadAssembly as load, resolveTemplates as resolve } from '../template/assembly.ts'
import type { Place } from '../template/resource-type.ts'
import { apiGatewayTypes } from '../apigateway/resource-types.ts'
import { cloudFrontTypes } from '../cloudfront/resource-types.ts'
import { cloudWatchTypes } from '../cloudwatch/resource-types.ts'
import { cognitoTypes } from '../cognito/resource-types.ts'
import { dynamoTypes } from '../dynamodb/resource-types.ts'
import { eventBridgeTypes } from '../eventbridge/resource-types.ts'
import { iamTypes } from '../iam/resource-types.ts'
import { xrayTypes } from '../xray/resource-types.ts'
import { lambdaTypes } from '../lambda/resource-types.ts'
import { s3Types } from '../s3/resource-types.ts'
import { schedulerTypes } from '../scheduler/resource-types.ts'
import { secretTypes } from '../secretsmanager/resource-types.ts'
import { sesTypes } from '../ses/resource-types.ts'
import { snsTypes } from '../sns/resource-types.ts'
import { sqsTypes } from '../sqs/resource-types.ts'

/** Every resource type that some folder of the local stack runs. */
const supported = {
  ...apiGatewayTypes,
  ...cloudFrontTypes,
  ...cloudWatchTypes,
  ...cognitoTypes,
  ...dynamoTypes,
  ...eventBridgeTypes,
  ...iamTypes,
  ...lambdaTypes,
  ...xrayTypes,
  ...s3Types,
  ...schedulerTypes,
  ...secretTypes,
  ...sesTypes,
  ...snsTypes,
  ...sqsTypes,
}

/** Resource types that are accepted because nothing that a caller or a test can see on a laptop depends on them. */
const inert: ReadonlySet<string> = new Set([
  'AWS::CDK::Metadata',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::EventSchemas::Registry',
  'AWS::EventSchemas::Schema',
  'AWS::Logs::LogGroup',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::QueryDefinition',
  'AWS::Logs::ResourcePolicy',
])

export type Assembly = template.Assembly<typeof supported>
export type Resource<Type extends keyof typeof supported> = template.Resource<typeof supported, Type>

/** The CDK cloud assembly of a folder, with all its stacks; see `template/assembly.ts`. */
export const loadAssembly = (folder: string, place: Place): Assembly => load({ supported, inert }, folder, place)

/** The same for templates at hand, in the order of their dependencies. */
export const resolveTemplates = (
  templates: readonly template.NamedTemplate[],
  place: Place,
  assets?: ReadonlyMap<string, string>,
): Assembly => resolve({ supported, inert }, templates, place, assets)
