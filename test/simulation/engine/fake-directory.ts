import type { Role } from '../../../schemas/access.ts'
import type { Refuse } from '../../../functions/runtime/errors.ts'
import {
  type Directory,
  type Failure,
  type SignedIn,
  emailTaken,
  wrongCredentials,
} from '../../../functions/users/adapters/directory.ts'
import { rolesOf } from '../../../functions/users/core/user.ts'
import { headerOf } from '../../claims.ts'
import type { Process } from './processes.ts'

interface FakeAccount {
  readonly id: string
  email: string
  password: string
  isComplete: boolean
  isEnabled: boolean
  readonly groups: Set<string>
}

interface Session {
  readonly id: string
  readonly beganAt: number
  readonly account: FakeAccount
}

const expiresIn = 900

/** A user pool: accounts with passwords and groups, and what brings new tokens. The id of an account is its email before the `@`. */
export class FakeDirectory {
  readonly #now: () => number
  readonly #newSession: () => string
  readonly #accounts = new Map<string, FakeAccount>()
  readonly #sessions = new Map<string, Session>()

  constructor(now: () => number, newSession: () => string) {
    this.#now = now
    this.#newSession = newSession
  }

  /** An account that was made in the pool itself, by hand. */
  add(email: string, password: string, roles: readonly Role[]): void {
    this.#accounts.set(email, { ...accountOf(email, password), isComplete: true, groups: new Set(roles) })
  }

  accounts(): readonly { readonly id: string; readonly roles: readonly Role[] }[] {
    return [...this.#accounts.values()].map(({ id, groups }) => ({ id, roles: rolesOf([...groups]) }))
  }

  as(process: Process): Directory {
    const call = <Answer>(what: string, kind: 'read' | 'write', refuse: Refuse<Failure>, apply: () => Answer) =>
      process.call({ what: `pool: ${what}`, to: 'directory', kind, unavailable: () => away(refuse) }, async () =>
        apply(),
      )
    const byId = (id: string): FakeAccount | undefined =>
      [...this.#accounts.values()].find((account) => account.id === id)
    const tokensOf = (session: Session): SignedIn => {
      const { id, email, groups } = session.account
      const roles = rolesOf([...groups])
      const accessToken = headerOf({
        sub: id,
        roles: roles.join(' '),
        session: session.id,
      })
      return { accessToken, refreshToken: session.id, expiresIn, account: { id, email, roles }, session }
    }
    return {
      register: async (email, password, isUsed, refuse) => {
        const made = await call(`create ${email}`, 'write', refuse, () => {
          const known = this.#accounts.get(email)
          if (known) return known.password === password ? known : undefined
          const account = accountOf(email, password)
          this.#accounts.set(email, account)
          return account
        })
        if (made === undefined || (made.isComplete && (await isUsed(made.id)))) throw emailTaken(refuse)
        await call(`complete ${email}`, 'write', refuse, () => {
          made.groups.add('customer')
          made.isComplete = true
        })
        return { id: made.id, email, roles: ['customer'] }
      },
      signIn: (email, password, refuse) =>
        call(`sign ${email} in`, 'write', refuse, () => {
          const account = this.#accounts.get(email)
          if (account?.password !== password || !account.isComplete || !account.isEnabled)
            throw wrongCredentials(refuse)
          const session = { id: this.#newSession(), beganAt: this.#now(), account }
          this.#sessions.set(session.id, session)
          return tokensOf(session)
        }),
      refresh: (refreshToken, refuse) =>
        call(`refresh ${refreshToken}`, 'read', refuse, () => {
          const session = this.#sessions.get(refreshToken)
          if (!session?.account.isEnabled) throw wrongCredentials(refuse)
          return tokensOf(session)
        }),
      remove: (id) =>
        process.call(
          { what: `pool: delete ${id}`, to: 'directory', kind: 'write', unavailable: () => new Error('simulated') },
          async () => {
            const account = byId(id)
            if (account) this.#accounts.delete(account.email)
          },
        ),
      codeKey: async () => 'key',
      find: (email, refuse) =>
        call(`find ${email}`, 'read', refuse, () => {
          const account = this.#accounts.get(email)
          return account && { id: account.id, enabled: account.isEnabled }
        }),
      isPassword: (id, password, refuse) =>
        call(`try the password of ${id}`, 'read', refuse, () => byId(id)?.password === password),
      setPassword: (id, password, refuse) =>
        call(`set the password of ${id}`, 'write', refuse, () => {
          const account = byId(id)
          if (account) account.password = password
        }),
      setEmail: (id, email, refuse) =>
        call(`set the email of ${id}`, 'write', refuse, () => {
          const account = byId(id)
          if (account === undefined || (this.#accounts.get(email) ?? account) !== account) return 'taken'
          this.#accounts.delete(account.email)
          this.#accounts.set(email, account)
          account.email = email
          return 'set'
        }),
      setRoles: async (id, roles, refuse) => {
        const held = await call(`groups of ${id}`, 'read', refuse, () => [...(byId(id)?.groups ?? [])])
        for (const role of roles)
          if (!held.includes(role))
            await call(`${id} enters ${role}`, 'write', refuse, () => void byId(id)?.groups.add(role))
        for (const group of held)
          if (!roles.some((role) => role === group))
            await call(`${id} leaves ${group}`, 'write', refuse, () => void byId(id)?.groups.delete(group))
      },
      setEnabled: (id, isEnabled, refuse) =>
        call(`${isEnabled ? 'enable' : 'disable'} ${id}`, 'write', refuse, () => {
          const account = byId(id)
          if (account) account.isEnabled = isEnabled
        }),
    }
  }
}

const accountOf = (email: string, password: string): FakeAccount => ({
  id: email.split('@', 1)[0] ?? email,
  email,
  password,
  isComplete: false,
  isEnabled: true,
  groups: new Set(),
})

const away = (refuse: Refuse<Failure>): Error => refuse('unavailable', 'simulated')
