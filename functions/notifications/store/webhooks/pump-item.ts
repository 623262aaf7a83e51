import { dueAt } from '../../../runtime/due.ts'
import type { Item, Key, Write } from '../../../runtime/store.ts'
import { inPlaceOf } from '../../../runtime/update.ts'
import { type Pump, healthy } from '../../core/webhooks/pump.ts'

/** The pump of an endpoint, in index `due` at the time when the sweep wakes it. */
export interface PumpItem extends Item {
  readonly pump: Pump
}

export const pumpSort = 'pump'
const prefix = 'webhook_'

export const pumpKey = (webhookId: string): Key => ({ pk: `${prefix}${webhookId}`, sk: pumpSort })

export const webhookOf = ({ pk }: Key): string => pk.slice(prefix.length)

export const firstPump = (webhookId: string, now: number): Write => written(webhookId, undefined, pumpAt(now))

const pumpAt = (now: number): Pump => ({ fence: 0, health: healthy(1), wakeAt: minuteAfter(now + hourMs) })

const hourMs = 3_600_000
const minuteMs = 60_000

/** The sweep runs each minute: places within the same one cost no write of the index. */
export const minuteAfter = (time: number): number => Math.ceil(time / minuteMs) * minuteMs

/** The write of a pump in the place of the one that was read. */
export function written(webhookId: string, before: PumpItem | undefined, pump: Pump): Write {
  const put = pumpItem(webhookId, (before?.version ?? 0) + 1, pump)
  return inPlaceOf(before, put) // mutant: pump-fence
}

export const pumpItem = (webhookId: string, version: number, pump: Pump): PumpItem => ({
  ...pumpKey(webhookId),
  version,
  pump,
  ...dueAt(webhookId, pump.wakeAt),
})
