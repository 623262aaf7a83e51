import type { DataOf, Envelope } from '../../../schemas/contract.ts'
import type { events } from '../../../schemas/inventory.ts'
import type { NotificationsDeps } from '../deps.ts'
import { writeOf } from '../store/message-item.ts'

type Low = Envelope<DataOf<typeof events.stockLow>>
type Replenished = Envelope<DataOf<typeof events.stockReplenished>>

/** Lets those who see stock know that a sku is low, or there again. */
export const announceLow =
  ({ store }: NotificationsDeps) =>
  async ({ id: source, time, data: values }: Low): Promise<void> => {
    const about = { box: { scope: 'stock:read' }, at: Date.parse(time), source, sku: values.sku } as const
    await store.write(writeOf({ ...about, kind: 'stock_low', values }))
  }

export const announceReplenished =
  ({ store }: NotificationsDeps) =>
  async ({ id: source, time, data: values }: Replenished): Promise<void> => {
    const about = { box: { scope: 'stock:read' }, at: Date.parse(time), source, sku: values.sku } as const
    await store.write(writeOf({ ...about, kind: 'stock_replenished', values }))
  }
