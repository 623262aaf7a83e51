/** Subject and text of a mail. Nothing that users have typed stands in either. */
export interface MailText {
  readonly subject: string
  readonly text: string
}

/** Eight digits, good for that many minutes. No other eight digits stand in a text with a code. */
export interface CodeOf {
  readonly code: string
  readonly minutes: number
}

export const passwordReset = ({ code, minutes }: CodeOf): MailText => ({
  subject: 'Your code for a new password',
  text: `Your code for a new password is

${code}

It is good for ${minutes} minutes, and once. Give it to nobody.

If you have not asked for it, you need do nothing: your password stays.
`,
})

export const emailVerification = ({ code, minutes }: CodeOf): MailText => ({
  subject: 'Your code to confirm this address',
  text: `Your code to confirm this address is

${code}

It is good for ${minutes} minutes, and once. Give it to nobody.

If you have not asked for it, you need do nothing: the address stays unconfirmed.
`,
})

/** To the old address, once an account has a new one. */
export const emailChanged = (): MailText => ({
  subject: 'The address of your account has changed',
  text: `Your account has a new email address. Mails about it go there from now on.

If you have not changed it, write to the shop at once.
`,
})

/** To a guest, with the link that opens the order. */
export const guestOrder = ({ link, days }: { readonly link: string; readonly days: number }): MailText => ({
  subject: 'Your order',
  text: `You find your order here:

${link}

Anybody who has this link can open the order. Keep it to yourself. It is good for ${days} days.
`,
})
