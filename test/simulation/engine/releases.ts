import type { Simulated } from './services.ts'
import { type Release, thisRelease } from './this-release.ts'

/** Which release each service is of. */
export class Releases {
  readonly #others = new Map<Simulated, Release>()

  of(service: Simulated): Release {
    return this.#others.get(service) ?? thisRelease[service]
  }

  get areMixed(): boolean {
    return this.#others.size > 0
  }

  put(service: Simulated, release: Release): void {
    if (release === thisRelease[service]) this.#others.delete(service)
    else this.#others.set(service, release)
  }
}
