import type { Assembly, Resource } from './assembly.ts'
import { AwsError } from '../endpoint/aws-error.ts'
import { Queue, type QueueDeps } from '../sqs/queue.ts'

/** The queues of the templates, by name; each after the dead-letter queue that it redrives to. */
export function deployQueues(assembly: Assembly, deps: QueueDeps): ReadonlyMap<string, Queue> {
  const resources = new Map(assembly.of('AWS::SQS::Queue').map((resource) => [resource.arn, resource]))
  const queues = new Map<string, Queue>()
  const make = (resource: Resource<'AWS::SQS::Queue'>): Queue => {
    const known = queues.get(resource.name)
    if (known) return known
    const { name, arn, properties } = resource
    const redrive = properties.RedrivePolicy
    const target = redrive && resources.get(redrive.deadLetterTargetArn)
    if (redrive && !target)
      throw new AwsError(
        'InvalidParameterValue',
        `${name} redrives to ${redrive.deadLetterTargetArn}, which is not a queue.`,
      )
    const queue = new Queue(
      {
        name,
        arn,
        visibilityTimeoutSeconds: properties.VisibilityTimeout,
        delaySeconds: properties.DelaySeconds,
        retentionSeconds: properties.MessageRetentionPeriod,
        maximumMessageBytes: properties.MaximumMessageSize,
        ...(redrive && target && { redrive: { queue: make(target), maxReceiveCount: redrive.maxReceiveCount } }),
      },
      deps,
    )
    queues.set(name, queue)
    return queue
  }
  for (const resource of resources.values()) make(resource)
  return queues
}
