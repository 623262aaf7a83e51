import * as z from 'zod'
import { PolicyDocument } from '../iam/resource-types.ts'
import { anonymous, inert, named, resourceType } from '../template/resource-type.ts'

export const sqsTypes = {
  'AWS::SQS::Queue': resourceType(
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
  'AWS::SQS::QueuePolicy': resourceType(z.strictObject({ Queues: z.array(z.string()), PolicyDocument }), anonymous),
} as const
