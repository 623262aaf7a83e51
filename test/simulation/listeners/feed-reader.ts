import type { FeedEvent } from '../../../schemas/feed.ts'
import type { Reply } from '../engine/request.ts'
import { Violation } from '../invariants/violation.ts'

/** What a reader asks for. */
export interface Followed {
  readonly types?: string
  readonly orderId?: string
}

/** Somebody who follows the feed, or a part of it, by cursor: an answer that does not come is asked for again. */
export class FeedReader {
  readonly #asked: Followed
  readonly #seen: string[] = []
  #cursor: string | undefined
  isAtEnd = false
  isReading = false

  constructor(asked: Followed) {
    this.#asked = asked
  }

  /** Reads on. Throws `Violation` where it is refused, though it was never away for long. */
  async poll(ask: (query: Readonly<Record<string, string>>) => Promise<Reply>): Promise<void> {
    this.isReading = true
    try {
      const query = { ...this.#asked, ...(this.#cursor !== undefined && { cursor: this.#cursor }) }
      const { status, body } = await ask(query)
      if (status === 503) return
      if (status !== 200)
        throw new Violation('who follows the feed misses nothing', `${status} ${JSON.stringify(body).slice(0, 200)}`)
      const { items, cursor } = body as unknown as { readonly items: readonly FeedEvent[]; readonly cursor: string }
      this.#seen.push(...items.map(({ id }) => id))
      this.isAtEnd = cursor === this.#cursor
      this.#cursor = cursor
    } finally {
      this.isReading = false
    }
  }

  /** What it has seen is what is in the feed, each once and in its order. */
  check(taken: readonly FeedEvent[]): void {
    const { types, orderId } = this.#asked
    const wanted = taken
      .filter((event) => orderId === undefined || event.orderId === orderId)
      .filter(({ type }) => types === undefined || type.startsWith('order.') || type === 'stock.low')
      .map(({ id }) => id)
    const at = wanted.concat(this.#seen).findIndex((_, index) => wanted[index] !== this.#seen[index])
    if (wanted.join() === this.#seen.join()) return
    throw new Violation(
      orderId === undefined
        ? 'who follows the feed misses nothing'
        : 'the story of an order is what the feed has of it',
      `${JSON.stringify(this.#asked)}: event ${at} of ${wanted.length} is ${this.#seen[at]}, not ${wanted[at]}`,
    )
  }
}
