import { currencies } from '../../../../schemas/currencies.ts'
import type { NotificationKind } from '../../../../schemas/notification.ts'
import type { Money } from '../../../../schemas/shared.ts'
import type { ValuesOf } from './values.ts'

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

/** Who changed it is not known: whoever reads this address resets it. */
export const passwordChanged = (): MailText => ({
  subject: 'The password of your account has changed',
  text: `The password of your account was changed.

If it was not you, reset it at once, and write to the shop.
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

/** A message of the inbox as a mail. What operators have typed into it, as the name of a carrier, stays on its line. */
export const orderMail = ({ title, text }: MessageText): MailText => ({
  subject: title,
  text: `${text.replaceAll(/[\p{Cc}\p{Cs}]/gu, ' ')}

You find this in your inbox as well. If you want no such mails, switch them off in your profile.
`,
})

/** Title and text of a message in the inbox. */
export interface MessageText {
  readonly title: string
  readonly text: string
}

/** The text of each kind of message, by its values. */
export const messages: { readonly [Kind in NotificationKind]: (values: ValuesOf[Kind]) => MessageText } = {
  order_placed: ({ number }) => ({ title: 'Order placed', text: `We have your order ${number}.` }),
  order_backordered: ({ number, estimatedAt }) => ({
    title: 'Order waits for stock',
    text: `Some of your order ${number} is short, and it waits${
      estimatedAt === undefined ? '' : `: we expect it to be complete on ${dayOf(estimatedAt)}`
    }.`,
  }),
  hold_ends: ({ number, expiresAt }) => ({
    title: 'Your order is held for another hour',
    text: `Your order ${number} is not paid yet, and is held until ${minuteOf(expiresAt)}.`,
  }),
  order_confirmed: ({ number }) => ({ title: 'Order confirmed', text: `Your order ${number} is confirmed.` }),
  order_rejected: ({ number }) => ({
    title: 'Order not possible',
    text: `Your order ${number} cannot be delivered: something in it is out of stock. Nothing was charged.`,
  }),
  payment_failed: ({ number }) => ({
    title: 'Payment failed',
    text: `Your order ${number} is closed: it could not be paid.`,
  }),
  order_cancelled: ({ number }) => ({ title: 'Order cancelled', text: `Your order ${number} is cancelled.` }),
  order_expired: ({ number }) => ({
    title: 'Order expired',
    text: `Your order ${number} was not paid in time, and is closed.`,
  }),
  parcel_shipped: ({ carrier, trackingNumber }) => ({
    title: 'Parcel on its way',
    text: `A parcel of your order has left${carrier === undefined ? '' : ` with ${carrier}`}${
      trackingNumber === undefined ? '' : `, number ${trackingNumber}`
    }.`,
  }),
  order_delivered: ({ number }) => ({
    title: 'Order delivered',
    text: `Every parcel of your order ${number} has arrived.`,
  }),
  money_refunded: ({ refunded }) => ({
    title: 'Money back',
    text: `Of what you paid for your order, ${moneyOf(refunded)} has gone back so far.`,
  }),
  stock_low: ({ sku, available, lowStockAt, warehouseId }) => ({
    title: `${sku} is low`,
    text: `${available} of ${sku} can be sold${placeOf(warehouseId)}; the mark is ${lowStockAt}.`,
  }),
  stock_replenished: ({ sku, available, warehouseId }) => ({
    title: `${sku} is there again`,
    text: `${available} of ${sku} can be sold${placeOf(warehouseId)}.`,
  }),
  alarm: ({ name, description }) => ({ title: 'An alarm has gone off', text: description || name }),
  payment_on_hold: ({ orderId, reasons }) => ({
    title: 'A payment is on hold',
    text: `Money of order ${orderId} could not go back: ${reasons.join(', ')}.`,
  }),
  webhook_off: ({ webhookId, host, reason }) => ({
    title: 'A webhook is off',
    text: `${
      reason === 'gone' ? `${host} wants no more deliveries` : `All deliveries to ${host} failed for 72 hours`
    }: the webhook ${webhookId} is switched off.`,
  }),
}

const placeOf = (warehouseId: string | undefined): string => (warehouseId === undefined ? '' : ` in ${warehouseId}`)

const months = 'January February March April May June July August September October November December'.split(' ')

/** Of a time as the API writes it, in UTC. */
function dayOf(time: string): string {
  const [year = '', month, day] = time.slice(0, 10).split('-')
  return `${Number(day)} ${months[Number(month) - 1]} ${year}`
}
const minuteOf = (time: string): string => `${dayOf(time)} at ${time.slice(11, 16)} UTC`

function moneyOf({ amount, currency }: Money): string {
  const digits = currencies.get(currency)?.exponent ?? 2
  const format = new Intl.NumberFormat('en-GB', {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
  return format.format(amount / 10 ** digits)
}
