import * as z from 'zod'
import { event } from './contract.ts'
import { impersonal } from './personal.ts'

/** What CloudWatch reports of an alarm, as the queue of alarms has it. It is not on the bus. */
export const alarmRaised = event(
  'notifications',
  'alarm.raised',
  1,
  'An alarm of the stage has changed.',
  z.object({
    name: impersonal('the name of an alarm', z.string()),
    description: impersonal('a text of the templates', z.string()),
    state: z.string().max(40).describe('`ALARM`, `OK` or `INSUFFICIENT_DATA`.'),
  }),
)
