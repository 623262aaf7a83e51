import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { AwsError } from '../endpoint/aws-error.ts'
import type { Bus, PutEventsAnswer } from './bus.ts'
import type { Operations } from '../endpoint/call.ts'
import type { Tracer } from '../xray/tracer.ts'

const PutEvents = z.object({
  Entries: z.array(
    z.object({
      Source: z.string().exactOptional(),
      DetailType: z.string().exactOptional(),
      Detail: z.string().exactOptional(),
      EventBusName: z.string().exactOptional(),
      Resources: z.array(z.string()).exactOptional(),
      Time: z.number().exactOptional(),
      TraceHeader: z.string().exactOptional(),
    }),
  ),
})

export interface EventsDeps {
  /** The buses by name, with `default`. */
  readonly buses: ReadonlyMap<string, Bus>
  readonly region: string
  readonly account: string
  readonly tracer: Tracer
}

/**
 * EventBridge: PutEvents alone. As on AWS, events for a bus that does not exist are answered with ids and forgotten. The sources of all
 * entries are one condition key: a call that may not put one of them puts none.
 */
export function eventsOperations({ buses, region, account, tracer }: EventsDeps): Operations {
  return {
    PutEvents: (call) => {
      const parsed = PutEvents.safeParse(call.input)
      if (!parsed.success) throw new AwsError('ValidationException', z.prettifyError(parsed.error))
      const { Entries } = parsed.data
      const names = Entries.map(({ EventBusName = 'default' }) => EventBusName.slice(EventBusName.lastIndexOf('/') + 1))
      const sources = [...new Set(Entries.flatMap(({ Source = '' }) => (Source === '' ? [] : Source)))]
      const context = sources.length > 0 ? { 'events:source': sources } : {}
      for (const name of new Set(names))
        call.authorize('events:PutEvents', `arn:aws:events:${region}:${account}:event-bus/${name}`, context)
      const answers: PutEventsAnswer['Entries'][number][] = []
      for (const name of new Set(names)) {
        const at = names.flatMap((each, index) => (each === name ? [index] : []))
        // The header of the call, unless the entry has one.
        const entries = at.map((index) => ({ TraceHeader: call.traceHeader, ...Entries[index] }))
        const taken = buses.get(name)?.putEvents(entries).Entries ?? entries.map(() => ({ EventId: randomUUID() }))
        at.forEach((index, nth) => {
          const [answer, entry] = [taken[nth], entries[nth]]
          if (answer) answers[index] = answer
          if (answer && entry && 'EventId' in answer)
            tracer.published(
              entry.DetailType ?? '',
              JSON.parse(entry.Detail ?? '{}'),
              entry.TraceHeader,
              call.traceHeader,
            )
        })
      }
      return { FailedEntryCount: answers.filter((answer) => 'ErrorCode' in answer).length, Entries: answers }
    },
  }
}
