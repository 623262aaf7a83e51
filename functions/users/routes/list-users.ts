import type { routes } from '../../../schemas/users.ts'
import type { UserSummary } from '../../../schemas/user.ts'
import { wordsIn } from '../../../schemas/words.ts'
import type { Handler } from '../../runtime/http.ts'
import { listByWords } from '../../runtime/word-lists.ts'
import { searchWordsOf } from '../core/search-words.ts'
import type { UsersDeps } from '../deps.ts'
import { allPartitions, emailPartitions } from '../store/search-items.ts'
import { type UserItem, readUsers } from '../store/user-item.ts'

/** Lists users by their e-mails, or by what a word of `q` begins. */
export function listUsers({ store }: UsersDeps): Handler<typeof routes.listUsers> {
  return async ({ query: { q = '', ...page } }) => {
    const words = wordsIn(q)
    const isAll = words.length === 0
    const { items, ...rest } = await listByWords<UserItem>(store, {
      ...page,
      words,
      partitions: isAll ? emailPartitions : allPartitions,
      find: async (ids) => new Map((await readUsers(store, ids)).map((user) => [user.pk, user])),
      wordsOf: (user) => (isAll ? [user.email] : searchWordsOf(user)),
    })
    return { body: { items: items.map(summaryOf), ...rest } }
  }
}

const summaryOf = ({ pk: id, email, name, roles, disabled = false }: UserItem): UserSummary => ({
  id,
  email,
  ...(name !== undefined && { name }),
  roles,
  disabled,
})
