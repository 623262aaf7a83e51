import * as z from 'zod'
import { textOf } from './errors.ts'

/** The longest subject and text of a mail, in UTF-16 units. */
export const maxSubject = 200
export const maxText = 20_000

/** A mail of plain text alone: nothing that users have typed can become markup. */
const Mail = z.strictObject({
  /** One bare address, without a name. */
  to: z.email().max(254),
  /** A line break in it would begin another header. */
  subject: z
    .string()
    .min(1)
    .max(maxSubject)
    .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u, 'one line, without control characters'),
  text: z
    .string()
    .min(1)
    .max(maxText)
    .regex(/^(?:[^\p{Cc}\p{Cs}]|[\t\n])*$/u, 'no control characters but tabs and line feeds'),
  /** Known again in what comes back of the mail: bounces and complaints carry it. */
  id: z.string().regex(/^[A-Za-z0-9_-]{1,256}$/, '1 to 256 letters, digits, _ and - of ASCII'),
})
export type Mail = z.infer<typeof Mail>

/** Thrown for a mail that can never be sent: another attempt comes to the same. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused'
}

export interface Mailer {
  /**
   * Sends a mail at least once: after an answer that was lost, it goes out again. What becomes of it later shows in bounces alone.
   *
   * @throws MailRefused for a mail that is not well-formed, or that is refused for good
   * @throws an error that `isOutage` knows, while mails cannot be sent
   */
  send(mail: Mail): Promise<void>
}

/** The mailer of a stage that sends no mail. */
export const silentMailer: Mailer = { send: async (mail) => void checkedMail(mail) }

/** The mail, if every mailer can send it. Throws MailRefused, without the values of its fields, otherwise. */
export function checkedMail(mail: Mail): Mail {
  const result = Mail.safeParse(mail)
  if (result.success) return result.data
  throw new MailRefused(`The mail is invalid: ${textOf(result.error)}`)
}
