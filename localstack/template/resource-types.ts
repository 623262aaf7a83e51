import { createHash } from 'node:crypto'
import * as z from 'zod'
import type { Json } from './intrinsics.ts'

/** Where the stacks are deployed, so to speak. */
export interface Place {
  readonly region: string
  readonly account: string
  /** The URL of the AWS endpoint, without a slash at its end. */
  readonly endpoint: string
  /** The URL of the HTTP API; without it, one that nothing listens at. */
  readonly api?: string
}

/** What a resource is named by before its properties are known. */
export interface Naming {
  readonly stack: string
  readonly logicalId: string
  readonly place: Place
  /** A property that the name depends on, resolved. */
  property(name: string): Json | undefined
}

/** What other resources see of a resource. */
export interface Identity {
  readonly name: string
  readonly arn: string
  readonly ref: string
  readonly attributes: Readonly<Record<string, string>>
}

interface TypeSupport<Properties extends z.ZodType> {
  readonly properties: Properties
  identify(naming: Naming): Identity
}

const type = <Properties extends z.ZodType>(
  properties: Properties,
  identify: (naming: Naming) => Identity,
): TypeSupport<Properties> => ({ properties, identify })

/** A property that is accepted and means nothing on a laptop. */
const inert = z.unknown().optional()
const enabled = z.enum(['ENABLED', 'DISABLED']).default('ENABLED')

export const PolicyDocument = z.strictObject({
  Version: z.string().optional(),
  Id: z.string().optional(),
  Statement: z.array(z.record(z.string(), z.unknown())),
})

const DeadLetters = z.strictObject({ Arn: z.string() }).optional()
const RetryPolicy = z
  .strictObject({ MaximumEventAgeInSeconds: z.int().optional(), MaximumRetryAttempts: z.int().optional() })
  .optional()
const OnFailure = z.strictObject({ OnFailure: z.strictObject({ Destination: z.string() }).optional() }).optional()

const KeySchema = z.array(z.strictObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }))
const table = {
  TableName: z.string().optional(),
  AttributeDefinitions: z.array(z.strictObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })),
  KeySchema,
  BillingMode: z.literal('PAY_PER_REQUEST'),
  GlobalSecondaryIndexes: z
    .array(
      z.strictObject({
        IndexName: z.string(),
        KeySchema,
        Projection: z.strictObject({
          ProjectionType: z.enum(['KEYS_ONLY', 'INCLUDE', 'ALL']),
          NonKeyAttributes: z.array(z.string()).optional(),
        }),
      }),
    )
    .optional(),
  StreamSpecification: z.strictObject({ StreamViewType: z.string(), ResourcePolicy: inert }).optional(),
  TimeToLiveSpecification: z.strictObject({ AttributeName: z.string().optional(), Enabled: z.boolean() }).optional(),
  SSESpecification: inert,
}

const ScheduleTarget = z.strictObject({
  Arn: z.string(),
  RoleArn: z.string(),
  Input: z.string().optional(),
  DeadLetterConfig: DeadLetters,
  RetryPolicy,
})

/** The resource types that the local stack runs, each with the properties that it knows. Any other property is refused. */
export const supported = {
  'AWS::Events::EventBus': type(
    z.strictObject({ Name: z.string(), Description: inert, KmsKeyIdentifier: inert, LogConfig: inert, Tags: inert }),
    (naming) => named(naming, 'events', 'event-bus/', 'Name', 256),
  ),
  'AWS::Events::Rule': type(
    z
      .strictObject({
        Name: z.string().optional(),
        EventBusName: z.string().default('default'),
        EventPattern: z.record(z.string(), z.unknown()).optional(),
        ScheduleExpression: z.string().optional(),
        State: enabled,
        Targets: z
          .array(
            z.strictObject({
              Id: z.string(),
              Arn: z.string(),
              Input: z.string().optional(),
              DeadLetterConfig: DeadLetters,
              RetryPolicy,
            }),
          )
          .default([]),
        Description: inert,
        Tags: inert,
      })
      .refine((rule) => (rule.EventPattern === undefined) !== (rule.ScheduleExpression === undefined), {
        message: 'needs one of EventPattern and ScheduleExpression',
      }),
    (naming) => {
      const bus = text(naming.property('EventBusName'))
      const prefix = bus === undefined || bus === 'default' ? '' : `${lastOf(bus)}/`
      return named(naming, 'events', `rule/${prefix}`, 'Name', 64)
    },
  ),
  'AWS::SQS::Queue': type(
    z.strictObject({
      QueueName: z.string().optional(),
      VisibilityTimeout: z.int().default(30),
      MessageRetentionPeriod: z.int().default(345_600),
      DelaySeconds: z.int().default(0),
      MaximumMessageSize: z.int().default(1_048_576),
      ReceiveMessageWaitTimeSeconds: z.int().default(0),
      RedrivePolicy: z
        .strictObject({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number().int() })
        .optional(),
      RedriveAllowPolicy: inert,
      SqsManagedSseEnabled: inert,
      KmsMasterKeyId: inert,
      KmsDataKeyReusePeriodSeconds: inert,
      Tags: inert,
    }),
    (naming) => {
      const { name, arn } = named(naming, 'sqs', '', 'QueueName', 80)
      const url = `${naming.place.endpoint}/${naming.place.account}/${name}`
      return { name, arn, ref: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } }
    },
  ),
  'AWS::SQS::QueuePolicy': type(z.strictObject({ Queues: z.array(z.string()), PolicyDocument }), anonymous),
  'AWS::DynamoDB::Table': type(
    z.strictObject({
      ...table,
      PointInTimeRecoverySpecification: inert,
      ContributorInsightsSpecification: inert,
      DeletionProtectionEnabled: inert,
      TableClass: inert,
      Tags: inert,
    }),
    tableIdentity,
  ),
  'AWS::DynamoDB::GlobalTable': type(
    z.strictObject({
      ...table,
      Replicas: z
        .array(
          z.strictObject({
            Region: z.string(),
            GlobalSecondaryIndexes: inert,
            PointInTimeRecoverySpecification: inert,
            ContributorInsightsSpecification: inert,
            DeletionProtectionEnabled: inert,
            TableClass: inert,
            SSESpecification: inert,
            Tags: inert,
          }),
        )
        .length(1),
      WarmThroughput: inert,
    }),
    tableIdentity,
  ),
  'AWS::Lambda::Function': type(
    z.strictObject({
      FunctionName: z.string().optional(),
      Code: z.strictObject({ S3Bucket: z.string(), S3Key: z.string() }),
      Handler: z.string(),
      Runtime: z.string().regex(/^nodejs\d+\.x$/, 'only nodejs runtimes'),
      Role: z.string(),
      Environment: z.strictObject({ Variables: z.record(z.string(), z.string()).default({}) }).optional(),
      MemorySize: z.int().default(128),
      Timeout: z.int().default(3),
      ReservedConcurrentExecutions: z.int().optional(),
      DeadLetterConfig: z.strictObject({ TargetArn: z.string() }).optional(),
      Architectures: inert,
      Description: inert,
      EphemeralStorage: inert,
      LoggingConfig: inert,
      RecursiveLoop: inert,
      TracingConfig: inert,
      Tags: inert,
    }),
    (naming) => named(naming, 'lambda', 'function:', 'FunctionName', 64),
  ),
  'AWS::Lambda::Permission': type(
    z.strictObject({
      Action: z.string(),
      FunctionName: z.string(),
      Principal: z.string(),
      SourceArn: z.string().optional(),
      SourceAccount: z.string().optional(),
    }),
    anonymous,
  ),
  'AWS::Lambda::EventInvokeConfig': type(
    z.strictObject({
      FunctionName: z.string(),
      Qualifier: z.literal('$LATEST'),
      MaximumRetryAttempts: z.int().min(0).max(2).optional(),
      MaximumEventAgeInSeconds: z.int().optional(),
      DestinationConfig: OnFailure,
    }),
    anonymous,
  ),
  'AWS::Lambda::EventSourceMapping': type(
    z.strictObject({
      EventSourceArn: z.string(),
      FunctionName: z.string(),
      Enabled: z.boolean().default(true),
      BatchSize: z.int().optional(),
      MaximumBatchingWindowInSeconds: z.int().default(0),
      FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
      ScalingConfig: z.strictObject({ MaximumConcurrency: z.int().min(2) }).optional(),
      BisectBatchOnFunctionError: z.boolean().default(false),
      DestinationConfig: OnFailure,
      FilterCriteria: z.strictObject({ Filters: z.array(z.strictObject({ Pattern: z.string() })) }).optional(),
      MaximumRecordAgeInSeconds: z.int().default(-1),
      MaximumRetryAttempts: z.int().default(-1),
      ParallelizationFactor: z.literal(1).default(1),
      StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']).optional(),
      MetricsConfig: inert,
      Tags: inert,
    }),
    anonymous,
  ),
  'AWS::IAM::Role': type(
    z.strictObject({
      RoleName: z.string().optional(),
      AssumeRolePolicyDocument: PolicyDocument,
      ManagedPolicyArns: z.array(z.string()).default([]),
      Policies: z.array(z.strictObject({ PolicyName: z.string(), PolicyDocument })).default([]),
      Path: z.string().optional(),
      Description: inert,
      MaxSessionDuration: inert,
      Tags: inert,
    }),
    (naming) => {
      const name = nameOf(naming, 'RoleName', 64)
      const arn = `arn:aws:iam::${naming.place.account}:role${text(naming.property('Path')) ?? '/'}${name}`
      return { name, arn, ref: name, attributes: { Arn: arn, RoleId: `AROA${idOf(naming, 17).toUpperCase()}` } }
    },
  ),
  'AWS::IAM::Policy': type(
    z.strictObject({ PolicyName: z.string(), PolicyDocument, Roles: z.array(z.string()) }),
    anonymous,
  ),
  'AWS::IAM::ManagedPolicy': type(
    z.strictObject({
      ManagedPolicyName: z.string().optional(),
      PolicyDocument,
      Roles: z.array(z.string()).default([]),
      Description: inert,
      Path: z.string().optional(),
    }),
    (naming) => {
      const name = nameOf(naming, 'ManagedPolicyName', 128)
      const arn = `arn:aws:iam::${naming.place.account}:policy${text(naming.property('Path')) ?? '/'}${name}`
      return { name, arn, ref: arn, attributes: { PolicyArn: arn } }
    },
  ),
  'AWS::Cognito::UserPool': type(
    z.strictObject({
      UserPoolName: z.string().optional(),
      Policies: z
        .strictObject({
          PasswordPolicy: z
            .strictObject({
              MinimumLength: z.int().default(8),
              RequireLowercase: z.boolean().default(false),
              RequireUppercase: z.boolean().default(false),
              RequireNumbers: z.boolean().default(false),
              RequireSymbols: z.boolean().default(false),
              PasswordHistorySize: inert,
              TemporaryPasswordValidityDays: z.int().default(7),
            })
            .optional(),
          SignInPolicy: inert,
        })
        .optional(),
      UsernameAttributes: z.array(z.literal('email')).default([]),
      UsernameConfiguration: z.strictObject({ CaseSensitive: z.boolean() }).optional(),
      AdminCreateUserConfig: z.strictObject({ AllowAdminCreateUserOnly: z.boolean().default(false) }).optional(),
      Schema: z.array(z.looseObject({ Name: z.string() })).default([]),
      AutoVerifiedAttributes: inert,
      MfaConfiguration: z.literal('OFF').optional(),
      AccountRecoverySetting: inert,
      DeletionProtection: inert,
      EmailVerificationMessage: inert,
      EmailVerificationSubject: inert,
      SmsVerificationMessage: inert,
      VerificationMessageTemplate: inert,
      UserPoolAddOns: inert,
      UserPoolTier: inert,
      UserPoolTags: inert,
    }),
    (naming) => {
      const id = `${naming.place.region}_${idOf(naming, 9)}`
      const arn = `arn:aws:cognito-idp:${naming.place.region}:${naming.place.account}:userpool/${id}`
      const provider = `cognito-idp.${naming.place.region}.amazonaws.com/${id}`
      const attributes = { Arn: arn, UserPoolId: id, ProviderName: provider, ProviderURL: `https://${provider}` }
      return { name: id, arn, ref: id, attributes }
    },
  ),
  'AWS::Cognito::UserPoolClient': type(
    z.strictObject({
      UserPoolId: z.string(),
      ClientName: z.string().optional(),
      ExplicitAuthFlows: z.array(z.string()).default([]),
      GenerateSecret: z.literal(false).default(false),
      AccessTokenValidity: z.int().optional(),
      IdTokenValidity: z.int().optional(),
      RefreshTokenValidity: z.int().optional(),
      TokenValidityUnits: z
        .strictObject({
          AccessToken: z.string().optional(),
          IdToken: z.string().optional(),
          RefreshToken: z.string().optional(),
        })
        .optional(),
      EnableTokenRevocation: z.boolean().optional(),
      PreventUserExistenceErrors: z.enum(['ENABLED', 'LEGACY']).default('LEGACY'),
      AllowedOAuthFlows: inert,
      AllowedOAuthFlowsUserPoolClient: inert,
      AllowedOAuthScopes: inert,
      CallbackURLs: inert,
      ReadAttributes: inert,
      SupportedIdentityProviders: inert,
      WriteAttributes: inert,
    }),
    (naming) => {
      const id = idOf(naming, 26)
      return { name: id, arn: id, ref: id, attributes: { ClientId: id, Name: naming.logicalId } }
    },
  ),
  'AWS::Cognito::UserPoolGroup': type(
    z.strictObject({
      UserPoolId: z.string(),
      GroupName: z.string(),
      Description: inert,
      Precedence: z.int().optional(),
    }),
    (naming) => {
      const name = text(naming.property('GroupName')) ?? naming.logicalId
      return { name, arn: name, ref: name, attributes: {} }
    },
  ),
  'AWS::SecretsManager::Secret': type(
    z.strictObject({
      Name: z.string().optional(),
      SecretString: z.string().optional(),
      GenerateSecretString: z
        .strictObject({
          SecretStringTemplate: z.string().optional(),
          GenerateStringKey: z.string().optional(),
          PasswordLength: z.int().min(1).max(4_096).default(32),
          ExcludePunctuation: z.boolean().default(false),
          ExcludeCharacters: z.string().default(''),
        })
        .optional(),
      Description: inert,
      KmsKeyId: inert,
      Tags: inert,
    }),
    (naming) => {
      // AWS, too, ends the ARN in six characters that the name has not.
      const { name, arn } = named(naming, 'secretsmanager', 'secret:', 'Name', 512)
      const full = `${arn}-${idOf(naming, 6)}`
      return { name, arn: full, ref: full, attributes: { Id: full } }
    },
  ),
  'AWS::ApiGatewayV2::Api': type(
    z.strictObject({
      Name: z.string(),
      ProtocolType: z.literal('HTTP', 'only HTTP APIs'),
      CorsConfiguration: z
        .strictObject({
          AllowCredentials: z.boolean().default(false),
          AllowHeaders: z.array(z.string()).default([]),
          AllowMethods: z.array(z.string()).default([]),
          AllowOrigins: z.array(z.string()).default([]),
          ExposeHeaders: z.array(z.string()).default([]),
          MaxAge: z.int().optional(),
        })
        .optional(),
      Description: inert,
      IpAddressType: inert,
      Tags: inert,
    }),
    (naming) => {
      const id = idOf(naming, 10)
      const { region, api } = naming.place
      const endpoint = api ?? `https://${id}.execute-api.${region}.amazonaws.com`
      return {
        name: id,
        arn: `arn:aws:apigateway:${region}::/apis/${id}`,
        ref: id,
        attributes: { ApiEndpoint: endpoint, ApiId: id },
      }
    },
  ),
  'AWS::ApiGatewayV2::Stage': type(
    z.strictObject({
      ApiId: z.string(),
      StageName: z.literal('$default'),
      AutoDeploy: z.literal(true),
      AccessLogSettings: inert,
      DefaultRouteSettings: inert,
      Description: inert,
      Tags: inert,
    }),
    (naming) => ({ name: '$default', arn: naming.logicalId, ref: '$default', attributes: {} }),
  ),
  'AWS::ApiGatewayV2::Authorizer': type(
    z.strictObject({
      ApiId: z.string(),
      AuthorizerType: z.literal('JWT', 'only JWT authorizers'),
      IdentitySource: z.tuple([z.literal('$request.header.Authorization')]),
      JwtConfiguration: z.strictObject({ Audience: z.array(z.string()), Issuer: z.string() }),
      Name: z.string(),
    }),
    byId,
  ),
  'AWS::ApiGatewayV2::Integration': type(
    z.strictObject({
      ApiId: z.string(),
      IntegrationType: z.literal('AWS_PROXY'),
      IntegrationUri: z.string(),
      PayloadFormatVersion: z.literal('2.0'),
      TimeoutInMillis: z.int().max(30_000).default(30_000),
      Description: inert,
    }),
    byId,
  ),
  'AWS::ApiGatewayV2::Route': type(
    z.strictObject({
      ApiId: z.string(),
      RouteKey: z.string(),
      Target: z.string(),
      AuthorizationType: z.enum(['NONE', 'JWT']).default('NONE'),
      AuthorizerId: z.string().optional(),
      AuthorizationScopes: z.array(z.string()).default([]),
    }),
    byId,
  ),
  'AWS::Scheduler::ScheduleGroup': type(z.strictObject({ Name: z.string().optional(), Tags: inert }), (naming) =>
    named(naming, 'scheduler', 'schedule-group/', 'Name', 64),
  ),
  'AWS::Scheduler::Schedule': type(
    z.strictObject({
      Name: z.string().optional(),
      GroupName: z.string().default('default'),
      ScheduleExpression: z.string(),
      ScheduleExpressionTimezone: z.literal(['UTC', 'Etc/UTC']).optional(),
      FlexibleTimeWindow: z.strictObject({ Mode: z.literal('OFF') }),
      State: enabled,
      Target: ScheduleTarget,
      Description: inert,
    }),
    (naming) => named(naming, 'scheduler', `schedule/${text(naming.property('GroupName')) ?? 'default'}/`, 'Name', 64),
  ),
} as const

export type SupportedType = keyof typeof supported
export type PropertiesOf<Type extends SupportedType> = z.infer<(typeof supported)[Type]['properties']>

/** Resource types that are accepted because nothing that a caller or a test can see on a laptop depends on them. */
export const inertTypes: ReadonlySet<string> = new Set([
  'AWS::CDK::Metadata',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::EventSchemas::Registry',
  'AWS::EventSchemas::Schema',
  'AWS::Events::Archive',
  'AWS::Logs::LogGroup',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::QueryDefinition',
  'AWS::Logs::ResourcePolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
])

export function isSupported(name: string): name is SupportedType {
  return Object.hasOwn(supported, name)
}

/** The identity of an inert resource: enough for whatever refers to it. */
export function inertIdentity(naming: Naming): Identity {
  const name = `${naming.stack}-${naming.logicalId}`
  const arn = `arn:aws:inert:${naming.place.region}:${naming.place.account}:${name}`
  return { name, arn, ref: arn, attributes: { Arn: arn, Name: name } }
}

function anonymous(naming: Naming): Identity {
  const name = `${naming.stack}-${naming.logicalId}`
  return { name, arn: name, ref: name, attributes: { Id: name } }
}

function byId(naming: Naming): Identity {
  const id = idOf(naming, 7)
  return { name: id, arn: id, ref: id, attributes: { Id: id, AuthorizerId: id, IntegrationId: id, RouteId: id } }
}

function named(naming: Naming, service: string, prefix: string, property: string, longest: number): Identity {
  const name = nameOf(naming, property, longest)
  const arn = `arn:aws:${service}:${naming.place.region}:${naming.place.account}:${prefix}${name}`
  return { name, arn, ref: name, attributes: { Arn: arn, Name: name } }
}

function tableIdentity(naming: Naming): Identity {
  const { name, arn } = named(naming, 'dynamodb', 'table/', 'TableName', 255)
  return { name, arn, ref: name, attributes: { Arn: arn, StreamArn: `${arn}/stream/2000-01-01T00:00:00.000` } }
}

/** The given name, or one made of stack and logical id; shortened to `longest` characters with a hash. */
function nameOf(naming: Naming, property: string, longest: number): string {
  const given = text(naming.property(property))
  if (given !== undefined) return given
  const name = `${naming.stack}-${naming.logicalId}`
  return name.length <= longest ? name : `${name.slice(0, longest - 9)}-${idOf(naming, 8)}`
}

function idOf({ stack, logicalId }: Naming, length: number): string {
  const digest = createHash('sha256').update(`${stack}/${logicalId}`).digest()
  return Array.from(digest.subarray(0, length), (byte) => (byte % 36).toString(36)).join('')
}

const text = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined)
const lastOf = (arnOrName: string): string => arnOrName.slice(arnOrName.lastIndexOf('/') + 1)
