import { update } from '../../../runtime/update.ts'
import { signedHeaders } from '../../adapters/signature.ts'
import {
  type Attempt,
  type Outcome,
  attempted,
  givenUp,
  isDue,
  isGone,
  isTaken,
  isTooLate,
} from '../../core/webhooks/delivery.ts'
import { longestRetryAfterMs } from '../../core/webhooks/distances.ts'
import { type Endpoint, signingAt, switchedOff } from '../../core/webhooks/endpoint.ts'
import { afterFailure, afterSuccess, healthIn, isHopeless } from '../../core/webhooks/pump.ts'
import { writeOf } from '../../store/message-item.ts'
import { type Placed, aside, deliveryItem, deliveryOf, keyOf } from '../../store/webhooks/delivery-item.ts'
import { endpointItem, endpointOf } from '../../store/webhooks/endpoint-item.ts'
import { type PayloadItem, payloadKey } from '../../store/webhooks/payload-item.ts'
import { type Run, hasTime } from './run.ts'

/** Sends a delivery once, if it is still to be sent, and writes down what came of it. */
export async function attempt(run: Run, { place, eventId }: Placed): Promise<void> {
  const { deps, webhookId, handled } = run
  const { store, clock } = deps
  const keys = {
    endpoint: endpointItem.key(webhookId),
    delivery: keyOf(webhookId, place),
    payload: payloadKey(eventId),
  }
  // As it is now: who pauses or deletes an endpoint stops what is queued, and who rotates its secret has the new one sign.
  const found = await store.getMany(Object.values(keys), { consistent: true })
  const itemAt = ({ pk, sk }: { pk: string; sk: string }) => found.find((item) => item.pk === pk && item.sk === sk)
  const [endpointThere, deliveryThere] = [itemAt(keys.endpoint), itemAt(keys.delivery)]
  const endpoint = endpointThere && endpointOf(endpointThere)
  // mutant: sent-while-paused
  if (!endpoint?.active) {
    run.isOver = true
    return
  }
  run.health = healthIn(run.health, endpoint.activation)
  const delivery = deliveryThere && deliveryOf(deliveryThere)
  if (delivery === undefined || !isDue(delivery, clock.now())) {
    handled.set(place, deliveryThere?.version ?? Infinity)
    return
  }
  const payload = itemAt(keys.payload) as PayloadItem | undefined
  if (payload === undefined || isTooLate(delivery, clock.now()))
    return change(run, place, (now) => givenUp(now, delivery.round))
  const outcome = await sendTo(run, endpoint, delivery, payload.body)
  if (outcome === undefined) return
  await change(run, place, (now) => attempted(now, delivery.round, outcome, deps.random))
  await learn(run, endpoint, outcome)
}

/** Undefined where reading has taken the time that an attempt may need. */
async function sendTo(run: Run, endpoint: Endpoint, { eventId }: Placed, body: string): Promise<Outcome | undefined> {
  const { seals, receivers, clock } = run.deps
  const secrets: string[] = []
  for (const sealed of signingAt(endpoint, clock.now())) secrets.push(await seals.open(sealed, run.webhookId))
  if (!hasTime(run)) return undefined
  const at = clock.now()
  const headers = signedHeaders(secrets, eventId, body, at)
  const { retryAfterMs, ...answer } = await receivers.send({ url: endpoint.url, headers, body })
  const sent: Attempt = { at, durationMs: Math.max(0, clock.now() - at), ...answer }
  return {
    attempt: sent,
    ...(retryAfterMs !== undefined && !isTaken(sent) && { retryAfterMs: Math.min(retryAfterMs, longestRetryAfterMs) }),
  }
}

/** Changes what stands there now: somebody may have asked for the delivery once more meanwhile. */
async function change(run: Run, place: string, evolve: (delivery: Placed) => Placed): Promise<void> {
  const { deps, webhookId, handled } = run
  const origin = { cause: `pump ${run.item.pump.fence}`, at: deps.clock.now(), by: 'notifications' }
  await update(deps, deliveryItem(keyOf(webhookId, place)), place, origin, async (found) => {
    if (found === undefined) return undefined
    const state = evolve(found.state)
    if (state === found.state) {
      handled.set(place, found.item.version)
      return undefined
    }
    // The attempt before, where this is another one: the same one has the same place.
    if (state.attempts > found.state.attempts) await deps.store.write(...aside(found.state))
    handled.set(place, found.item.version + 1)
    return { state, emits: [] }
  })
}

/** What an attempt shows of the receiver. */
async function learn(run: Run, endpoint: Endpoint, { attempt: sent, retryAfterMs = 0 }: Outcome): Promise<void> {
  const { clock, random } = run.deps
  const now = clock.now()
  run.sent += 1
  if (run.health.activation !== endpoint.activation) return
  if (isTaken(sent)) {
    run.health = afterSuccess(run.health, now)
    return
  }
  run.health = afterFailure(run.health, now, retryAfterMs, random)
  if (isGone(sent)) await switchOff(run, endpoint, 'gone')
  else if (isHopeless(run.health, now)) await switchOff(run, endpoint, 'failing')
}

/** Switches the endpoint off and lets operators know, in one transaction. One that was switched on again since stays on. */
async function switchOff({ deps, ...run }: Run, { activation }: Endpoint, reason: 'failing' | 'gone'): Promise<void> {
  const { webhookId } = run
  const at = deps.clock.now()
  const origin = { cause: `pump ${run.item.pump.fence}`, at, by: 'notifications' }
  await update(deps, endpointItem, webhookId, origin, (found) => {
    if (!found?.state.active || found.state.activation !== activation) return undefined
    const message = writeOf({
      box: { scope: 'webhooks:read' },
      at,
      source: `${webhookId} ${activation}`,
      kind: 'webhook_off',
      values: { webhookId, host: new URL(found.state.url).host, reason },
    })
    return { state: switchedOff(found.state, reason, at), emits: [], also: [message] }
  })
}
