import { untilWritten } from '../../../runtime/update.ts'
import type { UpdateDeps } from '../../../runtime/update.ts'
import { type Pump, isLeased, skewMs } from '../../core/webhooks/pump.ts'
import { type PumpItem, minuteAfter, pumpItem, pumpKey, written } from '../../store/webhooks/pump-item.ts'

/** What an index shows late is looked for once more after this, in milliseconds. */
export const lookAgainMs = 120_000

/**
 * Takes the right to send for an endpoint until that time. Undefined where somebody else has it, who is then asked to look once more; where
 * the receiver rests; and where the endpoint is gone.
 */
export async function takeLease(
  deps: UpdateDeps,
  webhookId: string,
  leasedUntil: number,
): Promise<PumpItem | undefined> {
  return untilWritten(deps, 'the webhook', async () => {
    const found = (await deps.store.get(pumpKey(webhookId), { consistent: true })) as PumpItem | undefined
    if (found === undefined) return { result: undefined }
    const now = deps.clock.now()
    const { pump } = found
    if (isLeased(pump, now)) {
      if (pump.again) return { result: undefined }
      const outcome = await deps.store.write(written(webhookId, found, { ...pump, again: true }))
      return outcome.ok ? { result: undefined } : undefined
    }
    const { restUntil = 0 } = pump.health
    if (restUntil > now && pump.wakeAt <= minuteAfter(restUntil)) return { result: undefined }
    const { again: _, ...rest } = pump
    const wakeAt = minuteAfter(Math.max(leasedUntil + skewMs, now + lookAgainMs))
    const holder = Math.floor(deps.random() * 2 ** 48) // mutant: pump-holder
    const leased: Pump = { ...rest, fence: pump.fence + 1, leasedUntil, holder, wakeAt }
    const outcome = await deps.store.write(written(webhookId, found, leased))
    return outcome.ok ? { result: pumpItem(webhookId, found.version + 1, leased) } : undefined
  })
}

/** What became of a lease: given back; kept, with what came meanwhile; or lost to somebody else, or with the endpoint. */
export type Released = { readonly how: 'released' | 'lost' } | { readonly how: 'kept'; readonly item: PumpItem }

/** Gives the lease back, with what the pump is then; keeps it where somebody has asked to look once more. */
export async function releaseLease(
  deps: UpdateDeps,
  webhookId: string,
  held: PumpItem,
  after: Pump,
): Promise<Released> {
  const { store } = deps
  const outcome = await store.write(written(webhookId, held, after))
  if (outcome.ok) return { how: 'released' }
  let found = outcome.failed[0]?.found as PumpItem | undefined
  return untilWritten<Released>(deps, 'the webhook', async () => {
    if (found === undefined || found.pump.holder !== held.pump.holder) return { result: { how: 'lost' } }
    // Who comes after the next look has to ask anew.
    const { again: _, ...pump } = found.pump
    const renewed = pumpItem(webhookId, found.version + 1, pump)
    const cleared = await store.write(written(webhookId, found, pump))
    if (cleared.ok) return { result: { how: 'kept', item: renewed } }
    found = cleared.failed[0]?.found as PumpItem | undefined
    return undefined
  })
}
