import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'

/** The longest that the queue keeps a wake-up back, in seconds: of what is due later the sweep wakes, which runs each minute. */
export const longestDelaySeconds = 60

/** Wakes the function that sends for an endpoint. */
export interface WakeUps {
  /** There is something to be sent now, or in so many seconds, at most 60. */
  wake(webhookId: string, seconds?: number): Promise<void>
  /** There may be something. */
  look(webhookId: string): Promise<void>
}

export function sqsWakeUps(client: SQSClient, url: string): WakeUps {
  const send = async (message: object, seconds: number): Promise<void> => {
    const body = { QueueUrl: url, MessageBody: JSON.stringify(message) }
    await client.send(new SendMessageCommand({ ...body, ...(seconds > 0 && { DelaySeconds: seconds }) }))
  }
  return {
    wake: (webhookId, seconds = 0) => send({ webhookId }, seconds),
    look: (webhookId) => send({ webhookId, look: true }, 0),
  }
}
