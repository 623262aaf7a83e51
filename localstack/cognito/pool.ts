import type { Hash, PasswordPolicy } from './password.ts'
import type { Lockout } from './lockout.ts'

export interface PoolClient {
  readonly id: string
  /** `ExplicitAuthFlows` of the template. */
  readonly flows: readonly string[]
  /** Every call of the client comes with it, or with a hash of it. */
  readonly secret?: string | undefined
  /** What users may change of themselves with their access token; by default all standard attributes. */
  readonly writes?: readonly string[] | undefined
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
  /** Whether users can have a forgotten password replaced by the pool itself. */
  readonly recovers?: boolean
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

export interface StoredUser extends PoolUser {
  readonly groups: Set<string>
  attributes: ReadonlyMap<string, string>
  status: PoolUser['status']
  enabled: boolean
  /** When its password was set, in milliseconds since 1970. */
  passwordAt: number
  password: Hash | undefined
  readonly lockout: Lockout
}

export interface Refresh {
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
