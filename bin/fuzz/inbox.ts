import type { feedRoutes } from '../../schemas/feed.ts'
import type { inboxRoutes, liveRoutes } from '../../schemas/notifications.ts'
import { type Plan, about, customer, paging, some } from './plan.ts'

/** Inboxes, of customers and what operators share; the feed, and live connections. */
export const inbox: {
  readonly [Name in keyof typeof inboxRoutes | keyof typeof feedRoutes | keyof typeof liveRoutes]: Plan
} = {
  listEvents: {
    ask: ({ shop, chance }) => ({
      as: shop.operator,
      query: {
        ...paging(chance),
        ...some(chance, {
          types: chance.pick(['order.*', 'stock.*,payment.completed', 'product.created']),
          cursor: shop.some('places', chance)?.id,
        }),
      },
    }),
    learn: ({ shop }, _, { cursor }) => {
      if (cursor !== undefined) shop.put('places', { id: cursor })
    },
  },
  listNotifications: {
    ask: (asked) => ({
      as: asked.chance.maybe(0.3) ? asked.shop.operator : customer(asked),
      query: { ...paging(asked.chance), ...some(asked.chance, { unread: asked.chance.pick(['true', 'false']) }) },
    }),
    learn: ({ shop }, { as }, { items: [first] }) => {
      if (first && as) shop.put('messages', { id: first.id, owner: as })
    },
  },
  readNotification: {
    ask: (asked) =>
      about(asked.shop.some('messages', asked.chance), ({ id, owner }) => ({ as: owner, params: { id } })),
  },
  readAllNotifications: {
    ask: (asked) =>
      about(asked.shop.some('messages', asked.chance), ({ id, owner }) => ({
        as: owner,
        body: some(asked.chance, { upTo: id }),
      })),
  },
  createLiveTicket: { ask: (asked) => ({ as: asked.chance.maybe(0.3) ? asked.shop.operator : customer(asked) }) },
}
