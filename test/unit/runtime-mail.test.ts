import { describe, expect, it } from 'vitest'
import {
  emailChanged,
  passwordChanged,
  emailVerification,
  guestOrder,
  passwordReset,
} from '../../functions/notifications/core/texts/en.ts'
import { type Mail, MailRefused, checkedMail, maxSubject, maxText, silentMailer } from '../../functions/runtime/mail.ts'

const mail: Mail = { to: 'ada@example.com', subject: 'Your code', text: 'It is\n\n12345678\n', id: 'reset-01J' }

describe('a mail', () => {
  it('is sent as it is', () => {
    expect(checkedMail(mail)).toEqual(mail)
    expect(checkedMail({ ...mail, subject: 'Grüße 👋', text: 'Zoë\t✓' }).subject).toBe('Grüße 👋')
  })

  it.each<[string, Partial<Mail>]>([
    ['another header in its address', { to: 'ada@example.com\r\nBcc: eve@example.com' }],
    ['a second address', { to: 'ada@example.com, eve@example.com' }],
    ['a name before its address', { to: 'Ada <ada@example.com>' }],
    ['an address in angle brackets', { to: '<ada@example.com>' }],
    ['a blank after its address', { to: 'ada@example.com ' }],
    ['no address', { to: '' }],
    ['an address without a domain', { to: 'ada' }],
    ['an address that is too long', { to: `${'a'.repeat(250)}@example.com` }],
    ['another header in its subject', { subject: 'Your code\r\nBcc: eve@example.com' }],
    ['a line feed in its subject', { subject: 'Your\ncode' }],
    ['a line separator in its subject', { subject: 'Your\u2028code' }],
    ['a NUL in its subject', { subject: 'Your\0code' }],
    ['half a character in its subject', { subject: 'Your \uD83D code' }],
    ['no subject', { subject: '' }],
    ['a subject that is too long', { subject: 'x'.repeat(maxSubject + 1) }],
    ['a NUL in its text', { text: 'a\0b' }],
    ['a carriage return in its text', { text: 'a\r\nb' }],
    ['half a character in its text', { text: 'a\uDE00b' }],
    ['no text', { text: '' }],
    ['a text that is too long', { text: 'x'.repeat(maxText + 1) }],
    ['an id that cannot be a tag', { id: 'reset 1' }],
  ])('with %s is refused', async (_, wrong) => {
    expect(() => checkedMail({ ...mail, ...wrong })).toThrow(MailRefused)
    await expect(silentMailer.send({ ...mail, ...wrong })).rejects.toThrow(MailRefused)
  })

  it('is refused without its values in the error, which may be logged', () => {
    expect(() => checkedMail({ ...mail, to: 'ada@example', subject: 'secret\n' })).toThrow(
      expect.objectContaining({ message: expect.not.stringMatching(/ada|secret/) as string }),
    )
  })

  it('goes nowhere in a stage without mails', async () => {
    await expect(silentMailer.send(mail)).resolves.toBeUndefined()
  })
})

describe('the texts of mails', () => {
  const withCode = [passwordReset, emailVerification]
  const link = 'https://shop.example.com/orders/abc'
  const texts = [
    ...withCode.map((text) => text({ code: '12345678', minutes: 15 })),
    emailChanged(),
    passwordChanged(),
    guestOrder({ link, days: 90 }),
  ]

  it.each(texts)('"$subject" can be sent', (text) => {
    expect(checkedMail({ ...mail, ...text })).toMatchObject(text)
  })

  it.each(withCode)('have a code as their only eight digits, on a line of its own', (text) => {
    const { text: body, subject } = text({ code: '00271828', minutes: 15 })
    expect(body.match(/^\d{8}$/gm)).toEqual(['00271828'])
    expect(`${subject}${body}`.match(/\d{8,}/g)).toEqual(['00271828'])
    expect(body).toContain('15 minutes')
  })

  it('have a link on a line of its own', () => {
    expect(guestOrder({ link, days: 90 }).text.split('\n')).toContain(link)
  })
})
