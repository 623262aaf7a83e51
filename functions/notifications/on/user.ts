import type { DataOf, Envelope } from '../../../schemas/contract.ts'
import type { events } from '../../../schemas/users.ts'
import { update } from '../../runtime/update.ts'
import type { NotificationsDeps } from '../deps.ts'
import { contactItem, contactKey } from '../store/contact-item.ts'

type Contact = Envelope<DataOf<typeof events.userContact>>

/** Keeps where the mails of a user go, unless something newer is known. */
export const learnContact =
  (deps: NotificationsDeps) =>
  async ({ id: cause, data: { userId, version: userVersion, email } }: Contact): Promise<void> => {
    const origin = { cause, at: deps.clock.now(), by: 'users' }
    await update(deps, contactItem, userId, origin, (found) => {
      if (found && found.state.userVersion >= userVersion) return undefined // mutant: contact-version
      const state = { ...contactKey(userId), version: 1, userVersion, ...(email !== undefined && { email }) }
      return { state, emits: [] }
    })
  }
