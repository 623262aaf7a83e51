import type { Consumer, Failure, Received } from '../../../runtime/events.ts'
import { sideBySide } from '../../../runtime/side-by-side.ts'
import type { UpdateDeps } from '../../../runtime/update.ts'
import type { WakeUps } from '../../adapters/wake-ups.ts'
import { madeAt } from '../../core/webhooks/delivery.ts'
import type { Endpoint } from '../../core/webhooks/endpoint.ts'
import { matches } from '../../core/webhooks/matching.ts'
import { bodyOf } from '../../core/webhooks/payload.ts'
import { made, nameOf, placeOf, takenMs } from '../../store/webhooks/delivery-item.ts'
import { allEndpoints } from '../../store/webhooks/endpoint-item.ts'
import { payloadOf } from '../../store/webhooks/payload-item.ts'

export interface MakingDeps extends Pick<UpdateDeps, 'store' | 'clock'> {
  readonly wakeUps: WakeUps
}

/** How many events of a batch are handled at a time. */
const atOnce = 5

/** Makes a delivery of each event for each endpoint that asks for it, once however often the event comes, and wakes who sends them. */
export const makeDeliveries =
  (deps: MakingDeps): Consumer =>
  async (batch) => {
    const active = (await allEndpoints(deps.store)).filter((endpoint) => endpoint.active)
    if (active.length === 0) return []
    const failures: Failure[] = []
    const asked = new Map<string, Received[]>()
    await sideBySide(batch, atOnce, async (event) => {
      const asking = active.filter(({ events }) => matches(events, event.contract.name))
      try {
        await make(deps, event, asking)
        for (const { id } of asking) asked.set(id, [...(asked.get(id) ?? []), event])
      } catch (error) {
        failures.push({ messageId: event.messageId, error })
      }
    })
    await Promise.all(
      [...asked].map(async ([webhookId, events]) => {
        try {
          await deps.wakeUps.wake(webhookId)
        } catch (error) {
          failures.push(...events.map(({ messageId }) => ({ messageId, error })))
        }
      }),
    )
    return failures
  }

async function make({ store, clock }: MakingDeps, event: Received, asking: readonly Endpoint[]): Promise<void> {
  const { id, time, contract } = event
  const [now, at] = [clock.now(), Date.parse(time)]
  // What was made of an older one is forgotten, and would be made again.
  if (asking.length === 0 || at < now - takenMs) return
  // The body first: whoever finds the delivery has it.
  await store.write(payloadOf(id, bodyOf(contract.name, event), now))
  for (const { id: webhookId } of asking) {
    const place = placeOf(at, nameOf(webhookId, id))
    await store.write(made({ ...madeAt(now, id, contract.name), webhookId, place }))
  }
}
