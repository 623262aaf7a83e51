import { randomBytes, randomInt } from 'node:crypto'
import type { MailText } from '../../notifications/core/texts/en.ts'
import { logger } from '../../runtime/log.ts'
import { derivedId } from '../../runtime/ids.ts'
import { MailRefused, type Mailer } from '../../runtime/mail.ts'

/** Eight digits, each as likely as the others. */
export const newCode = (): string => String(randomInt(100_000_000)).padStart(8, '0')

export const newSalt = (): string => randomBytes(16).toString('hex')

/** Takes mails for nobody, at the price and in the time of others: https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html */
const nobody = 'success@simulator.amazonses.com'

/**
 * Sends a mail, or one that reaches nobody in the place of it: the same call. A mail that is refused for good is logged; throws while none
 * can be sent.
 */
export async function sendMail(mailer: Mailer, to: string | undefined, text: MailText, cause: string): Promise<void> {
  const id = derivedId('mail', cause, text.subject)
  try {
    await mailer.send({ to: to ?? nobody, ...text, id })
  } catch (error) {
    if (!(error instanceof MailRefused)) throw error
    logger.warn('mail refused', { mailId: id, detail: error.message })
  }
}
