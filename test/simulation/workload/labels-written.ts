/** What may stand under a key of a thing; `undefined` for nothing. */
type Value = string | undefined

/**
 * What integrators have put onto orders, or onto other things. Each key has one writer, who writes one value after the other: what was answered last stands, or what
 * got no answer, which may come to stand at any time.
 */
export class LabelsWritten {
  /** By order or other thing, then by key; `reference` is a key as any other. */
  readonly orders = new Map<string, Map<string, { answered: Value; readonly unanswered: Set<Value> }>>()
  /** The addresses of guests, by the orders that were placed for them. */
  readonly guests = new Map<string, string>()
  #writers = 0

  /** A name that no other writer has. */
  newKey(system: string): string {
    return `${system}-${(this.#writers += 1)}`
  }

  /** A value that was sent, and whether that was answered. */
  sent(orderId: string, key: string, value: Value, isAnswered: boolean): void {
    const keys = this.orders.get(orderId) ?? new Map<string, { answered: Value; unanswered: Set<Value> }>()
    const state = keys.get(key) ?? { answered: undefined, unanswered: new Set<Value>() }
    if (isAnswered) state.answered = value
    else state.unanswered.add(value)
    this.orders.set(orderId, keys.set(key, state))
  }

  /** It is about to go: each key may stand no more. */
  going(id: string): void {
    for (const { unanswered } of this.orders.get(id)?.values() ?? []) unanswered.add(undefined)
  }

  /** It has begun anew: what was answered until now stands no more. */
  gone(id: string): void {
    for (const state of this.orders.get(id)?.values() ?? []) state.answered = undefined
  }

  /** Whether the value may stand there. */
  mayStand(orderId: string, key: string, value: Value): boolean {
    const state = this.orders.get(orderId)?.get(key)
    return value === state?.answered || (state?.unanswered.has(value) ?? false)
  }
}
