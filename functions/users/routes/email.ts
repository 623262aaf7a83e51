import type { Origin } from '../../../schemas/origin.ts'
import type { routes } from '../../../schemas/users.ts'
import { emailChanged, emailVerification } from '../../notifications/core/texts/en.ts'
import type { Refuse } from '../../runtime/errors.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import { logger } from '../../runtime/log.ts'
import type { Account, Failure } from '../adapters/directory.ts'
import { sendMail } from '../adapters/code-mail.ts'
import { codeMinutes } from '../core/code.ts'
import type { UsersDeps } from '../deps.ts'
import { invalidCode, makeCode, tryCode, verificationOf } from '../store/code-item.ts'
import { provenEmail } from '../store/proven-email.ts'
import { readUser } from '../store/user-item.ts'
import { expectCurrentPassword, wrongPassword } from './try-password.ts'

type AskRequest = Request<typeof routes.requestEmailCode>

/**
 * An address that is not that of the account takes its password: who reads the mails of the address has the account. That of somebody else takes
 * the same calls and the same answer: its mail reaches nobody.
 */
export function requestEmailCode(deps: UsersDeps): Handler<typeof routes.requestEmailCode> {
  return async (request) => {
    const { caller, body, requestId, refuse } = request
    const { email } = body
    const present = (await readUser(deps.store, caller.id))?.email
    if (email !== present) await expectPassword(deps, request, present)
    const holder = await deps.directory.find(email, refuse)
    const isFree = holder === undefined || holder.id === caller.id
    await mailCode(deps, { id: caller.id, address: email, isFree, cause: requestId, refuse })
    return {}
  }
}

async function expectPassword(
  deps: UsersDeps,
  { caller: { id }, body: { currentPassword: password }, requestId, sender, refuse }: AskRequest,
  email: string | undefined,
): Promise<void> {
  if (password === undefined)
    throw wrongPassword(refuse, 'Another address than that of the account takes the current password.', 'is missing')
  await expectCurrentPassword(deps, { id, email, password, requestId, sender, refuse })
}

/**
 * The code proves the address that it was mailed to, whichever that is: the account's own, or a new one, which takes its place. The old one
 * gets a message first, proven or not: none is replaced in silence.
 */
export function verifyEmail(deps: UsersDeps): Handler<typeof routes.verifyEmail> {
  return async (request) => {
    const { caller, body, requestId, refuse } = request
    const origin = originOf(deps, caller.id, requestId)
    const proof = await tryCode(deps, verificationOf(caller.id), body.code, origin, refuse)
    if (proof === undefined) throw invalidCode(refuse)
    const profile = await readUser(deps.store, caller.id)
    if (profile !== undefined && profile.email !== proof.address) {
      await expectFree(deps, proof.address, request)
      await sendMail(deps.mailer, profile.email, emailChanged(), requestId)
      if ((await deps.directory.setEmail(caller.id, proof.address, refuse)) === 'taken') throw invalidCode(refuse)
    }
    await provenEmail(deps, caller.id, proof.address, origin)
    return {}
  }
}

/** Mails the first code of an account. It can be asked for again: where that fails, the registration does not. */
export async function mailFirstCode(
  deps: UsersDeps,
  { id, email: address }: Account,
  { requestId: cause, refuse }: Pick<Request<typeof routes.register>, 'requestId' | 'refuse'>,
): Promise<void> {
  try {
    await mailCode(deps, { id, address, isFree: true, cause, refuse })
  } catch (error) {
    logger.warn('no code was mailed', { error: error as Error })
  }
}

interface ToMail {
  /** Of the account that asks. */
  readonly id: string
  readonly address: string
  /** Whether nobody else has the address. */
  readonly isFree: boolean
  readonly cause: string
  readonly refuse: Refuse<Failure>
}

async function mailCode(deps: UsersDeps, { id, address, isFree, cause, refuse }: ToMail): Promise<void> {
  const userId = isFree ? id : undefined
  const code = await makeCode(deps, verificationOf(id), { userId, address }, originOf(deps, id, cause), refuse)
  const text = emailVerification({ code: code ?? deps.newCode(), minutes: codeMinutes })
  await sendMail(deps.mailer, isFree && code !== undefined ? address : undefined, text, cause)
}

async function expectFree(
  { directory }: UsersDeps,
  address: string,
  { caller, refuse }: Request<typeof routes.verifyEmail>,
): Promise<void> {
  const holder = await directory.find(address, refuse)
  if (holder !== undefined && holder.id !== caller.id) throw invalidCode(refuse)
}

const originOf = ({ clock }: UsersDeps, by: string, cause: string): Origin => ({ cause, at: clock.now(), by })
