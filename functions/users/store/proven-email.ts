import type { Origin } from '../../../schemas/origin.ts'
import { emailHash } from '../../runtime/email-hash.ts'
import { isVerified } from '../core/user.ts'
import type { UsersDeps } from '../deps.ts'
import { type Facts, changePrincipal } from './principal-item.ts'
import { type UserItem, proveEmail, readUser } from './user-item.ts'

/** Writes down that a user reads the mails of an address. */
export async function provenEmail(deps: UsersDeps, userId: string, address: string, origin: Origin): Promise<void> {
  await proveEmail(deps, userId, address, origin)
  await showProof(deps, userId, origin)
}

type Proof = Pick<Facts, 'unverified' | 'provenEmail'>

/** What a profile proves: the hash of its address, or that the address is to be proven first where the stage asks for that. */
function proofOf({ verifiesFirst }: UsersDeps, profile: UserItem | undefined): Proof {
  if (profile === undefined) return {}
  if (isVerified(profile)) return { provenEmail: emailHash(profile.email) }
  return verifiesFirst ? { unverified: true } : {}
}

const agree = (one: Proof, other: Proof): boolean =>
  one.unverified === other.unverified && one.provenEmail === other.provenEmail

/** Whether every function knows what the profile proves. */
export const isProofShown = (deps: UsersDeps, facts: Facts, profile: UserItem | undefined): boolean =>
  agree(facts, proofOf(deps, profile))

/** Lets every function know what the profile proves. The profile is read after the record: the last of several writers leaves the newest. */
export async function showProof(deps: UsersDeps, userId: string, origin: Origin): Promise<void> {
  await changePrincipal(deps, userId, { origin }, async (facts) => {
    const proof = proofOf(deps, await readUser(deps.store, userId))
    if (agree(facts, proof)) return facts
    const { unverified: _, provenEmail: __, ...rest } = facts
    return { ...rest, ...proof }
  })
}
