import type { Item } from '../../../functions/runtime/store.ts'
import type { VirtualClock } from '../../../localstack/clock/clock.ts'
import type { Simulated } from './services.ts'

export interface SweepsDeps {
  readonly clock: VirtualClock
  /** How far the clock of a function is off, in milliseconds. */
  readonly skewOf: (name: string) => number
  readonly sweep: (service: Simulated) => void
}

/** Sweepers run each minute; here, only in those minutes in which there is something for them in the table. */
export class Sweeps {
  readonly #deps: SweepsDeps
  readonly #byService = new Map<Simulated, { readonly due: Map<string, number>; armedFor: number | undefined }>()

  constructor(deps: SweepsDeps) {
    this.#deps = deps
  }

  /** Takes note of an item that was written, or deleted. */
  follow(service: Simulated, item: Item): void {
    const sweep = this.#of(service)
    const name = `${item.pk}/${item.sk}`
    const due = dueOf(item)
    if (due === undefined) sweep.due.delete(name)
    else sweep.due.set(name, due)
    this.#arm(service)
  }

  #of(service: Simulated) {
    const known = this.#byService.get(service)
    if (known) return known
    const made = { due: new Map<string, number>(), armedFor: undefined as number | undefined }
    this.#byService.set(service, made)
    return made
  }

  #arm(service: Simulated): void {
    const { clock, skewOf } = this.#deps
    const sweep = this.#of(service)
    if (sweep.due.size === 0) return
    const earliest = Math.min(...sweep.due.values()) - skewOf(`${service}-sweep`)
    const next = Math.max(earliest, clock.now() + 1)
    const minute = Math.ceil(next / 60_000) * 60_000
    if (sweep.armedFor !== undefined && sweep.armedFor <= minute) return
    sweep.armedFor = minute
    clock.at(minute, () => {
      if (sweep.armedFor !== minute) return
      sweep.armedFor = undefined
      this.#deps.sweep(service)
      this.#arm(service)
    })
  }
}

/** When a sweeper finds the item, in milliseconds since 1970. */
function dueOf({ dueSk }: Item): number | undefined {
  if (typeof dueSk !== 'string') return undefined
  const [time = ''] = dueSk.split('#')
  return /^\d+$/.test(time) ? Number(time) : Date.parse(time)
}
