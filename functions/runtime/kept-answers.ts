import { type RouteContract, routeKeyOf } from '../../schemas/contract.ts'
import type { Answer } from './answer.ts'
import { type Clock, systemClock } from './clock.ts'
import { keptReadSeconds } from './env.ts'
import { canonical } from './ids.ts'
import { metrics } from './log.ts'
import { metric } from './metrics.ts'

/** What all kept answers of a function may take, in characters of their JSON. */
const maxCharacters = 16_000_000

/** What an open read is found by. */
interface Asked {
  readonly route: RouteContract
  readonly params: unknown
  readonly query: unknown
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
}

interface Kept {
  readonly answer: Answer
  readonly readAt: number
  readonly characters: number
}

/**
 * The answers of open reads, as one function keeps them between its calls: those that caches may keep by their contract, for no longer than `seconds`.
 * A cache behind it adds no more to that: the answer names its age.
 */
export class KeptAnswers {
  readonly #clock: Pick<Clock, 'now'>
  readonly #seconds: number
  readonly #kept = new Map<string, Kept>()
  #characters = 0

  constructor(clock: Pick<Clock, 'now'>, seconds: number) {
    this.#clock = clock
    this.#seconds = seconds
  }

  /** The answer of an open read: a kept one, or what `read` resolves to. A request with `Cache-Control: no-cache` is always read. */
  async of(request: Asked, read: () => Promise<Answer>): Promise<Answer> {
    const { route, params, query, headers } = request
    const keptFor = this.#keptFor(route)
    if (keptFor === 0) return read()
    const now = this.#clock.now()
    const key = canonical([routeKeyOf(route), params ?? {}, query ?? {}])
    const known = this.#kept.get(key)
    const isGood =
      known !== undefined && known.readAt + keptFor > now && !/no-cache/i.test(headers['cache-control'] ?? '')
    metrics.addMetric(isGood ? metric.readsKept : metric.readsFresh, 'Count', 1)
    if (isGood) return { ...known.answer, headers: { ...known.answer.headers, age: ageOf(now - known.readAt) } }
    this.#drop(key)
    const answer = await read()
    this.#keep(key, { answer, readAt: now, characters: JSON.stringify(answer.body).length })
    return answer
  }

  /** Forgets all: what the function itself has written is seen at once. */
  forget(): void {
    this.#kept.clear()
    this.#characters = 0
  }

  /** In milliseconds; 0 for routes whose answers differ between callers, or by more than parameters and query. */
  #keptFor({ who, answer: { maxAge = 0, body, html } }: RouteContract): number {
    return who === 'open' && body !== undefined && !html ? Math.min(maxAge, this.#seconds) * 1_000 : 0
  }

  #keep(key: string, kept: Kept): void {
    this.#kept.set(key, kept)
    this.#characters += kept.characters
    for (const oldest of this.#kept.keys()) {
      if (this.#characters <= maxCharacters) break
      this.#drop(oldest)
    }
  }

  #drop(key: string): void {
    this.#characters -= this.#kept.get(key)?.characters ?? 0
    this.#kept.delete(key)
  }
}

/** Those of the function at hand, as its stage keeps them. */
export const liveKeptAnswers = (): KeptAnswers => new KeptAnswers(systemClock, keptReadSeconds())

const ageOf = (milliseconds: number): string => String(Math.floor(milliseconds / 1_000))
