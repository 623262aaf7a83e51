import * as z from 'zod'
import { PolicyDocument } from '../iam/resource-types.ts'
import { anonymous, inert, nameOf, resourceType } from '../template/resource-type.ts'

export const s3Types = {
  'AWS::S3::Bucket': resourceType(
    z.strictObject({
      BucketName: z.string().optional(),
      LifecycleConfiguration: z
        .strictObject({
          Rules: z.array(
            z.strictObject({
              Status: z.literal('Enabled'),
              ExpirationInDays: z.int().min(1),
              Prefix: z.string().default(''),
            }),
          ),
        })
        .optional(),
      NotificationConfiguration: z
        .strictObject({
          QueueConfigurations: z.array(
            z.strictObject({
              Event: z.literal('s3:ObjectCreated:*'),
              Queue: z.string(),
              Filter: z
                .strictObject({
                  S3Key: z.strictObject({
                    Rules: z.array(z.strictObject({ Name: z.literal('prefix'), Value: z.string() })),
                  }),
                })
                .optional(),
            }),
          ),
        })
        .optional(),
      CorsConfiguration: z
        .strictObject({
          CorsRules: z.array(
            z.strictObject({
              AllowedMethods: z.array(z.enum(['GET', 'PUT', 'HEAD', 'POST', 'DELETE'])),
              AllowedOrigins: z.array(z.string()),
              AllowedHeaders: z.array(z.string()).default([]),
            }),
          ),
        })
        .optional(),
      BucketEncryption: inert,
      PublicAccessBlockConfiguration: inert,
      OwnershipControls: inert,
      Tags: inert,
    }),
    (naming) => {
      const name = nameOf(naming, 'BucketName', 63).toLowerCase()
      const arn = `arn:aws:s3:::${name}`
      return { name, arn, ref: name, attributes: { Arn: arn } }
    },
  ),
  'AWS::S3::BucketPolicy': resourceType(z.strictObject({ Bucket: z.string(), PolicyDocument }), anonymous),
} as const
