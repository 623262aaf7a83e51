import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import * as z from 'zod'
import { type ConsumerDeps, isLastDelivery, postpone } from '../../runtime/events.ts'
import { logger, publishMetrics } from '../../runtime/log.ts'
import { countUnfinished } from '../../runtime/unfinished.ts'

/** Left for what is under way when the time of the function ends, in milliseconds. */
const marginMs = 2_000

const Message = z.object({ webhookId: z.string().min(1), look: z.boolean().optional() })

interface WakeUpDeps extends Omit<ConsumerDeps, 'consumer'> {
  /** Sends for an endpoint until that time; `isLook` where nothing new is known of. */
  readonly send: (webhookId: string, until: number, isLook: boolean) => Promise<void>
}

/** The function that sends for webhooks. What fails comes back as events do, and is parked as they are, with its cause. */
export function wakeUpConsumer(make: () => WakeUpDeps) {
  let made: WakeUpDeps | undefined
  return async (event: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<SQSBatchResponse> => {
    const deps = (made ??= make())
    countUnfinished(event, deps.clock.now())
    const answer = await wakeUp(deps, event, context.getRemainingTimeInMillis())
    publishMetrics()
    return answer
  }
}

/** The same with what is left of the time, in milliseconds. */
export async function wakeUp(deps: WakeUpDeps, { Records }: SQSEvent, remainingMs: number): Promise<SQSBatchResponse> {
  const { send, deadLetters, clock } = deps
  const until = clock.now() + remainingMs - marginMs
  const failed: SQSRecord[] = []
  for (const record of Records) {
    try {
      const { webhookId, look = false } = Message.parse(JSON.parse(record.body))
      await send(webhookId, until, look)
    } catch (error) {
      logger.error('not sent', { messageId: record.messageId, error: error as Error })
      if (isLastDelivery(record, error, clock.now())) await deadLetters.park(record.body, String(error))
      else failed.push(record)
    }
  }
  await postpone(failed, deps)
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) }
}
