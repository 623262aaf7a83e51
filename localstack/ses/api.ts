import * as z from 'zod'
import { AwsError } from '../endpoint/aws-error.ts'
import type { RestOperation } from '../endpoint/aws-endpoint.ts'
import type { Call, Operations } from '../endpoint/call.ts'
import type { MailService } from './mail-service.ts'

const Text = z.strictObject({ Data: z.string().min(1), Charset: z.string().optional() })
const Addresses = z.array(z.email())
const SendEmail = z.strictObject({
  FromEmailAddress: z.email(),
  Destination: z.strictObject({ ToAddresses: Addresses.min(1).max(50) }),
  Content: z.strictObject({
    Simple: z.strictObject({
      Subject: Text.extend({ Data: z.string().regex(/^[^\r\n]*$/) }),
      Body: z.strictObject({ Text }),
    }),
  }),
  ConfigurationSetName: z.string().optional(),
  EmailTags: z.array(z.strictObject({ Name: z.string(), Value: z.string().regex(/^[\w.@-]{1,256}$/) })).default([]),
})
const Suppressed = z.object({ EmailAddress: z.string() })

export interface SesDeps {
  readonly mails: MailService
  readonly region: string
  readonly account: string
}

/** SES's API in version 2: mails of plain text to named recipients, and the suppression list. */
export function sesOperations({ mails, region, account }: SesDeps): Operations {
  const arnOf = (resource: string): string => `arn:aws:ses:${region}:${account}:${resource}`
  return {
    SendEmail: (call) => {
      const { FromEmailAddress: from, Destination, Content, ConfigurationSetName, EmailTags } = parse(SendEmail, call)
      const context = { 'ses:FromAddress': from, 'ses:Recipients': Destination.ToAddresses }
      const identity = mails.identityOf(from)?.arn ?? arnOf(`identity/${from}`)
      call.authorize('ses:SendEmail', identity, context)
      if (ConfigurationSetName !== undefined)
        call.authorize('ses:SendEmail', arnOf(`configuration-set/${ConfigurationSetName}`), context)
      const MessageId = mails.send({
        from,
        to: Destination.ToAddresses,
        subject: Content.Simple.Subject.Data,
        text: Content.Simple.Body.Text.Data,
        tags: Object.fromEntries(EmailTags.map(({ Name, Value }) => [Name, Value])),
        configurationSet: ConfigurationSetName,
      })
      return { MessageId }
    },
    ListSuppressedDestinations: (call) => {
      call.authorize('ses:ListSuppressedDestinations', '*')
      return {
        SuppressedDestinationSummaries: mails.suppressed().map(({ address, reason, at }) => ({
          EmailAddress: address,
          Reason: reason,
          LastUpdateTime: at / 1_000,
        })),
      }
    },
    DeleteSuppressedDestination: (call) => {
      call.authorize('ses:DeleteSuppressedDestination', '*')
      const { EmailAddress } = parse(Suppressed, call)
      if (mails.release(EmailAddress)) return {}
      throw new AwsError(
        'NotFoundException',
        `Email address ${EmailAddress} does not exist on your suppression list.`,
        404,
      )
    },
  }
}

/** The operation that a request of SES's REST protocol means. */
export function sesRoute(method: string, path: string): RestOperation | undefined {
  if (method === 'POST' && path === '/v2/email/outbound-emails') return { operation: 'SendEmail', parameters: {} }
  const [, address] = /^\/v2\/email\/suppression\/addresses(?:\/([^/]+))?$/.exec(path) ?? []
  if (method === 'DELETE' && address !== undefined)
    return { operation: 'DeleteSuppressedDestination', parameters: { EmailAddress: decodeURIComponent(address) } }
  return method === 'GET' && path === '/v2/email/suppression/addresses'
    ? { operation: 'ListSuppressedDestinations', parameters: {} }
    : undefined
}

function parse<Schema extends z.ZodType>(schema: Schema, { input }: Call): z.output<Schema> {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  throw new AwsError('BadRequestException', z.prettifyError(result.error))
}
