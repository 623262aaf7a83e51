import type { routes } from '../../../schemas/notifications.ts'
import { timeOf } from '../../runtime/clock.ts'
import type { Handler } from '../../runtime/http.ts'
import type { TicketDeps } from '../deps.ts'
import { issued, ticketMs, ticketOf } from '../store/ticket-item.ts'

/** A ticket for a connection of a browser, which can send no header with it. */
export const createLiveTicket =
  ({ store, clock, newSecret }: TicketDeps): Handler<typeof routes.createLiveTicket> =>
  async ({ headers }) => {
    const ticket = ticketOf(newSecret())
    const now = clock.now()
    await store.write(issued(ticket, headers['authorization'] ?? '', now))
    return { body: { ticket, expiresAt: timeOf(now + ticketMs) } }
  }
