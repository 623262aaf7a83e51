import * as z from 'zod'
import { PolicyDocument } from '../iam/resource-types.ts'
import { anonymous, inert, named, resourceType } from '../template/resource-type.ts'

export const snsTypes = {
  'AWS::SNS::Topic': resourceType(
    z.strictObject({ TopicName: z.string().optional(), DisplayName: inert, KmsMasterKeyId: inert, Tags: inert }),
    (naming) => {
      const { name, arn } = named(naming, 'sns', '', 'TopicName', 256)
      return { name, arn, ref: arn, attributes: { TopicArn: arn, TopicName: name } }
    },
  ),
  'AWS::SNS::Subscription': resourceType(
    z.strictObject({
      Protocol: z.literal('sqs', 'only queues'),
      TopicArn: z.string(),
      Endpoint: z.string(),
      RawMessageDelivery: z.literal(true, 'only messages as they are'),
      RedrivePolicy: z.strictObject({ deadLetterTargetArn: z.string() }).optional(),
    }),
    anonymous,
  ),
  'AWS::SNS::TopicPolicy': resourceType(z.strictObject({ Topics: z.array(z.string()), PolicyDocument }), anonymous),
} as const
