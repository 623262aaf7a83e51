import type { Clock } from '../../../functions/runtime/clock.ts'
import type { Identify } from '../../../functions/runtime/identity.ts'
import { keyIdentity } from '../../../functions/runtime/identity.api-keys.ts'
import { Principals } from '../../../functions/runtime/principals.ts'
import type { Store } from '../../../functions/runtime/store.ts'
import { identifyBy } from '../../claims.ts'
import type { Simulated } from './services.ts'

/** What one environment of an API function keeps from one request to the next. */
export interface Environment {
  readonly identify: Identify
  /** The records as the process reaches them that it serves now. */
  records: Pick<Store, 'get' | 'write'>
}

/** Each environment handles one request at a time, and is gone with a process that dies. */
export class Environments {
  readonly #idle = new Map<Simulated, Environment[]>()
  readonly #clockOf: (service: Simulated) => Clock

  constructor(clockOf: (service: Simulated) => Clock) {
    this.#clockOf = clockOf
  }

  take(service: Simulated): Environment {
    return this.#of(service).pop() ?? this.#cold(service)
  }

  giveBack(service: Simulated, environment: Environment): void {
    this.#of(service).push(environment)
  }

  #of(service: Simulated): Environment[] {
    const idle = this.#idle.get(service) ?? []
    this.#idle.set(service, idle)
    return idle
  }

  #cold(service: Simulated): Environment {
    const unbound = async (): Promise<never> => {
      throw new Error('An environment without a process reads nothing.')
    }
    const environment: { records: Environment['records'] } = {
      records: { get: unbound, write: unbound },
    }
    const store: Environment['records'] = {
      get: (key, options) => environment.records.get(key, options),
      write: (...writes) => environment.records.write(...writes),
    }
    const clock = this.#clockOf(service)
    const principals = new Principals(store, clock)
    const byToken = identifyBy((id) => principals.of(id))
    return Object.assign(environment, { identify: keyIdentity({ store, clock, principals }, byToken) })
  }
}
