import { alarmRaised } from '../../schemas/alarm.ts'
import { liveDelivery, liveItems } from '../runtime/aws-wiring.ts'
import { events, oneByOne } from '../runtime/events.ts'
import { announceAlarm, asEvent } from './on/alarm.ts'

/** The queue of alarms, which the topic of the stage fills. */
export const handler = events([alarmRaised], () => ({
  consumer: oneByOne<typeof alarmRaised>({ 'alarm.raised': announceAlarm(liveItems()) }),
  translated: asEvent,
  ...liveDelivery(),
}))
