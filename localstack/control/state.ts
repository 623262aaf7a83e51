import type { Deployment } from '../deploy/deploy.ts'
import type { Bus } from '../eventbridge/bus.ts'
import type { BusEvent } from '../eventbridge/bus-event.ts'
import type { HeldMessage } from '../sqs/message.ts'
import type { Rest } from './rest.ts'

const shownMessages = 100
const shownEvents = 100

/** What `GET /_local/state` shows. */
export function stateOf(deployment: Deployment, rest: Rest) {
  const { assembly, clock, queues, buckets, scheduler, buses, functions, counts, tables, streamConsumers } = deployment
  const deadLetterQueues = new Set(Array.from(queues.values(), ({ settings }) => settings.redrive?.queue))
  return {
    now: new Date(clock.now()).toISOString(),
    endpoint: assembly.place.endpoint,
    region: assembly.place.region,
    stacks: assembly.stacks,
    outputs: assembly.outputs,
    inFlight: rest.list(),
    queues: Array.from(queues, ([name, queue]) => {
      const { visible, inFlight, delayed } = queue.counts()
      return {
        name,
        arn: queue.settings.arn,
        deadLetters: deadLetterQueues.has(queue),
        depth: visible + inFlight + delayed,
        visible,
        inFlight,
        delayed,
        messages: queue.messages().slice(0, shownMessages).map(shown),
      }
    }),
    buckets: Array.from(buckets, ([name, bucket]) => {
      const objects = bucket.list()
      return { name, count: objects.length, objects: objects.slice(0, shownMessages) }
    }),
    schedules: scheduler.list().map(({ Name, GroupName, ScheduleExpression, State }) => ({
      name: Name,
      group: GroupName,
      expression: ScheduleExpression,
      state: State,
    })),
    buses: Array.from(buses, ([name, bus]) => ({ name, ...bus.counts() })),
    events: [...buses.values()].flatMap((bus) =>
      bus
        .recent()
        .slice(-shownEvents)
        .map((event) => shownEvent(event, bus)),
    ),
    tables: tables.map(({ name }) => name),
    streams: streamConsumers.map((consumer) => ({ arn: consumer.settings.streamArn, ...consumer.counts() })),
    functions: Array.from(functions, ([name, fn]) => ({ name, ...fn.counts() })),
    calls: counts.all(),
  }
}

/** An event that the archive leaves out is not kept here either: it is shown without its data. */
const shownEvent = (event: BusEvent, bus: Bus) =>
  bus.archives(event) ? event : { ...event, detail: { ...(event.detail as object), data: {} } }

const shown = ({ MessageId, Body, Attributes, MessageAttributes, state }: HeldMessage) => ({
  id: MessageId,
  state,
  receiveCount: Number(Attributes['ApproximateReceiveCount'] ?? 0),
  body: Body,
  ...(MessageAttributes && {
    attributes: Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue ?? '']),
    ),
    ...(MessageAttributes['cause']?.StringValue !== undefined && { cause: MessageAttributes['cause'].StringValue }),
  }),
})
