import type { StackClock } from '../clock/clock.ts'
import { type AlarmProperties, type AlarmState, periodOf, stateOf } from './alarm.ts'
import type { MetricStore } from './metric-store.ts'

export interface WatchedAlarm {
  readonly name: string
  readonly arn: string
  readonly properties: AlarmProperties
}

export interface AlarmWatchDeps {
  readonly clock: StackClock
  readonly store: MetricStore
  readonly region: string
  readonly account: string
  readonly publish: (topicArn: string, message: string) => void
}

const minuteMs = 60_000

/** Looks at every alarm each minute, and publishes to its topics when it goes off, as CloudWatch does. */
export class AlarmWatch {
  readonly #alarms: readonly WatchedAlarm[]
  readonly #deps: AlarmWatchDeps
  readonly #on = new Set<string>()
  readonly #startedAt: number

  constructor(alarms: readonly WatchedAlarm[], deps: AlarmWatchDeps) {
    this.#alarms = alarms.filter(({ properties }) => properties.AlarmActions.length > 0)
    this.#deps = deps
    this.#startedAt = deps.clock.now()
    if (this.#alarms.length > 0) this.#wait()
  }

  /** The last moment of each minute: what was counted in it is known. */
  #wait(): void {
    const { clock } = this.#deps
    const end = (Math.floor((clock.now() + 1) / minuteMs) + 1) * minuteMs - 1
    clock.at(end, () => {
      this.#look(end)
      this.#wait()
    })
  }

  #look(now: number): void {
    for (const alarm of this.#alarms) {
      const { properties } = alarm
      // Silence before there was anybody to speak is none.
      if (now - properties.EvaluationPeriods * periodOf(properties) * 1_000 < this.#startedAt) continue
      const state = stateOf(properties, this.#deps.store, now)
      const isNew = state === 'ALARM' && !this.#on.has(alarm.name)
      if (state === 'ALARM') this.#on.add(alarm.name)
      else this.#on.delete(alarm.name)
      if (!isNew) continue
      const message = this.#messageOf(alarm, state, now)
      for (const topicArn of properties.AlarmActions) this.#deps.publish(topicArn, message)
    }
  }

  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html */
  #messageOf({ name, arn, properties }: WatchedAlarm, state: AlarmState, now: number): string {
    const { region, account } = this.#deps
    return JSON.stringify({
      AlarmName: name,
      AlarmDescription: properties.AlarmDescription,
      AWSAccountId: account,
      NewStateValue: state,
      NewStateReason: 'Threshold Crossed',
      StateChangeTime: new Date(now).toISOString().replace('Z', '+0000'),
      Region: region,
      AlarmArn: arn,
      OldStateValue: 'OK',
      AlarmActions: properties.AlarmActions,
    })
  }
}
