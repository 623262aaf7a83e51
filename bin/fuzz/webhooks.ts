import { eventPatterns } from '../../schemas/webhook.ts'
import type { webhookRoutes } from '../../schemas/webhooks.ts'
import type { Chance } from './chance.ts'
import { receiverUrl } from './receiver.ts'
import { type Asked, type Plan, about, paging, some } from './plan.ts'
import type { Made } from './shop.ts'
import { textOf } from './text.ts'

const urlOf = (chance: Chance): string => `${receiverUrl}hooks/${chance.below(100)}`

const eventsOf = (chance: Chance): string[] => {
  const begin = chance.below(eventPatterns.length)
  return eventPatterns.slice(begin, begin + chance.between(1, 10))
}

const ofOne = (
  asked: Asked,
  more: (chance: Chance, made: Made) => object = () => ({}),
  shelf: 'webhooks' | 'webhooksToDelete' = 'webhooks',
) =>
  about(shelf === 'webhooks' ? asked.shop.some(shelf, asked.chance) : asked.take(shelf), (made) => ({
    as: asked.shop.operator,
    params: { id: made.id },
    ...more(asked.chance, made),
  }))

/** Endpoints of machines, and what was sent to them. */
export const webhooks: { readonly [Name in keyof typeof webhookRoutes]: Plan } = {
  createWebhook: {
    ask: ({ shop, chance }) => ({
      as: shop.operator,
      body: { url: urlOf(chance), events: eventsOf(chance), ...some(chance, { description: textOf(chance, 200) }) },
      ...some(chance, { idempotencyKey: shop.name('webhook') }),
    }),
    learn: ({ shop, chance }, _, { id }) => {
      // All else of webhooks needs one; a shop has only so many.
      const isKept = shop.some('webhooks', chance) === undefined || chance.maybe(0.1)
      shop.put(isKept ? 'webhooks' : 'webhooksToDelete', { id })
    },
    weight: 0.2,
  },
  listWebhooks: { ask: ({ shop, chance }) => ({ as: shop.operator, query: paging(chance) }), weight: 0.2 },
  getWebhook: { ask: (asked) => ofOne(asked), weight: 0.2 },
  updateWebhook: {
    ask: (asked) =>
      ofOne(asked, (chance) => ({
        body: {
          ...some(chance, {
            url: urlOf(chance),
            events: eventsOf(chance),
            description: chance.maybe(0.3) ? null : textOf(chance, 200),
          }),
          // One that is paused would take no tests.
          active: true,
        },
      })),
    weight: 0.2,
  },
  deleteWebhook: { ask: (asked) => ofOne(asked, undefined, 'webhooksToDelete'), weight: 0.2 },
  rotateWebhookSecret: {
    ask: (asked) => ofOne(asked, (chance) => some(chance, { body: { overlapSeconds: chance.pick([0, 60, 604_800]) } })),
    weight: 0.2,
  },
  testWebhook: { ask: (asked) => ofOne(asked), weight: 0.2 },
  listWebhookDeliveries: {
    ask: (asked) => ofOne(asked, (chance) => ({ query: paging(chance) })),
    learn: ({ shop }, { params }, { items: [first] }) => {
      if (first && params?.['id'] !== undefined) shop.put('webhookDeliveries', { id: first.id, of: params['id'] })
    },
    weight: 0.2,
  },
  redeliverWebhookDelivery: {
    ask: (asked) =>
      about(asked.shop.some('webhookDeliveries', asked.chance), ({ id, of = '' }) => ({
        as: asked.shop.operator,
        params: { id: of, deliveryId: id },
      })),
    weight: 0.2,
  },
  redeliverFailedDeliveries: {
    ask: (asked) => ofOne(asked, () => ({ body: { since: '2020-01-01T00:00:00Z' } })),
    weight: 0.2,
  },
}
