import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Origin } from '../../../schemas/origin.ts'
import type { Refuse } from '../../runtime/errors.ts'
import { derivedId } from '../../runtime/ids.ts'
import { type Count, endOf, onceMore, waitOf } from '../../runtime/rate.ts'
import type { Item, Write } from '../../runtime/store.ts'
import { plainCodec, update } from '../../runtime/update.ts'
import { type Code, codeMinutes, fresh, isOpen, tried } from '../core/code.ts'
import type { Failure } from '../adapters/directory.ts'
import type { UsersDeps } from '../deps.ts'

interface CodeItem extends Item, Code {
  readonly salt: string
  /** Whose code it is. */
  readonly userId?: string | undefined
  /** What the code is a proof of. */
  readonly address: string
  /** How many codes were made under its id of late. */
  readonly mailed?: Count | undefined
}

/** What a code that was right proves: that this user reads the mails of this address. */
export interface Proof {
  readonly userId: string
  readonly address: string
}

const codeItem = plainCodec<CodeItem>('the code', (id) => ({ pk: id, sk: 'code' }))

/** Codes for new passwords are kept by their address, whether anybody has it or not. */
export const resetOf = (email: string): string => derivedId('reset', email)

/** Codes for addresses are kept by their user: the last one counts, and is a proof of the address that it was mailed to. */
export const verificationOf = (userId: string): string => derivedId('verification', userId)

/**
 * Makes a code in the place of the last one under that id, for nobody where no user is named: the same reads and writes. Undefined where
 * there have been too many of late by `codesOfAccount`: the last one stays good then.
 */
export async function makeCode(
  deps: UsersDeps,
  id: string,
  of: { readonly userId: string | undefined; readonly address: string },
  origin: Origin,
  refuse: Refuse<Failure>,
): Promise<string | undefined> {
  const [code, salt, key] = [deps.newCode(), deps.newSalt(), await deps.directory.codeKey(refuse)]
  const { codesOfAccount: rate } = deps.rates
  let isMade = false
  await update(deps, codeItem, id, origin, (found) => {
    const before = found?.state.mailed
    isMade = waitOf(before, rate, origin.at) === 0
    if (!isMade) return undefined
    const mailed = onceMore(before, rate, origin.at)
    const last = fresh(of.userId === undefined ? undefined : hashOf(key, code, of.address, salt), origin.at)
    const ttl = Math.ceil(Math.max(last.expiresAt, endOf(mailed, rate)) / 1_000)
    return { state: { ...codeItem.key(id), version: 0, ...last, mailed, salt, ...of, ttl }, emits: [] }
  })
  return isMade ? code : undefined
}

/** Tries a code: each try is counted by a conditional write before it is answered. What the code proves; undefined where it is not right. */
export async function tryCode(
  deps: UsersDeps,
  id: string,
  code: string,
  origin: Origin,
  refuse: Refuse<Failure>,
): Promise<Proof | undefined> {
  const key = await deps.directory.codeKey(refuse)
  let isRight = false
  const state = await update(deps, codeItem, id, origin, (found) => {
    isRight = false
    if (!found || !isOpen(found.state, origin.at)) return undefined
    const { hash, address, salt } = found.state
    isRight = isSame(hashOf(key, code, address, salt), hash ?? '')
    return { state: { ...found.state, ...tried(found.state, isRight) }, emits: [] }
  })
  return isRight && state?.userId !== undefined ? { userId: state.userId, address: state.address } : undefined
}

/** Of a code and the address that it is a proof of. Eight digits are guessed in a second from hash and salt, and not without the key. */
const hashOf = (key: string, code: string, address: string, salt: string): string =>
  createHmac('sha256', key).update(`${salt} ${code} ${address}`).digest('hex')

function isSame(one: string, other: string): boolean {
  const [bytes, others] = [Buffer.from(one), Buffer.from(other)]
  return bytes.length === others.length && timingSafeEqual(bytes, others)
}

/** The writes that forget the codes of an account. */
export const forgottenCodes = (ids: readonly string[]): readonly Write[] =>
  ids.map((id) => ({ delete: codeItem.key(id), if: 'any' }))

export const invalidCode = (refuse: Refuse<'invalid_code'>) =>
  refuse('invalid_code', `The code is wrong, older than ${codeMinutes} minutes, used, or was tried too often.`, {
    errors: [{ path: 'code', message: 'not a code that is good now' }],
  })
