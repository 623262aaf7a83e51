import { randomBytes, randomUUID } from 'node:crypto'
import { AwsError } from '../endpoint/aws-error.ts'
import { isEmail, requireAttributes, requireUsername } from './attributes.ts'
import { type Hash, hash, matches, type PasswordPolicy, requirePassword } from './password.ts'
import type { Issuer } from './tokens.ts'

export interface PoolClient {
  readonly id: string
  /** `ExplicitAuthFlows` of the template. */
  readonly flows: readonly string[]
  readonly accessSeconds: number
  readonly idSeconds: number
  readonly refreshSeconds: number
  /** Whether an unknown name is refused as a wrong password is. */
  readonly hidesUsers: boolean
}

export interface PoolSettings {
  readonly id: string
  readonly arn: string
  readonly policy: PasswordPolicy
  /** Names of attributes beside the standard ones, without `custom:`. */
  readonly customAttributes: readonly string[]
  readonly groups: readonly string[]
  readonly clients: readonly PoolClient[]
}

export interface PoolUser {
  /** The `sub`, which is the user name as well where the pool signs in by email. */
  readonly id: string
  readonly attributes: ReadonlyMap<string, string>
  readonly groups: ReadonlySet<string>
  readonly status: 'CONFIRMED' | 'FORCE_CHANGE_PASSWORD'
  readonly enabled: boolean
  /** Milliseconds since 1970. */
  readonly createdAt: number
}

interface StoredUser extends PoolUser {
  readonly groups: Set<string>
  status: PoolUser['status']
  enabled: boolean
  /** When its password was set, in milliseconds since 1970. */
  passwordAt: number
  password: Hash | undefined
}

interface Refresh {
  readonly user: StoredUser
  readonly clientId: string
  readonly authTime: number
  readonly originJti: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

export interface Tokens {
  readonly AccessToken: string
  readonly IdToken: string
  readonly RefreshToken?: string
  readonly ExpiresIn: number
  readonly TokenType: 'Bearer'
}

/**
 * A Cognito user pool whose users sign in by email. Errors are AwsError with the codes of Cognito. `now` is the time by which temporary
 * passwords and tokens end.
 */
export class UserPool {
  readonly settings: PoolSettings
  readonly issuer: Issuer
  private readonly byName = new Map<string, StoredUser>()
  private readonly refreshes = new Map<string, Refresh>()

  private readonly now: () => number

  constructor(settings: PoolSettings, issuer: Issuer, now: () => number = Date.now) {
    this.settings = settings
    this.issuer = issuer
    this.now = now
  }

  /** Makes a user with a temporary password, if one is given. */
  async create(
    email: string,
    attributes: ReadonlyMap<string, string>,
    temporaryPassword: string | undefined,
  ): Promise<PoolUser> {
    requireUsername(email)
    if (!isEmail(email)) throw new AwsError('InvalidParameterException', 'Username should be an email.')
    requireAttributes(attributes, this.settings.customAttributes)
    if (temporaryPassword !== undefined) requirePassword(temporaryPassword, this.settings.policy)
    const password = temporaryPassword === undefined ? undefined : await hash(temporaryPassword)
    if (this.byName.has(email.toLowerCase()))
      throw new AwsError('UsernameExistsException', 'User account already exists')
    const id = randomUUID()
    const user: StoredUser = {
      id,
      attributes: new Map([...attributes, ['email', email], ['sub', id]]),
      groups: new Set(),
      status: 'FORCE_CHANGE_PASSWORD',
      enabled: true,
      createdAt: this.now(),
      password,
      passwordAt: this.now(),
    }
    this.byName.set(id, user)
    this.byName.set(email.toLowerCase(), user)
    return user
  }

  /** Sets a password; a permanent one makes the user able to sign in. */
  async setPassword(name: string, password: string, permanent: boolean): Promise<void> {
    const user = this.stored(name)
    requirePassword(password, this.settings.policy)
    user.password = await hash(password)
    user.passwordAt = this.now()
    user.status = permanent ? 'CONFIRMED' : 'FORCE_CHANGE_PASSWORD'
  }

  delete(name: string): void {
    const user = this.stored(name)
    this.signOut(name)
    for (const [known, each] of this.byName) if (each === user) this.byName.delete(known)
  }

  addToGroup(name: string, group: string): void {
    this.stored(name).groups.add(this.group(group))
  }

  removeFromGroup(name: string, group: string): void {
    this.stored(name).groups.delete(this.group(group))
  }

  /** A disabled user neither signs in nor refreshes; access tokens stay good. */
  setEnabled(name: string, enabled: boolean): void {
    this.stored(name).enabled = enabled
  }

  /** The user by email or id. */
  user(name: string): PoolUser {
    return this.stored(name)
  }

  users(): PoolUser[] {
    return [...new Set(this.byName.values())]
  }

  /** Ends every session of a user: its refresh tokens are good no more. */
  signOut(name: string): void {
    const user = this.stored(name)
    for (const [token, refresh] of this.refreshes) if (refresh.user === user) this.refreshes.delete(token)
  }

  /** `undefined` if the password is right but a temporary one. */
  async signIn(clientId: string, flow: string, name: string, password: string): Promise<Tokens | undefined> {
    const client = this.clientFor(clientId, flow)
    const user = this.byName.get(name.toLowerCase())
    if (user === undefined && !client.hidesUsers) throw new AwsError('UserNotFoundException', 'User does not exist.')
    const right = await matches(password, user?.password)
    if (user === undefined || !right) throw wrong('Incorrect username or password.')
    if (!user.enabled) throw wrong('User is disabled.')
    if (user.status === 'FORCE_CHANGE_PASSWORD') {
      if (this.now() - user.passwordAt < this.settings.policy.temporaryDays * dayMs) return undefined
      throw wrong('Temporary password has expired and must be reset by an administrator.')
    }
    const session: Refresh = {
      user,
      clientId,
      authTime: Math.floor(this.now() / 1_000),
      originJti: randomUUID(),
      expiresAt: this.now() + client.refreshSeconds * 1_000,
    }
    const token = randomBytes(48).toString('base64url')
    this.refreshes.set(token, session)
    return { ...(await this.tokens(client, session)), RefreshToken: token }
  }

  async refresh(clientId: string, token: string): Promise<Tokens> {
    const client = this.clientFor(clientId, 'REFRESH_TOKEN_AUTH')
    const session = this.refreshes.get(token)
    if (session === undefined || session.clientId !== clientId) throw wrong('Invalid Refresh Token')
    if (session.expiresAt <= this.now()) throw wrong('Refresh Token has expired')
    if (!session.user.enabled) throw wrong('User is disabled.')
    return this.tokens(client, session)
  }

  private async tokens(client: PoolClient, { user, authTime, originJti }: Refresh): Promise<Tokens> {
    const groups = user.groups.size > 0 && { 'cognito:groups': [...user.groups] }
    const shared = { sub: user.id, ...groups, auth_time: authTime, origin_jti: originJti, event_id: randomUUID() }
    const [AccessToken, IdToken] = await Promise.all([
      this.issuer.sign(
        {
          ...shared,
          client_id: client.id,
          token_use: 'access',
          scope: 'aws.cognito.signin.user.admin',
          username: user.id,
        },
        client.accessSeconds,
      ),
      this.issuer.sign(
        {
          ...shared,
          aud: client.id,
          token_use: 'id',
          'cognito:username': user.id,
          email: user.attributes.get('email'),
          email_verified: user.attributes.get('email_verified') === 'true',
        },
        client.idSeconds,
      ),
    ])
    return { AccessToken, IdToken, ExpiresIn: client.accessSeconds, TokenType: 'Bearer' }
  }

  private clientFor(id: string, flow: string): PoolClient {
    const client = this.settings.clients.find((candidate) => candidate.id === id)
    if (client === undefined) throw new AwsError('ResourceNotFoundException', `User pool client ${id} does not exist.`)
    if (client.flows.includes(`ALLOW_${flow}`)) return client
    throw new AwsError('InvalidParameterException', `Auth flow ${flow} is not enabled for this client.`)
  }

  private stored(name: string): StoredUser {
    requireUsername(name)
    const user = this.byName.get(name.toLowerCase())
    if (user === undefined) throw new AwsError('UserNotFoundException', 'User does not exist.')
    return user
  }

  private group(name: string): string {
    if (this.settings.groups.includes(name)) return name
    throw new AwsError('ResourceNotFoundException', 'Group not found.')
  }
}

const dayMs = 86_400_000

const wrong = (message: string): AwsError => new AwsError('NotAuthorizedException', message)
