import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import type { Bus, BusEntry, Refused } from './bus.ts'
import { currentTrace, unsampledHeader } from './trace-header.ts'

/**
 * The error codes of an entry that EventBridge never takes (API reference of PutEventsResultEntry). Its other codes pass by themselves,
 * or once an operator has corrected a policy.
 */
const finalCodes: ReadonlySet<string> = new Set(['InvalidArgument', 'MalformedDetail'])

/**
 * The bus of that name. PutEvents succeeds although it did not take every entry: each is checked. A call that is refused as a whole is
 * made again entry by entry, so that one entry refuses itself alone.
 */
export function eventBridgeBus(client: EventBridgeClient, bus: string): Bus {
  const put = async (entries: readonly BusEntry[]): Promise<readonly Refused[]> => {
    const { Entries: results = [] } = await client.send(
      new PutEventsCommand({
        Entries: entries.map(({ source, detailType, detail, traceHeader }) => ({
          EventBusName: bus,
          Source: source,
          DetailType: detailType,
          Detail: detail,
          // Without a header the one of the relay itself would go on: an order is traced whole or not at all.
          TraceHeader: traceHeader ?? unsampledHeader(currentTrace()),
        })),
      }),
    )
    return entries.flatMap((_, index) => {
      const { EventId, ErrorCode = 'NoAnswer', ErrorMessage = 'no event id' } = results[index] ?? {}
      if (EventId !== undefined && results[index]?.ErrorCode === undefined) return [] // mutant: bus-entry
      return [
        { index, cause: `${ErrorCode}: ${ErrorMessage}`, ...(finalCodes.has(ErrorCode) && { isFinal: true as const }) },
      ]
    })
  }

  const putAlone = async (entry: BusEntry, index: number): Promise<readonly Refused[]> => {
    try {
      return (await put([entry])).map((refused) => ({ ...refused, index }))
    } catch (error) {
      return [{ index, cause: String(error), ...(isInvalid(error) && { isFinal: true as const }) }]
    }
  }

  return {
    put: async (entries) => {
      try {
        return await put(entries)
      } catch (error) {
        if (!isInvalid(error)) throw error // mutant: bus-invalid
        const refused: Refused[] = []
        for (const [index, entry] of entries.entries()) refused.push(...(await putAlone(entry, index)))
        return refused
      }
    },
  }
}

const isInvalid = (error: unknown): boolean => error instanceof Error && error.name === 'ValidationException'
