import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import { AwsError } from '../endpoint/aws-error.ts'
import { isEmail, requireAttributes, requireUsername } from './attributes.ts'
import { Lockout } from './lockout.ts'
import { hash, matches, requirePassword } from './password.ts'
import type { PoolClient, PoolSettings, PoolUser, Refresh, StoredUser, Tokens } from './pool.ts'
import { type InvokeTrigger, type TokensAsked, scopesAfter } from './token-trigger.ts'
import type { Issuer } from './tokens.ts'

/**
 * A Cognito user pool whose users sign in by email. Errors are AwsError with the codes of Cognito. `now` is the time by which temporary
 * passwords and tokens end; `trigger` is asked before tokens are signed.
 */
export class UserPool {
  readonly settings: PoolSettings
  readonly issuer: Issuer
  private readonly byName = new Map<string, StoredUser>()
  private readonly refreshes = new Map<string, Refresh>()

  private readonly now: () => number
  private readonly trigger: InvokeTrigger | undefined

  constructor(settings: PoolSettings, issuer: Issuer, now: () => number = Date.now, trigger?: InvokeTrigger) {
    this.settings = settings
    this.issuer = issuer
    this.now = now
    this.trigger = trigger
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
      lockout: new Lockout(),
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

  /** Another permanent password, by the one that the user has. */
  async changePassword(name: string, previous: string, proposed: string): Promise<void> {
    if (!(await matches(previous, this.stored(name).password))) throw wrong('Incorrect username or password.')
    await this.setPassword(name, proposed, true)
  }

  /** Changes attributes; another email is another name to sign in by. */
  setAttributes(name: string, changed: ReadonlyMap<string, string>): void {
    const user = this.stored(name)
    requireAttributes(changed, this.settings.customAttributes)
    if (changed.has('sub')) throw new AwsError('InvalidParameterException', 'Cannot modify an immutable attribute: sub')
    const before = user.attributes.get('email')?.toLowerCase()
    const after = changed.get('email')?.toLowerCase()
    if (after !== undefined && after !== before) {
      if (this.byName.has(after))
        throw new AwsError('AliasExistsException', 'An account with the given email already exists.')
      this.byName.set(after, user)
      if (before !== undefined) this.byName.delete(before)
    }
    user.attributes = new Map([...user.attributes, ...changed])
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
  async signIn(
    clientId: string,
    flow: string,
    name: string,
    password: string,
    secretHash?: string,
  ): Promise<Tokens | undefined> {
    const client = this.clientFor(clientId, flow)
    requireHash(client, name, secretHash)
    const user = this.byName.get(name.toLowerCase())
    if (user === undefined && !client.hidesUsers) throw new AwsError('UserNotFoundException', 'User does not exist.')
    if (user?.lockout.isLocked(this.now())) throw wrong('Password attempts exceeded')
    const right = await matches(password, user?.password)
    if (user !== undefined && !right) user.lockout.wrong(this.now())
    if (user === undefined || !right) throw wrong('Incorrect username or password.')
    user.lockout.right()
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
    return { ...(await this.tokens(client, session, 'TokenGeneration_Authentication')), RefreshToken: token }
  }

  /** By REFRESH_TOKEN_AUTH, with a hash of the secret and the id of the user. */
  async refresh(clientId: string, token: string, secretHash?: string): Promise<Tokens> {
    const client = this.clientFor(clientId, 'REFRESH_TOKEN_AUTH')
    requireHash(client, this.refreshes.get(token)?.user.id ?? '', secretHash)
    return this.refreshed(client, token)
  }

  /** By GetTokensFromRefreshToken, with the secret itself. */
  async tokensFrom(clientId: string, token: string, secret: string | undefined): Promise<Tokens> {
    const client = this.client(clientId)
    if (client.secret !== secret) throw wrong('Unable to verify secret for client.')
    return this.refreshed(client, token)
  }

  /** The client of an open call, where its secret stands in a hash. */
  openClient(clientId: string, name: string, secretHash: string | undefined): PoolClient {
    const client = this.client(clientId)
    requireHash(client, name, secretHash)
    return client
  }

  /** The user of an access token that may act on itself, and the client that the token was made for. */
  async ownOf(accessToken: string): Promise<{ readonly user: PoolUser; readonly client: PoolClient }> {
    const claims = await this.issuer.verify(accessToken)
    if (claims?.['token_use'] !== 'access') throw wrong('Invalid Access Token')
    const { scope } = claims
    if (typeof scope !== 'string' || !scope.split(' ').includes(selfService))
      throw wrong('Access Token does not have required scopes')
    return { user: this.stored(String(claims['sub'])), client: this.client(String(claims['client_id'])) }
  }

  private async refreshed(client: PoolClient, token: string): Promise<Tokens> {
    const clientId = client.id
    const session = this.refreshes.get(token)
    if (session === undefined || session.clientId !== clientId) throw wrong('Invalid Refresh Token')
    if (session.expiresAt <= this.now()) throw wrong('Refresh Token has expired')
    if (!session.user.enabled) throw wrong('User is disabled.')
    return this.tokens(client, session, 'TokenGeneration_RefreshTokens')
  }

  private async tokens(
    client: PoolClient,
    { user, authTime, originJti }: Refresh,
    source: TokensAsked['source'],
  ): Promise<Tokens> {
    const scopes = await this.scopesOf(user, client, source)
    const groups = user.groups.size > 0 && { 'cognito:groups': [...user.groups] }
    const shared = { sub: user.id, ...groups, auth_time: authTime, origin_jti: originJti, event_id: randomUUID() }
    const [AccessToken, IdToken] = await Promise.all([
      this.issuer.sign(
        {
          ...shared,
          client_id: client.id,
          token_use: 'access',
          ...(scopes.length > 0 && { scope: scopes.join(' ') }),
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

  private async scopesOf(
    user: PoolUser,
    { id }: PoolClient,
    source: TokensAsked['source'],
  ): Promise<readonly string[]> {
    const scopes = [selfService]
    if (this.trigger === undefined) return scopes
    const { id: userPoolId } = this.settings
    const [region = ''] = userPoolId.split('_')
    return scopesAfter(this.trigger, { region, userPoolId, user, clientId: id, source, scopes })
  }

  private clientFor(id: string, flow: string): PoolClient {
    const client = this.client(id)
    if (client.flows.includes(`ALLOW_${flow}`)) return client
    throw new AwsError('InvalidParameterException', `Auth flow ${flow} is not enabled for this client.`)
  }

  private client(id: string): PoolClient {
    const client = this.settings.clients.find((candidate) => candidate.id === id)
    if (client === undefined) throw new AwsError('ResourceNotFoundException', `User pool client ${id} does not exist.`)
    return client
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
/** The scope of access tokens by which users act on themselves at the pool. */
const selfService = 'aws.cognito.signin.user.admin'

function requireHash({ id, secret }: PoolClient, name: string, given: string | undefined): void {
  if (secret === undefined) return
  if (given === undefined) throw wrong(`Client ${id} is configured with secret but SECRET_HASH was not received`)
  if (given !== createHmac('sha256', secret).update(`${name}${id}`).digest('base64'))
    throw wrong(`SecretHash does not match for the client: ${id}`)
}

const wrong = (message: string): AwsError => new AwsError('NotAuthorizedException', message)
