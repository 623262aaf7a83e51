/** A secret that signs. */
export interface SealedSecret {
  readonly sealed: string
  /** Until when it signs, in milliseconds since 1970; without it until the next rotation. */
  readonly until?: number
}

/** An address that events are sent to. Times are milliseconds since 1970. */
export interface Endpoint {
  readonly id: string
  readonly url: string
  readonly events: readonly string[]
  readonly description?: string
  readonly active: boolean
  /** Counts how often it was switched on: failures belong to one of these times. */
  readonly activation: number
  /** Where it was switched off by itself. */
  readonly off?: { readonly at: number; readonly reason: 'failing' | 'gone' }
  readonly createdAt: number
  /** The newest first, two at most. */
  readonly secrets: readonly [SealedSecret, ...SealedSecret[]]
}

/** What an operator changes; `null` removes. */
export interface EndpointChange {
  readonly url?: string | undefined
  readonly events?: readonly string[] | undefined
  readonly description?: string | null | undefined
  readonly active?: boolean | undefined
}

/** The endpoint after the change; the same one where nothing changes. */
export function changed(endpoint: Endpoint, change: EndpointChange): Endpoint {
  const { description, off, ...rest } = endpoint
  const { active = endpoint.active } = change
  const kept = change.description === undefined ? description : (change.description ?? undefined)
  const isSwitchedOn = active && !endpoint.active
  const next: Endpoint = {
    ...rest,
    ...(change.url !== undefined && { url: change.url }),
    ...(change.events !== undefined && { events: change.events }),
    ...(kept !== undefined && { description: kept }),
    ...(off !== undefined && !isSwitchedOn && { off }),
    active,
    activation: endpoint.activation + (isSwitchedOn ? 1 : 0), // mutant: fresh-count
  }
  return JSON.stringify(sorted(next)) === JSON.stringify(sorted(endpoint)) ? endpoint : next
}

const sorted = (fields: object) => Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1))

/** The endpoint with another secret; the one before signs too until then, one before that no more. */
export function rotated(endpoint: Endpoint, sealed: string, overlapUntil: number, now: number): Endpoint {
  const [last] = endpoint.secrets
  return {
    ...endpoint,
    secrets: overlapUntil > now ? [{ sealed }, { ...last, until: overlapUntil }] : [{ sealed }],
  }
}

/** The endpoint when it switches itself off. */
export const switchedOff = (endpoint: Endpoint, reason: 'failing' | 'gone', at: number): Endpoint => ({
  ...endpoint,
  active: false,
  off: { at, reason },
})

/** The secrets that sign now. */
export const signingAt = ({ secrets }: Endpoint, now: number): readonly string[] =>
  secrets.filter(({ until = Infinity }) => until > now).map(({ sealed }) => sealed) // mutant: overlap-secret
