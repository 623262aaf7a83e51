import { Stack } from 'aws-cdk-lib/core'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3'
import type { Queue } from 'aws-cdk-lib/aws-sqs'

/**
 * A message for each new file below a prefix. S3 asks for the right to send when the bucket is made: the policy of the queue cannot name the
 * bucket.
 */
export function notifyOf(bucket: Bucket, prefix: string, queue: Queue): void {
  const policy = queue.addToResourcePolicy(
    new PolicyStatement({
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      principals: [new ServicePrincipal('s3.amazonaws.com')],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(bucket).account } },
    }),
  )
  const resource = bucket.node.defaultChild as CfnBucket
  resource.notificationConfiguration = {
    queueConfigurations: [
      {
        event: 's3:ObjectCreated:*',
        queue: queue.queueArn,
        filter: { s3Key: { rules: [{ name: 'prefix', value: prefix }] } },
      },
    ],
  }
  if (policy.policyDependable) resource.node.addDependency(policy.policyDependable)
}
