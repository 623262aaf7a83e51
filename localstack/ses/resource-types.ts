import * as z from 'zod'
import { anonymous, inert, named, resourceType } from '../template/resource-type.ts'

export const Reason = z.enum(['BOUNCE', 'COMPLAINT'])

export const sesTypes = {
  'AWS::SES::ConfigurationSet': resourceType(
    z.strictObject({
      Name: z.string().optional(),
      SuppressionOptions: z.strictObject({ SuppressedReasons: z.array(Reason).default([]) }).prefault({}),
      Tags: inert,
    }),
    (naming) => named(naming, 'ses', 'configuration-set/', 'Name', 64),
  ),
  'AWS::SES::ConfigurationSetEventDestination': resourceType(
    z.strictObject({
      ConfigurationSetName: z.string(),
      EventDestination: z.strictObject({
        Name: inert,
        Enabled: z.boolean(),
        MatchingEventTypes: z.array(z.enum(['bounce', 'complaint'])),
        SnsDestination: z.strictObject({ TopicARN: z.string() }),
      }),
    }),
    anonymous,
  ),
  'AWS::SES::EmailIdentity': resourceType(
    z.strictObject({ EmailIdentity: z.string(), DkimAttributes: inert, FeedbackAttributes: inert, Tags: inert }),
    (naming) => {
      const identity = named(naming, 'ses', 'identity/', 'EmailIdentity', 320)
      const tokens = [1, 2, 3].flatMap((each) => [
        [`DkimDNSTokenName${each}`, `token${each}._domainkey.${identity.name}`],
        [`DkimDNSTokenValue${each}`, `token${each}.dkim.amazonses.com`],
      ])
      return { ...identity, attributes: Object.fromEntries(tokens) as Record<string, string> }
    },
  ),
} as const
