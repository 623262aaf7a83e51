import type { BusEvent } from './bus-event.ts'
import { compilePattern, type Pattern } from './pattern.ts'

export interface ArchiveSettings {
  /** Events kept at most; the oldest go first. */
  readonly capacity: number
  /** Parsed JSON; without it every event is kept. */
  readonly pattern?: unknown
  /** Without it events are kept until there is no room. */
  readonly retentionDays?: number
}

/** The latest events of a bus. Replayed ones are not archived again. */
export class Archive {
  readonly #settings: ArchiveSettings
  readonly #pattern: Pattern | undefined
  #events: BusEvent[] = []

  constructor(settings: ArchiveSettings) {
    this.#settings = settings
    this.#pattern = settings.pattern === undefined ? undefined : compilePattern(settings.pattern)
  }

  /** Whether it keeps such an event. */
  keeps(event: BusEvent): boolean {
    return event['replay-name'] === undefined && this.#pattern?.matches(event) !== false
  }

  add(event: BusEvent): void {
    if (!this.keeps(event)) return
    this.#events.push(event)
    if (this.#events.length >= 2 * this.#settings.capacity) this.#events = this.#kept()
  }

  /** Oldest first; `now` in milliseconds since 1970. */
  events(now: number): readonly BusEvent[] {
    const days = this.#settings.retentionDays
    const kept = this.#kept()
    return days === undefined ? kept : kept.filter((event) => Date.parse(event.time) >= now - days * 86_400_000)
  }

  #kept(): BusEvent[] {
    return this.#events.slice(-this.#settings.capacity)
  }
}
