import type { DataOf, Envelope } from '../../../schemas/contract.ts'
import type { events } from '../../../schemas/users.ts'
import { update } from '../../runtime/update.ts'
import type { NotificationsDeps } from '../deps.ts'
import { contactItem, contactKey } from '../store/contact-item.ts'

type Contact = Pick<Envelope<DataOf<typeof events.userContact>>, 'id' | 'data'>

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

type Erased = Envelope<DataOf<typeof events.userErased>>

/** Forgets where the mails of an erased user go, and the inbox. That there is no contact stays, whatever comes late. */
export const forgetInbox =
  (deps: NotificationsDeps) =>
  async ({ id, data: { userId, version } }: Erased): Promise<void> => {
    await learnContact(deps)({ id, data: { userId, version } })
    const { pk, sk: contact } = contactKey(userId)
    let cursor: string | undefined
    do {
      const page = await deps.store.query({ partition: pk, limit: 100, cursor })
      const others = page.items.filter(({ sk }) => sk !== contact)
      await deps.store.write(...others.map(({ sk }) => ({ delete: { pk, sk }, if: 'any' }) as const))
      cursor = page.cursor
    } while (cursor !== undefined)
  }
