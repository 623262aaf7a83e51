import { liveDelivery, liveItems } from '../runtime/aws-wiring.ts'
import { systemClock } from '../runtime/clock.ts'
import { env, requiredCount } from '../runtime/env.ts'
import { liveReach, liveSeals, liveWakeUps } from './adapters/live-webhooks.ts'
import { httpsReceivers } from './adapters/receivers.https.ts'
import { wakeUpConsumer } from './adapters/wake-up-consumer.ts'
import { sendDue } from './on/webhooks/send-due.ts'

/** Sends what is due at the endpoint of each message. */
export const handler = wakeUpConsumer(() => {
  const deps = {
    ...liveItems(),
    receivers: httpsReceivers({ reach: liveReach(), clock: systemClock }),
    seals: liveSeals(),
    wakeUps: liveWakeUps(),
    inFlight: requiredCount(env.webhooksInFlight),
  }
  return { send: (webhookId, until, isLook) => sendDue(deps, webhookId, until, isLook), ...liveDelivery() }
})
