import * as z from 'zod'
import { route } from './contract.ts'
import { Id, Paging, Time } from './shared.ts'

/** An event as everybody outside may know it. */
export const FeedEvent = z
  .object({
    id: z.string().describe('Always the same for the same event.'),
    type: z.string().describe('Its name, without a version: `order.placed`.'),
    time: Time.describe('When the fact became true; events that come late stand behind younger ones.'),
    orderId: Id.optional().describe('Of an event that is about an order.'),
    sequence: z
      .int()
      .min(1)
      .optional()
      .describe(
        'Of an event of an order itself (`order.*`): the version of the order that brought it. A later one is higher.',
      ),
    correlationId: z.string().describe('The order where there is one, else what the event is about.'),
    causationId: z.string().describe('The id of the event, or of the request, that caused this one.'),
    data: z.record(z.string(), z.unknown()).describe('As docs/events.md describes it by type.'),
  })
  .meta({ id: 'FeedEvent' })
export type FeedEvent = z.infer<typeof FeedEvent>

/** The most patterns that one request may name. */
const maxTypes = 50

const Types = z
  .string()
  .transform((text) => text.split(','))
  .pipe(
    z
      .array(
        z
          .string()
          .regex(/^[a-z][a-z_]*\.(\*|[a-z][a-z_]*)$/, 'a type as `order.placed`, or all of a kind as `order.*`'),
      )
      .max(maxTypes),
  )
  .meta({
    description: `Only events of these types, up to ${maxTypes}, with commas between them: \`order.placed\`, or \`order.*\` for all of a kind.`,
    example: 'order.*,stock.low',
  })

export const feedRoutes = {
  listEvents: route({
    method: 'GET',
    path: '/events',
    who: 'events:read',
    summary: 'The feed: every public event of the last days, in the order in which the feed took them',
    query: Paging.extend({
      cursor: z.string().min(1).max(200).optional().meta({
        description:
          'The `cursor` of the last page: a place in the feed, good with any filters. Without one from the oldest event that is kept.',
        example: 'ZmVlZDoxMi4w',
      }),
      types: Types.optional(),
      orderId: Id.optional().describe('The story of one order. Not looked up: an order that nobody knows has none.'),
    }),
    prefersWait: true,
    answer: {
      status: 200,
      body: z.object({
        items: z.array(FeedEvent).describe('May be fewer than `limit`, or none, with more behind them.'),
        cursor: z.string().describe('Where to go on. It has moved unless this is the end, where it stays the same.'),
      }),
    },
    problems: ['cursor_expired', 'feed_off'],
  }),
}
