import { type Scope, scopesOf } from '../../../schemas/access.ts'
import { Violation } from '../invariants/violation.ts'
import { type Person, knownMs, probes, someSession, standingOf } from './person.ts'
import type { Workload } from './workload.ts'

interface Key {
  readonly id: string
  readonly secret: string
  readonly scopes: readonly Scope[]
  readonly maker: Person
  /** Milliseconds since 1970; undefined while nobody has asked for its end. */
  end?: { readonly answeredAt: number | undefined }
}

/** Machines with API keys that owners make, rotate and revoke: a key opens what its scopes and its maker allow, and nothing once it has ended. */
export class Machines {
  readonly #workload: Workload
  readonly #keys: Key[] = []

  constructor(workload: Workload) {
    this.#workload = workload
  }

  async act(person: Person): Promise<void> {
    const { chance } = this.#workload.world
    if (this.#keys.length === 0 || chance.maybe(0.3)) return this.#make(person)
    if (chance.maybe(0.3)) return this.#end(person, chance.pick(this.#keys))
    return this.probe()
  }

  /** A key of a minute opens nothing after two, whatever the clocks. */
  async outlive(maker: Person): Promise<void> {
    const { world } = this.#workload
    const made = this.#keys.length
    await this.#make(maker, new Date(world.clock.now() + 60_000).toISOString())
    const key = this.#keys[made]
    if (key === undefined) return
    key.end = { answeredAt: world.clock.now() + 60_000 }
    await world.sleep(120_000)
    await this.#probe(key)
  }

  async #make(maker: Person, expiresAt?: string): Promise<void> {
    const session = someSession(this.#workload, maker)
    if (session === undefined) return
    const { chance } = this.#workload.world
    const scopes: readonly Scope[] = chance.pick([['users:read'], ['stock:read'], ['users:read', 'stock:read']])
    const key = chance.maybe(0.5) ? this.#workload.newKey() : undefined
    const asked = {
      route: 'POST /api-keys',
      body: { name: 'machine', scopes, ...(expiresAt && { expiresAt }) },
      key,
      as: session.claims,
    }
    const reply = await this.#workload.ask('users', asked)
    if (reply?.status !== 201) return
    const { id, key: secret, withheld } = reply.body
    if (secret === undefined && withheld === undefined) throw new Violation('a key is shown once', String(id))
    if (typeof secret === 'string') this.#keys.push({ id: String(id), secret, scopes, maker })
  }

  /** By revoking it, or by another secret in its place. */
  async #end(person: Person, key: Key): Promise<void> {
    const session = someSession(this.#workload, person)
    if (session === undefined) return
    const { world } = this.#workload
    key.end ??= { answeredAt: undefined }
    const params = { id: key.id }
    const asked = world.chance.maybe(0.5)
      ? { route: 'DELETE /api-keys/{id}', params }
      : { route: 'POST /api-keys/{id}/rotate', params, body: { overlapSeconds: 0 } }
    const reply = await this.#workload.ask('users', { ...asked, as: session.claims })
    if (reply !== undefined && reply.status < 300) key.end = { answeredAt: key.end.answeredAt ?? world.clock.now() }
  }

  /** Whether a key opens what it must, and nothing else. */
  async probe(): Promise<void> {
    const { world } = this.#workload
    if (this.#keys.length === 0) return
    await this.#probe(world.chance.pick(this.#keys))
  }

  async #probe(key: Key): Promise<void> {
    const { world } = this.#workload
    const { service, scope, asked } = world.chance.pick(probes)
    const sentAt = world.clock.now()
    const was = standingOf(key.maker, sentAt)
    const { end, maker } = key
    const { changes } = maker
    const reply = await world.request(service, { ...asked, headers: { authorization: `Bearer ${key.secret}` } })
    world.trace.write(`${key.id}: ${asked.route} -> ${reply?.status ?? 'no answer'}`)
    if (reply === undefined || reply.status >= 500) return
    const text = `${key.id} of ${maker.id}: ${asked.route} ${reply.status}`
    if (end?.answeredAt !== undefined && sentAt > end.answeredAt + knownMs && reply.status !== 401)
      throw new Violation('a key that has ended opens nothing', text)
    if (!key.scopes.includes(scope) && reply.status < 400) throw new Violation('a key opens its scopes alone', text)
    if (was === undefined || changes !== maker.changes) return
    if (was.disabled && reply.status !== 401) throw new Violation('keys end with who made them', text)
    const has = key.scopes.includes(scope) && scopesOf(was.roles).has(scope)
    if (!has && reply.status < 400) throw new Violation('a key opens no more than its maker', text)
    if (has && !was.disabled && key.end === undefined && [401, 403].includes(reply.status))
      throw new Violation('a key opens its scopes', text)
  }
}
