import * as z from 'zod'
import { type DataOf, type Envelope, detailTypeOf, sourceOf } from '../../../schemas/contract.ts'
import { alarmRaised } from '../../../schemas/alarm.ts'
import { digest } from '../../runtime/ids.ts'
import type { NotificationsDeps } from '../deps.ts'
import { writeOf } from '../store/message-item.ts'

/** What CloudWatch publishes when an alarm changes: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html */
const AlarmChange = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.string().nullish(),
  NewStateValue: z.string(),
  StateChangeTime: z.string(),
})

/** The message of the alarm topic as an event; anything else as it is. */
export function asEvent(message: unknown): unknown {
  const change = AlarmChange.safeParse(message)
  if (!change.success) return message
  const { AlarmName: name, AlarmDescription, NewStateValue: state, StateChangeTime } = change.data
  const detail = {
    id: `${digest(name, StateChangeTime)}/alarm`,
    time: new Date(StateChangeTime).toISOString(),
    correlationId: name,
    causationId: name,
    data: { name, description: AlarmDescription ?? '', state },
  }
  return { source: sourceOf(alarmRaised), 'detail-type': detailTypeOf(alarmRaised), detail }
}

/** The runbook that alarms of dead letters name. Others, of which an outage sets off a hundred, are for who is on call. */
const runbook = 'docs/runbooks.md#a-dead-letter-queue-is-not-empty'

/** Lets those who see alarms know of dead letters. */
export const announceAlarm =
  ({ store }: NotificationsDeps) =>
  async ({ id: source, time, data }: Envelope<DataOf<typeof alarmRaised>>): Promise<void> => {
    const { name, description, state } = data
    // That it is over, or that there is nothing to measure, is no reason to look.
    if (state !== 'ALARM' || !description.includes(runbook)) return
    const about = { box: { scope: 'alarms:read' }, at: Date.parse(time), source } as const
    await store.write(writeOf({ ...about, kind: 'alarm', values: { name, description } }))
  }
