import type { Chance } from '../../../bin/fuzz/chance.ts'

/** Everything that may go wrong, by name. */
export const faultNames = [
  'duplicate',
  'reorder',
  'delay',
  'crash',
  'half-way',
  'throttle',
  'conflict',
  'doubt',
  'unanswered',
  'stale',
  'short page',
  'slow',
  'visibility',
  'partial put',
  'undelivered',
  'dead letter',
  'split stream',
  'rewound stream',
  'lost timer',
  'late timer',
  'early timer',
  'doubled timer',
  'skew',
  'poison',
  'poison record',
  'lying source',
  'outage',
  'away',
  'older release',
  'storm',
  'refused invocation',
  'lost answer',
  'early redrive',
  'replay',
] as const
export type FaultName = (typeof faultNames)[number]

/** How often each fault strikes where it can; those that are missing are off. */
export type Rates = Readonly<Partial<Record<FaultName, number>>>

/** Faults that leave every message and call in time: with these alone a hold must end within its five minutes. */
export const mild: ReadonlySet<FaultName> = new Set([
  'duplicate',
  'reorder',
  'lost timer',
  'late timer',
  'early timer',
  'doubled timer',
  'skew',
  'poison',
  'poison record',
  'lying source',
  'lost answer',
  'replay',
])

/** A random subset of the faults, each at a random rate: what hides behind one fault shows without it. */
export function swarm(chance: Chance): Rates {
  const only = chance.maybe(0.3) ? [...mild] : faultNames
  const share = chance.pick([0, 0.1, 0.2, 0.2, 0.3, 0.3, 0.5, 0.8])
  const chosen = only.filter(() => chance.maybe(share))
  return Object.fromEntries(chosen.map((name) => [name, chance.pick(usual[name] ?? [0.01, 0.03, 0.1])]))
}

// Where a fault can strike only a few times in a history, it strikes more often.
const usual: Partial<Record<FaultName, readonly number[]>> = {
  duplicate: [0.05, 0.2, 0.5],
  reorder: [0.1, 0.5],
  delay: [0.05, 0.2],
  unanswered: [0.1, 0.4],
  stale: [0.1, 0.5, 1],
  visibility: [0.5, 1],
  'lost timer': [0.3, 1],
  'late timer': [0.3, 1],
  'early timer': [0.3, 1],
  'doubled timer': [0.3, 1],
  skew: [1],
  'split stream': [1],
  poison: [0.5, 1],
  'lying source': [0.5, 1],
  outage: [0.3, 1],
  away: [0.1, 0.3],
  'older release': [0.2, 0.6, 1],
  storm: [0.5, 1],
  'short page': [0.3, 1],
  'half-way': [0.2, 0.4, 0.6],
  'dead letter': [0.05, 0.2, 0.4],
  undelivered: [0.03, 0.2],
  'lost answer': [0.05, 0.3],
  'early redrive': [0.5, 1],
  replay: [0.5, 1],
  'rewound stream': [0.02, 0.1],
}

export class Faults {
  readonly rates: Rates
  readonly #chance: Chance
  readonly counts = new Map<FaultName, number>()
  #on = false

  constructor(rates: Rates, chance: Chance) {
    this.rates = rates
    this.#chance = chance
  }

  begin(): void {
    this.#on = true
  }

  end(): void {
    this.#on = false
  }

  get areOn(): boolean {
    return this.#on
  }

  /** Whether the fault is switched on in this history, now or later. */
  has(name: FaultName): boolean {
    return this.rates[name] !== undefined
  }

  /** Whether it strikes here and now. */
  strikes(name: FaultName): boolean {
    const rate = this.rates[name]
    if (!this.#on || rate === undefined || this.#chance.random() >= rate) return false
    this.count(name)
    return true
  }

  count(name: FaultName): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
  }

  /** The chance of a fault that somebody else rolls for; 0 while faults are off. */
  rate(name: FaultName): number {
    return this.#on ? (this.rates[name] ?? 0) : 0
  }
}

/** The disorder of a queue while faults are on, as they are then; what it does is counted. */
export const disorderOf = (faults: Faults) => ({
  get reorder() {
    return faults.rate('reorder')
  },
  get duplicate() {
    return faults.rate('duplicate')
  },
  onDisorder: (what: 'reorder' | 'duplicate') => faults.count(what),
})
