import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import type { Bus } from './relay.ts'

/** The bus of that name. PutEvents succeeds although it did not take every entry: each is checked. */
export function eventBridgeBus(client: EventBridgeClient, bus: string): Bus {
  return {
    put: async (entries) => {
      const { Entries: results = [] } = await client.send(
        new PutEventsCommand({
          Entries: entries.map(({ source, detailType, detail }) => ({
            EventBusName: bus,
            Source: source,
            DetailType: detailType,
            Detail: detail,
          })),
        }),
      )
      return entries.flatMap((_, index) => {
        const { EventId, ErrorCode, ErrorMessage } = results[index] ?? {}
        if (EventId !== undefined && ErrorCode === undefined) return []
        return [{ index, cause: `${ErrorCode ?? 'NoAnswer'}: ${ErrorMessage ?? 'no event id'}` }]
      })
    },
  }
}
