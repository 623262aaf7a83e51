import type { routes } from '../../../schemas/orders.ts'
import { guestOrder } from '../../notifications/core/texts/en.ts'
import type { Refuse } from '../../runtime/errors.ts'
import type { Handler } from '../../runtime/http.ts'
import { logger } from '../../runtime/log.ts'
import { MailRefused } from '../../runtime/mail.ts'
import type { PlacingDeps } from '../deps.ts'
import { type GuestItem, findGuest, keepLink, keepMailed, linkDays } from '../store/guest-item.ts'
import type { Stored } from '../store/order-item.ts'
import { visibleOrder } from './show.ts'

/** How often a guest gets a link to one order, in milliseconds: a request that comes twice sends one mail. */
const mailEveryMs = 60_000

/**
 * Mails a guest the link to the order that was just placed, once. Throws `HttpProblem` 503 `unavailable` where mails cannot be sent: the order
 * stands, and the same request again sends the mail.
 */
export async function mailLink(deps: PlacingDeps, refuse: Refuse<'unavailable'>, stored: Stored): Promise<void> {
  const guest = await findGuest(deps.store, stored)
  if (guest === undefined || guest.mailedAt !== undefined) return
  await mail(
    deps,
    refuse,
    stored,
    guest,
    'The order is placed; the mail to the guest is not sent. Send the same again.',
  )
}

/** Mails another link, while those before it stay good for their time. */
export function mailGuestLink(deps: PlacingDeps): Handler<typeof routes.mailGuestLink> {
  return async (request) => {
    const stored = await visibleOrder(deps.store, request)
    const guest = await findGuest(deps.store, stored)
    if (guest === undefined) throw request.refuse('no_guest', 'The order names no guest who could get a link.')
    const isRecent = guest.mailedAt !== undefined && deps.clock.now() - guest.mailedAt < mailEveryMs
    if (!isRecent)
      await mail(deps, request.refuse, stored, guest, 'The mail to the guest is not sent. Send the same again.')
    return {}
  }
}

/** A token is made for each attempt, and kept as its hash before the mail goes out. */
async function mail(
  deps: PlacingDeps,
  refuse: Refuse<'unavailable'>,
  stored: Stored,
  guest: GuestItem,
  detail: string,
): Promise<void> {
  const {
    guests: { mailer, apiUrl, newToken },
  } = deps
  const { id } = stored.state
  const token = newToken()
  await keepLink(deps, token, id)
  const text = guestOrder({ link: `${apiUrl}/guest-orders/${token}`, days: linkDays })
  await mailer.send({ to: guest.email, ...text, id }).catch((error: unknown) => {
    if (!(error instanceof MailRefused)) throw refuse('unavailable', detail, { headers: { 'retry-after': '1' } })
    logger.warn('a guest gets no mail', { orderId: id, error })
  })
  await keepMailed(deps, guest)
}
