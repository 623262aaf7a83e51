import { liveItems, liveMailer } from '../runtime/aws-wiring.ts'
import { mailing } from './adapters/mailing.ts'

/** The stream of messages, which are mailed, where the stage sends mails. */
export const handler = mailing(() => ({ ...liveItems(), mailer: liveMailer() }))
