import * as z from 'zod'
import type { ZodOpenApiOperationObject } from 'zod-openapi'
import type { EventContract } from '../../schemas/contract.ts'
import { Id, Time } from '../../schemas/shared.ts'
import { publicEvents } from '../../schemas/topology.ts'

/** What each request to a receiver has beside its body, as Standard Webhooks name it. */
const headers = z.object({
  'webhook-id': z
    .string()
    .meta({ description: 'Of the event: the same for each attempt.', param: { id: 'WebhookMessageId' } }),
  'webhook-timestamp': z.string().meta({
    description: 'When the attempt was made, in seconds since 1970: refuse what is older than five minutes.',
    param: { id: 'WebhookTimestamp' },
  }),
  'webhook-signature': z.string().meta({
    description:
      'HMAC-SHA256 over id, timestamp and body with the secret of the webhook, `v1,` before it; several while a secret is rotated.',
    param: { id: 'WebhookSignature' },
  }),
})

const EventId = z.string().meta({ id: 'WebhookEventId', description: 'Always the same for the same event.' })
const Sequence = z
  .int()
  .min(1)
  .meta({ id: 'WebhookSequence', description: 'The version of the order: the higher one is the newer one.' })

/** What a receiver gets of an event: `functions/notifications/core/webhooks/payload.ts` makes it. */
export const payloadOf = ({ name, source, data }: EventContract) =>
  z
    .object({
      id: EventId,
      type: z.literal(name),
      timestamp: Time,
      ...(name.startsWith('order.') && { sequence: Sequence.optional() }),
      ...('orderId' in (data as z.ZodObject).shape && { orderId: Id.optional() }),
      data: named(source, data),
    })
    .meta({ id: `${pascal(name)}Webhook` })

const used = Map.groupBy(publicEvents, ({ data }) => data)
const names = new Map<z.ZodType, z.ZodType>()

/** The data of an event, with a name where several events have the same. */
function named(source: string, data: z.ZodType): z.ZodType {
  const known =
    names.get(data) ?? ((used.get(data)?.length ?? 0) > 1 ? data.meta({ id: `${pascal(source)}EventData` }) : data)
  names.set(data, known)
  return known
}

/** `OrderPlaced` of `order.placed`. */
const pascal = (name: string): string =>
  name
    .split(/[._]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')

/** The requests that webhooks get, by the names of their events. */
export const webhooks = (): Readonly<Record<string, { readonly post: ZodOpenApiOperationObject }>> =>
  Object.fromEntries(
    publicEvents.map((contract) => [
      contract.name,
      {
        post: {
          operationId: `on${pascal(contract.name)}`,
          summary: contract.description,
          tags: ['notifications'],
          security: [],
          requestParams: { header: headers },
          requestBody: { required: true, content: { 'application/json': { schema: payloadOf(contract) } } },
          responses: { '204': received },
        },
      },
    ]),
  )

const received = {
  id: 'WebhookReceived',
  description: 'Any status from 200 to 299: the receiver has it. All else is tried again, for 72 hours.',
}
