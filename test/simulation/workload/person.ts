import type { Role, Scope } from '../../../schemas/access.ts'
import type { Asked } from '../engine/request.ts'
import type { Simulated } from '../engine/services.ts'
import type { Workload } from './workload.ts'

/** Whatever changed is known to every function after this long, in milliseconds. */
export const knownMs = 5_000

export interface Session {
  readonly claims: Readonly<Record<string, string>>
  readonly refreshToken: string
  /** Milliseconds since 1970; undefined while nobody has asked for its end. */
  end?: { readonly askedAt: number; readonly answeredAt: number | undefined }
}

/** Somebody who works in the shop, and what answers have settled about them. */
export interface Person {
  readonly email: string
  readonly id: string
  roles: readonly Role[] | undefined
  disabled: boolean | undefined
  knownSince: number
  /** Requests that may change one of the two: all so far, and those without an answer yet. */
  changes: number
  changing: number
  readonly sessions: Session[]
  /** How often somebody has asked for the end of all sessions: those that begin meanwhile end, or not. */
  endings: number
  /** Of these, requests without an answer yet. */
  ending: number
}

/** What has been known of a person for long enough. */
export function standingOf({ roles, disabled, knownSince, changing }: Person, now: number) {
  if (roles === undefined || disabled === undefined || changing > 0 || now < knownSince + knownMs) return undefined
  return { roles, disabled }
}

/** Requests that one scope opens. */
export const probes: readonly { readonly service: Simulated; readonly scope: Scope; readonly asked: Asked }[] = [
  { service: 'users', scope: 'users:read', asked: { route: 'GET /users/{id}', params: { id: 'staff-1' } } },
  {
    service: 'inventory',
    scope: 'stock:read',
    asked: { route: 'GET /inventory/{sku}/levels', params: { sku: 'sku-1' } },
  },
]

export const someSession = ({ world }: Workload, { sessions }: Person): Session | undefined =>
  sessions.length === 0 ? undefined : world.chance.pick(sessions)
