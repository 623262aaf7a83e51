import * as z from 'zod'
import { anonymous, inert, named, resourceType } from '../template/resource-type.ts'

const OnFailure = z.strictObject({ OnFailure: z.strictObject({ Destination: z.string() }).optional() }).optional()

export const lambdaTypes = {
  'AWS::Lambda::Function': resourceType(
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
      TracingConfig: z.strictObject({ Mode: z.enum(['Active', 'PassThrough']) }).optional(),
      Tags: inert,
    }),
    (naming) => named(naming, 'lambda', 'function:', 'FunctionName', 64),
  ),
  'AWS::Lambda::Permission': resourceType(
    z.strictObject({
      Action: z.string(),
      FunctionName: z.string(),
      Principal: z.string(),
      SourceArn: z.string().optional(),
      SourceAccount: z.string().optional(),
    }),
    anonymous,
  ),
  'AWS::Lambda::EventInvokeConfig': resourceType(
    z.strictObject({
      FunctionName: z.string(),
      Qualifier: z.literal('$LATEST'),
      MaximumRetryAttempts: z.int().min(0).max(2).optional(),
      MaximumEventAgeInSeconds: z.int().optional(),
      DestinationConfig: OnFailure,
    }),
    anonymous,
  ),
  'AWS::Lambda::EventSourceMapping': resourceType(
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
      TumblingWindowInSeconds: z.int().min(0).max(900).default(0),
      StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']).optional(),
      MetricsConfig: inert,
      Tags: inert,
    }),
    anonymous,
  ),
} as const
