import { env } from '../functions/runtime/env.ts'
import type { Service } from '../schemas/contract.ts'
import { CardProvider } from './constructs/card-provider.ts'
import type { ServiceSettings, ServiceStack } from './service-stack.ts'

/** The routes of a service may ask the API about an order, with the token of their caller: that needs no grant. */
const asksOrders = ({ http, platform }: ServiceStack): void => http?.bind({ [env.apiUrl]: platform.api.url })

/** The settings of every service. */
export const settings: Readonly<Record<Service, ServiceSettings>> = {
  // A whole CPU: an import of 5,000 rows needs 3 s of one, and has 10 s.
  catalog: { indexes: { list: ['http'], category: ['http'] }, memoryMb: { http: 1_769 } },
  inventory: { indexes: { due: ['sweep'] }, sweeps: true },
  orders: {
    indexes: { customer: ['http'], day: ['http'], due: ['sweep'] },
    sweeps: true,
    relayReads: true,
    extend: ({ http, setting }) => http?.bind({ [env.holdSeconds]: String(setting.stage.holdSeconds) }),
  },
  shipping: { indexes: {}, extend: asksOrders },
  payments: {
    indexes: { due: ['sweep'], hold: ['http'] },
    sweeps: true,
    extend: (stack) => {
      const { http, subscription, sweeper, setting } = stack
      asksOrders(stack)
      http?.bind({ [env.currency]: setting.stage.currency })
      const provider = new CardProvider(stack, 'CardProvider', setting)
      for (const fn of [http, subscription?.function, sweeper?.function]) if (fn) provider.bindTo(fn)
    },
  },
  users: { indexes: {}, extend: ({ platform, http }) => http && platform.directory.bindTo(http) },
}
