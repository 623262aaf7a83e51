import { timeOf } from '../../functions/runtime/clock.ts'

/** Why mails come back. */
export type Fate = 'BOUNCE' | 'COMPLAINT'

/** A mail as it is sent. */
export interface OutgoingMail {
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  readonly text: string
  readonly tags: Readonly<Record<string, string>>
  readonly configurationSet?: string | undefined
}

export interface ComeBack {
  readonly mail: OutgoingMail
  readonly messageId: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly to: string
  readonly fate: Fate
  /** Why SES itself did not send it; absent where the address answered. */
  readonly suppressed?: true
}

/** The event of SES for a mail that came back: https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html */
export function notificationOf({ mail, messageId, at, to, fate, suppressed }: ComeBack): object {
  const timestamp = timeOf(at)
  const tags = { 'ses:configuration-set': mail.configurationSet ?? '', ...mail.tags }
  const about = {
    timestamp,
    source: mail.from,
    messageId,
    destination: mail.to,
    headersTruncated: false,
    commonHeaders: { from: [mail.from], to: mail.to, messageId, subject: mail.subject },
    tags: Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, [value]])),
  }
  const feedback = { timestamp, feedbackId: `${messageId}-feedback` }
  if (fate === 'COMPLAINT')
    return {
      eventType: 'Complaint',
      complaint: { ...feedback, complainedRecipients: [{ emailAddress: to }], complaintFeedbackType: 'abuse' },
      mail: about,
    }
  return {
    eventType: 'Bounce',
    bounce: {
      ...feedback,
      bounceType: 'Permanent',
      bounceSubType: suppressed ? 'OnAccountSuppressionList' : 'General',
      bouncedRecipients: [{ emailAddress: to, action: 'failed', status: '5.1.1' }],
    },
    mail: about,
  }
}
