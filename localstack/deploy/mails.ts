import type { StackClock } from '../clock/clock.ts'
import type { Iam } from '../iam/iam.ts'
import { type ConfigurationSet, MailService } from '../ses/mail-service.ts'
import type { Topic } from '../sns/topic.ts'
import type { Assembly, Resource } from './assembly.ts'

export interface MailsDeps {
  readonly clock: Pick<StackClock, 'now'>
  readonly random: () => number
  readonly iam: Pick<Iam, 'checkService'>
  /** By ARN. */
  readonly topics: ReadonlyMap<string, Topic>
}

/**
 * SES, with the identities and configuration sets of the templates. Throws AwsError `AccessDeniedException` for a topic that SES may not
 * publish to, as a deployment is refused.
 */
export function deployMails(assembly: Assembly, { clock, random, iam, topics }: MailsDeps): MailService {
  const configurationSets = assembly.of('AWS::SES::ConfigurationSet').map((set) => configurationSetOf(assembly, set))
  for (const { arn: sourceArn, destinations } of configurationSets)
    for (const { topicArn } of destinations)
      iam.checkService({ service: 'ses.amazonaws.com', sourceArn }, 'sns:Publish', topicArn)
  return new MailService(
    { identities: assembly.of('AWS::SES::EmailIdentity'), configurationSets },
    { clock, random, publish: (topicArn, message) => topics.get(topicArn)?.publish(message) },
  )
}

function configurationSetOf(
  assembly: Assembly,
  { name, arn, properties }: Resource<'AWS::SES::ConfigurationSet'>,
): ConfigurationSet {
  const destinations = assembly
    .of('AWS::SES::ConfigurationSetEventDestination')
    .filter(
      ({ properties: { ConfigurationSetName, EventDestination } }) =>
        ConfigurationSetName === name && EventDestination.Enabled,
    )
    .map(({ properties: { EventDestination } }) => ({
      fates: EventDestination.MatchingEventTypes.map((type) => (type === 'bounce' ? 'BOUNCE' : 'COMPLAINT')),
      topicArn: EventDestination.SnsDestination.TopicARN,
    }))
  return { name, arn, suppresses: properties.SuppressionOptions.SuppressedReasons, destinations }
}
