import { BadRequestException, MessageRejected, type SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2'
import { type Mailer, MailRefused, checkedMail } from './mail.ts'

export interface SesSettings {
  /** The sender, a bare address. */
  readonly from: string
  /** The configuration set, by name: it has the suppression list, and hands on bounces and complaints. */
  readonly configurationSet: string
}

const utf8 = (Data: string) => ({ Data, Charset: 'UTF-8' })

/** Amazon SES. It accepts a mail for an address on the suppression list as well, and sends none. */
export function sesMailer(client: SESv2Client, { from, configurationSet }: SesSettings): Mailer {
  return {
    send: async (mail) => {
      const { to, subject, text, id } = checkedMail(mail)
      const command = new SendEmailCommand({
        FromEmailAddress: from,
        Destination: { ToAddresses: [to] },
        Content: { Simple: { Subject: utf8(subject), Body: { Text: utf8(text) } } },
        ConfigurationSetName: configurationSet,
        // What SES reports of the mail carries it as `mail.tags.id`.
        EmailTags: [{ Name: 'id', Value: id }],
      })
      await client.send(command).catch((error: unknown) => {
        // The message of SES may name the address, which belongs into no log.
        if (error instanceof MessageRejected || error instanceof BadRequestException)
          throw new MailRefused(`SES refuses the mail ${id}: ${error.name}`)
        throw error
      })
    },
  }
}
