import type { Clock } from '../../../functions/runtime/clock.ts'
import type { VirtualClock } from '../../../localstack/clock/clock.ts'
import type { Chance } from '../../../bin/fuzz/chance.ts'
import type { Quiet } from './drive.ts'
import type { Faults } from '../faults/faults.ts'
import type { Trace } from './trace.ts'

export interface ProcessDeps {
  readonly clock: VirtualClock
  readonly chance: Chance
  readonly faults: Faults
  readonly trace: Pick<Trace, 'write'>
  readonly quiet: Quiet
  /** What answers no call for now. */
  readonly isAway: (dependency: Dependency) => boolean
}

/** What functions call. */
export const dependencies = ['table', 'bus', 'queue', 'scheduler', 'provider', 'directory'] as const
export type Dependency = (typeof dependencies)[number]

/** What a call is, for the faults that can strike it. */
export interface Call {
  readonly what: string
  readonly to?: Dependency
  readonly kind: 'read' | 'write' | 'transaction' | 'bank'
  readonly unavailable: () => Error
}

/** One invocation of a function, seen from inside. */
export interface Process {
  readonly name: string
  readonly clock: Clock
  /** A call that leaves the handler: it arrives at some time and is answered at a later one, if ever. */
  call<Answer>(call: Call, apply: () => Promise<Answer>): Promise<Answer>
}

/** How an invocation ended. */
export type Ended<Answer> =
  | { readonly how: 'answered'; readonly answer: Answer }
  | { readonly how: 'threw'; readonly error: unknown }
  | { readonly how: 'died' }

export interface ProcessSettings {
  readonly name: string
  readonly timeoutMs: number
  /** How far its clock is off, in milliseconds. */
  readonly skewMs: number
}

/** Runs handlers as processes that may die at any call; who died never goes on, not even with `finally`. */
export class Processes {
  readonly #deps: ProcessDeps
  #count = 0
  #calls = 0

  constructor(deps: ProcessDeps) {
    this.#deps = deps
  }

  /** Calls that have left a process. */
  get calls(): number {
    return this.#calls
  }

  run<Answer>(settings: ProcessSettings, body: (process: Process) => Promise<Answer>): Promise<Ended<Answer>> {
    const { clock, faults, trace } = this.#deps
    const name = `${settings.name}#${(this.#count += 1)}`
    return new Promise((resolve) => {
      const life = { over: false }
      const end = (ended: Ended<Answer>): void => {
        if (life.over) return
        life.over = true
        cancelTimeout()
        trace.write(`${name} ${ended.how}${ended.how === 'threw' ? ` ${String(ended.error)}` : ''}`)
        resolve(ended)
      }
      const die = (): void => end({ how: 'died' })
      const cancelTimeout = clock.at(clock.now() + settings.timeoutMs, die)
      body(this.#process(name, settings, life, die)).then(
        (answer) => (faults.strikes('crash') ? die() : end({ how: 'answered', answer })),
        (error: unknown) => end({ how: 'threw', error }),
      )
    })
  }

  #process(name: string, { skewMs }: ProcessSettings, life: { readonly over: boolean }, die: () => void): Process {
    const { clock, trace, quiet } = this.#deps
    const later = (milliseconds: number, task: () => void): void => {
      clock.at(clock.now() + milliseconds, () => life.over || task())
    }
    return {
      name,
      clock: {
        now: () => clock.now() + skewMs,
        sleep: (milliseconds) => new Promise((resolve) => later(Math.ceil(milliseconds), resolve)),
      },
      call: (call, apply) =>
        new Promise((resolve, reject) => {
          this.#calls += 1
          const fate = this.#fate(call)
          // A request that is on its way arrives, whatever becomes of its sender.
          clock.at(clock.now() + this.#latency(), () => {
            trace.write(`${name} ${call.what}${fate === 'answered' ? '' : ` (${fate})`}`)
            if (fate === 'dies before it') return die()
            if (fate === 'refused') return later(this.#latency(), () => reject(call.unavailable()))
            const answer = apply()
            answer.catch(() => {})
            if (fate === 'dies after it') return die()
            quiet.declare()
            return later(this.#latency(), () =>
              fate === 'applied, error answered' ? reject(call.unavailable()) : resolve(answer),
            )
          })
        }),
    }
  }

  #fate({ kind, to }: Call) {
    const { faults, chance, isAway } = this.#deps
    if (to !== undefined && isAway(to)) return 'refused'
    if (faults.strikes('crash')) return chance.maybe(0.5) ? 'dies before it' : 'dies after it'
    if (kind === 'transaction' && faults.strikes('half-way')) return 'dies after it'
    if (faults.strikes('throttle')) return 'refused'
    if (kind === 'transaction' && faults.strikes('conflict')) return 'refused'
    if (kind === 'bank' && faults.strikes('unanswered'))
      return chance.maybe(0.5) ? 'refused' : 'applied, error answered'
    if (kind !== 'read' && faults.strikes('doubt')) return 'applied, error answered'
    return 'answered'
  }

  #latency(): number {
    const { faults, chance } = this.#deps
    return faults.strikes('slow') ? chance.between(500, 15_000) : chance.between(1, 12)
  }
}
