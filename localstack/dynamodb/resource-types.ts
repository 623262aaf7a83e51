import * as z from 'zod'
import { type Identity, type Naming, inert, named, resourceType } from '../template/resource-type.ts'

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

export const dynamoTypes = {
  'AWS::DynamoDB::Table': resourceType(
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
  'AWS::DynamoDB::GlobalTable': resourceType(
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
} as const

function tableIdentity(naming: Naming): Identity {
  const { name, arn } = named(naming, 'dynamodb', 'table/', 'TableName', 255)
  return { name, arn, ref: name, attributes: { Arn: arn, StreamArn: `${arn}/stream/2000-01-01T00:00:00.000` } }
}
