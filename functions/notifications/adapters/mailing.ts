import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda'
import { unmarshallImage } from '../../runtime/aws-wiring.ts'
import { logger, metrics, publishMetrics } from '../../runtime/log.ts'
import { type Mailer, MailRefused } from '../../runtime/mail.ts'
import { metric } from '../../runtime/metrics.ts'
import type { RelayDeps } from '../../runtime/relay.ts'
import type { Item } from '../../runtime/store.ts'
import { orderMail } from '../core/texts/en.ts'
import type { NotificationsDeps } from '../deps.ts'
import { type ContactItem, contactKey } from '../store/contact-item.ts'
import { idOf, personal, textOf } from '../store/message-item.ts'
import { isOver, warningKey } from '../store/warning-item.ts'

export interface MailingDeps extends Pick<NotificationsDeps, 'store' | 'clock'> {
  readonly mailer: Mailer
  /** Makes an item of a stream image. */
  readonly unmarshall: RelayDeps['unmarshall']
}

/** The Lambda handler of the stream of messages. The dependencies are made at the first call. */
export function mailing(make: () => Omit<MailingDeps, 'unmarshall'>) {
  let deps: MailingDeps | undefined
  return async (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    deps ??= { ...make(), unmarshall: unmarshallImage }
    const answer = await mailBatch(deps, event)
    publishMetrics()
    return answer
  }
}

/**
 * Mails each new message to the user whose inbox has it, one after the other. While no mails can be sent, the stream brings the rest of the
 * batch back: each mail goes out at least once, and twice where its answer was lost.
 */
export async function mailBatch(deps: MailingDeps, { Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  for (const { dynamodb } of Records) {
    try {
      if (dynamodb?.NewImage) await mail(deps, deps.unmarshall(dynamodb.NewImage))
    } catch (error) {
      logger.warn('not mailed', { error: error as Error })
      return { batchItemFailures: [{ itemIdentifier: dynamodb?.SequenceNumber ?? '' }] } // mutant: mail-again
    }
  }
  return { batchItemFailures: [] }
}

/** A mail that is refused for good is logged and counted: its message stays in the inbox. */
async function mail({ store, clock, mailer }: MailingDeps, item: Item): Promise<void> {
  const { userId, content } = personal(item) ?? {}
  if (userId === undefined || content === undefined) return
  const { email } = ((await store.get(contactKey(userId), { consistent: true })) ?? {}) as Partial<ContactItem>
  if (email === undefined) return
  if (content.kind === 'hold_ends') {
    // What was decided when it was swept need not be so any more.
    const hold = await store.get(warningKey(String(item['orderId'])), { consistent: true })
    if ((hold && isOver(hold)) || clock.now() >= Date.parse(content.values.expiresAt)) return // mutant: mail-over
  }
  const id = idOf(item)
  try {
    await mailer.send({ to: email, ...orderMail(textOf(content)), id })
    metrics.addMetric(metric.mailsSent, 'Count', 1)
  } catch (error) {
    if (!(error instanceof MailRefused)) throw error
    metrics.addMetric(metric.mailsRefused, 'Count', 1)
    logger.warn('mail refused', { mailId: id, detail: error.message })
  }
}
