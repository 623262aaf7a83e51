import { describe, expect, it } from 'vitest'
import { announceAlarm, asEvent } from '../../functions/notifications/on/alarm.ts'
import { alarmRaised } from '../../schemas/alarm.ts'
import { envelope } from '../../schemas/contract.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'

const change = {
  AlarmName: 'Holdfast-prod-orders-Dead',
  AlarmDescription: 'Orders: a queue is not empty. See docs/runbooks.md#a-dead-letter-queue-is-not-empty.',
  NewStateValue: 'ALARM',
  StateChangeTime: '2026-11-29T12:00:59.999+0000',
  Trigger: { MetricName: 'x' },
}
const eventOf = (message: object) => (asEvent(message) as { readonly detail: unknown }).detail

describe('what the topic of alarms publishes', () => {
  it('is an event of its contract, the same one for the same change', () => {
    const event = envelope(alarmRaised.data).parse(eventOf(change))
    expect(event).toMatchObject({
      time: '2026-11-29T12:00:59.999Z',
      data: { name: change.AlarmName, description: change.AlarmDescription, state: 'ALARM' },
    })
    expect(eventOf(change)).toEqual(event)
    expect(eventOf({ ...change, AlarmDescription: null })).toMatchObject({ data: { description: '' } })
  })

  it('is left as it is where it is nothing of the kind', () => {
    expect(asEvent({ hello: 1 })).toEqual({ hello: 1 })
  })

  it('is one message when an alarm goes off, and none when it is over', async () => {
    const table = memoryStore()
    const deps = { store: table, clock: { now: () => 0, sleep: async () => {} }, random: () => 0 }
    const announce = announceAlarm(deps)
    const event = envelope(alarmRaised.data).parse(eventOf(change))
    await announce({ ...event, data: { ...event.data, state: 'OK' } })
    await announce({ ...event, data: { ...event.data, description: 'Slow. See docs/runbooks.md#slow.' } })
    expect(table.items()).toEqual([])
    await announce(event)
    await announce(event)
    expect(table.items()).toMatchObject([{ kind: 'alarm', values: { name: change.AlarmName } }])
  })
})
