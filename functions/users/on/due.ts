import type { Origin } from '../../../schemas/origin.ts'
import { timeOf } from '../../runtime/clock.ts'
import { type Swept, sweepDue } from '../../runtime/due.ts'
import type { Item } from '../../runtime/store.ts'
import { findWallet } from '../../payments/store/wallet-item.ts'
import { logger } from '../../runtime/log.ts'
import type { EraseDeps } from '../deps.ts'
import { forgottenBook } from '../store/address-book-item.ts'
import { forgottenCodes, resetOf, verificationOf } from '../store/code-item.ts'
import { beginErasure, eraseProfile, lookedAt, postponeErasure } from '../store/erasure-item.ts'
import { forgetAddresses } from '../store/known-addresses-item.ts'
import { changePrincipal } from '../store/principal-item.ts'
import { forgetSession, idOf, sessionsOf } from '../store/session-item.ts'
import { type UserItem, isErased } from '../store/user-item.ts'

/** What became of an account that was due: it was erased, waits, was looked at once more, or has nothing to erase now. */
type Outcome = 'erased' | 'waits' | 'lookedAt' | 'kept'

/** Erases the accounts whose time of grace is over. */
export const sweepUsers = (deps: EraseDeps): Promise<Swept<Outcome>> =>
  sweepDue(deps, { erased: 0, waits: 0, lookedAt: 0, kept: 0, failed: 0 }, (item) => sweepOne(deps, item))

async function sweepOne(deps: EraseDeps, item: Item): Promise<Outcome> {
  const at = deps.clock.now()
  const origin = { cause: `sweep at ${timeOf(at)}`, at, by: 'users' }
  if (!isErased(item)) {
    if (!(item as UserItem).erasing && (await hasMoney(deps, item.pk))) return wait(deps, item.pk, origin)
    return (await erase(deps, item.pk, origin)) ? 'erased' : 'kept'
  }
  await forgetBeside(deps, item.pk)
  await deps.store.write(lookedAt(item))
  return 'lookedAt'
}

/**
 * Whether there is money in the wallet at the time of the erasure: it came in since that was planned, as of an order that was given back. What
 * comes in later is in the wallet of nobody, and operators pay it out.
 */
const hasMoney = async ({ wallets }: EraseDeps, userId: string): Promise<boolean> =>
  ((await findWallet(wallets, userId))?.wallet.balance.amount ?? 0) > 0

async function wait(deps: EraseDeps, userId: string, origin: Origin): Promise<Outcome> {
  if (!(await postponeErasure(deps, userId, origin))) return 'kept'
  logger.warn('an erasure waits for an empty wallet', { correlationId: userId })
  return 'waits'
}

/**
 * Erases an account whose time has come, step by step: each is done again by the next sweep where a crash leaves the rest. First nobody can keep
 * it any more, then nothing of its tokens opens anything; the directory forgets it before its profile does, which still has its email until then.
 */
async function erase(deps: EraseDeps, userId: string, origin: Origin): Promise<boolean> {
  const profile = await beginErasure(deps, userId, origin)
  if (profile === undefined) return false
  await changePrincipal(deps, userId, { origin }, () => ({ disabled: true, endedAllAt: origin.at })) // mutant: erased-principal
  await forgetBeside(deps, userId)
  await deps.store.write(forgetAddresses(profile.email), ...forgottenCodes([resetOf(profile.email)]))
  await deps.directory.remove(userId) // mutant: erased-account
  return eraseProfile(deps, userId, origin)
}

/** Forgets what is kept of a user beside the profile. */
async function forgetBeside({ store }: EraseDeps, userId: string): Promise<void> {
  const sessions = await sessionsOf(store, userId, -Infinity)
  for (const session of sessions) await forgetSession(store, userId, idOf(session))
  await store.write(forgottenBook(userId), ...forgottenCodes([verificationOf(userId)])) // mutant: erased-beside
}
