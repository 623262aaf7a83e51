import type { StackClock } from '../clock/clock.ts'
import { Topic } from '../sns/topic.ts'
import type { Assembly } from './assembly.ts'
import type { Deliveries } from './deliveries.ts'

export interface TopicsDeps {
  readonly clock: StackClock
  readonly random: () => number
  readonly deliveries: Pick<Deliveries, 'byTopic'>
}

/** The topics of the templates with their queues, by ARN. */
export function deployTopics(assembly: Assembly, { deliveries, ...deps }: TopicsDeps): ReadonlyMap<string, Topic> {
  const all = assembly.of('AWS::SNS::Subscription').map(({ properties }) => properties)
  return new Map(
    assembly.of('AWS::SNS::Topic').map(({ name, arn }) => {
      const subscriptions = all
        .filter(({ TopicArn }) => TopicArn === arn)
        .map(({ Endpoint, RedrivePolicy }) => ({
          queueArn: Endpoint,
          deliver: (message: string) => deliveries.byTopic(arn, Endpoint, message),
          deadLetter:
            RedrivePolicy && ((message: string) => deliveries.byTopic(arn, RedrivePolicy.deadLetterTargetArn, message)),
        }))
      return [arn, new Topic({ name, arn, subscriptions }, deps)]
    }),
  )
}
