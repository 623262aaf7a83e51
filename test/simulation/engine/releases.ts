import type { VirtualClock } from '../../../localstack/clock/clock.ts'
import type { Bus } from '../../../localstack/eventbridge/bus.ts'
import type { Simulated } from './services.ts'
import { type Release, thisRelease } from './this-release.ts'
import type { Trace } from './trace.ts'

export interface ReleasesDeps {
  readonly clock: VirtualClock
  readonly trace: Trace
  readonly bus: () => Bus
  /** Makes the rule of the release that the service is of. */
  readonly subscribe: (service: Simulated) => void
  /** Called when all services are of one release again. */
  readonly same: () => void
}

/** Which release each service is of: this one, unless a deploy is under way. */
export class Releases {
  readonly #deps: ReleasesDeps
  readonly #others = new Map<Simulated, { readonly release: Release; readonly since: number }>()

  constructor(deps: ReleasesDeps) {
    this.#deps = deps
  }

  of(service: Simulated): Release {
    return this.#others.get(service)?.release ?? thisRelease[service]
  }

  get areMixed(): boolean {
    return this.#others.size > 0
  }

  /** Lets a service be of another release until this one is deployed to it; `what` is for the trace. */
  replace(service: Simulated, release: Release, what: string): void {
    const { clock, trace, subscribe } = this.#deps
    trace.write(`${service} ${what}`)
    this.#others.set(service, { release, since: clock.now() })
    subscribe(service)
  }

  /** Deploys this release to a service. An operator replays to it what its rule has not let pass until then. */
  deploy(service: Simulated): void {
    const { clock, trace, bus, subscribe, same } = this.#deps
    const other = this.#others.get(service)
    if (other === undefined) return
    trace.write(`${service} is of this release`)
    this.#others.delete(service)
    subscribe(service)
    // The archive notes events by the second.
    if (other.release.subscribed.length < thisRelease[service].subscribed.length)
      bus().replay(other.since - 1_000, clock.now() + 1, { name: 'deploy', rules: [service] })
    if (!this.areMixed) same()
  }
}
