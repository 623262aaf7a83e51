import { type ErasedUser, erasedId, stepOf } from '../../runtime/known-users.ts'
import type { UpdateDeps } from '../../runtime/update.ts'
import { bareEntry, bareWallet, findWallet, listEntries } from '../store/wallet-item.ts'

/** Pages of a ledger that one sweep goes through for one erased user: the next sweep goes on. */
const pagesAtOnce = 5

/** Forgets what operators wrote in the ledger of an erased user: sums, times and ids stay, so that the books balance. */
export async function forgetEntries({ store }: UpdateDeps, item: ErasedUser, now: number): Promise<void> {
  const userId = erasedId(item)
  let { cursor } = item
  for (let page = 0; page < pagesAtOnce; page += 1) {
    const found = await listEntries(store, userId, 100, cursor)
    for (const write of found.items.flatMap(bareEntry)) await store.write(write)
    cursor = found.cursor
    if (cursor === undefined) break
  }
  const wallet = await findWallet(store, userId)
  if (wallet) for (const write of bareWallet(wallet)) await store.write(write)
  await store.write(stepOf(item, now, cursor))
}
