import type { routes } from '../../schemas/notifications.ts'
import { type Plan, about, customer, paging, some } from './plan.ts'

/** Inboxes: of customers, and what operators share. */
export const inbox: { readonly [Name in keyof typeof routes]: Plan } = {
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
