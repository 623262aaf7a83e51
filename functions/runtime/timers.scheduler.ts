import {
  ConflictException,
  CreateScheduleCommand,
  DeleteScheduleCommand,
  ResourceNotFoundException,
  type SchedulerClient,
} from '@aws-sdk/client-scheduler'
import { type Clock, timeOf } from './clock.ts'
import type { Timers } from './timers.ts'

export interface ScheduleSettings {
  readonly group: string
  /** The role that Scheduler takes to send to the target. */
  readonly roleArn: string
  /** The queue that the messages go to. */
  readonly targetArn: string
  /** The queue for what could not be delivered within 24 hours and 185 retries. */
  readonly deadLetterArn: string
}

/** A schedule is never set for less than this from now: what is past or too close would be refused or left out. */
const soonestMs = 5_000

/** One-time schedules of EventBridge Scheduler, which go when they have fired. */
export function schedulerTimers(client: SchedulerClient, settings: ScheduleSettings, clock: Clock): Timers {
  return {
    set: async (name, at, message) => {
      const due = Math.max(at, clock.now() + soonestMs)
      const command = new CreateScheduleCommand({
        Name: name,
        GroupName: settings.group,
        ScheduleExpression: `at(${secondOf(due)})`,
        ScheduleExpressionTimezone: 'UTC',
        FlexibleTimeWindow: { Mode: 'OFF' },
        ActionAfterCompletion: 'DELETE',
        Target: {
          Arn: settings.targetArn,
          RoleArn: settings.roleArn,
          Input: JSON.stringify(message),
          DeadLetterConfig: { Arn: settings.deadLetterArn },
          RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 },
        },
      })
      await unless(ConflictException, client.send(command))
    },
    clear: async (name) => {
      await unless(
        ResourceNotFoundException,
        client.send(new DeleteScheduleCommand({ Name: name, GroupName: settings.group })),
      )
    },
  }
}

/** The second that starts at this time or after it: a timer that fires early does nothing. */
const secondOf = (milliseconds: number): string => timeOf(Math.ceil(milliseconds / 1_000) * 1_000).slice(0, 19)

async function unless(harmless: typeof ConflictException | typeof ResourceNotFoundException, call: Promise<unknown>) {
  try {
    await call
  } catch (error) {
    if (!(error instanceof harmless)) throw error
  }
}
