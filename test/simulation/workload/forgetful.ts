import type { Reply } from '../engine/request.ts'
import { Violation } from '../invariants/violation.ts'
import { type Person, knownMs, probes, standingOf } from './person.ts'
import type { Workload } from './workload.ts'

const maxTries = 5

/** Somebody forgets a password and sets another one by a mailed code, while somebody else tries codes, and the old password. */
export async function forget(workload: Workload, person: Person): Promise<void> {
  const { world } = workload
  const { chance, clock } = world
  if (standingOf(person, clock.now())?.disabled !== false) return
  const code = await mailedCode(workload, person)
  if (code === undefined) return
  const guesses = chance.pick([0, 0, 1, 4, 5, 8])
  const wrong = code === '11111111' ? '22222222' : '11111111'
  const guessed = await Promise.all(Array.from({ length: guesses }, () => confirm(workload, person, wrong, 'Taken-1!')))
  const counted = guessed.filter((reply) => reply?.status === 400 || reply?.status === 422).length
  const early = Promise.all([0, 1, 2].map((tries) => signInLater(workload, person, chance.below(60 * (tries + 1)))))
  const reply = await confirm(workload, person, code, 'Second-2!')
  const sessions = await early
  if (reply?.status !== 204) return
  const { mails } = world
  if (!mails.some(({ to, subject }) => to === person.email && subject.includes('password of your account')))
    throw new Violation('a new password is mailed', person.id)
  if (counted >= maxTries && counted === guesses)
    throw new Violation('a code is good for five tries', `${person.id}: ${counted} wrong ones before`)
  const again = await confirm(workload, person, code, 'Third-3!')
  if (again?.status === 204 && !world.faults.has('lost answer') && !world.faults.has('crash'))
    throw new Violation('a code is good once', person.id)
  await world.sleep(knownMs + 1)
  for (const session of sessions) if (session !== undefined) await checkEnded(workload, person, session)
}

async function mailedCode(workload: Workload, { email }: Person): Promise<string | undefined> {
  const { mails } = workload.world
  const reply = await workload.ask('users', { route: 'POST /password-resets', body: { email } })
  if (reply?.status !== 202) return undefined
  const mail = mails.find(({ to, text }) => to === email && /\b\d{8}\b/.test(text))
  return /\b\d{8}\b/.exec(mail?.text ?? '')?.[0]
}

const confirm = (workload: Workload, { email }: Person, code: string, newPassword: string) =>
  workload.ask('users', { route: 'POST /password-resets/confirm', body: { email, code, newPassword } })

/** With the old password, while it is replaced. The claims of the token, where there was one. */
async function signInLater({ world }: Workload, { email }: Person, ms: number): Promise<Claims | undefined> {
  await world.sleep(ms)
  const body = { email, password: 'Right-1!' }
  const reply: Reply | undefined = await world.request('users', { route: 'POST /sessions', body })
  return reply?.status === 201 ? (JSON.parse(String(reply.body['accessToken'])) as Claims) : undefined
}

type Claims = Readonly<Record<string, string>>

async function checkEnded({ world }: Workload, person: Person, claims: Claims): Promise<void> {
  const { service, asked } = world.chance.pick(probes)
  const reply = await world.request(service, { ...asked, as: claims })
  if (reply !== undefined && reply.status < 500 && reply.status !== 401)
    throw new Violation('a new password ends the sessions of the old one', `${person.id} ${claims['session']}`)
}
