import type { OrderNews } from './order-news.ts'
import { type Sent, nothingSent, unsent, withSent } from './sequence.ts'

/** Longer than a function lives, with what it has sent and is still under way, in milliseconds: who has not come back by then has failed. */
export const turnMs = 50_000

/**
 * Who sends the news of an order now: one at a time, so that they leave in their order. What comes meanwhile is left to the one who sends. A
 * turn that was not ended is over after `turnMs`.
 */
export interface Turns {
  readonly sent: Sent
  /** The highest sequence that somebody has begun to send: whatever is older may come behind it, and is left out. */
  readonly begun: number
  readonly turn?: { readonly by: string; readonly event: string; readonly until: number }
  readonly waiting: readonly OrderNews[]
}

const nobodysTurn: Turns = { sent: nothingSent, begun: 0, waiting: [] }

/**
 * What becomes of an event: nothing is left to send, whoever sends now sends it too, or `by` has the turn. One whose own turn is not over is
 * `doubtful`: it must come again, as nobody but itself would take that turn up.
 */
export type Entered = { readonly as: 'sent' | 'doubtful' } | { readonly as: 'left' | 'taken'; readonly turns: Turns }

export function enter(before: Turns = nobodysTurn, news: OrderNews, by: string, now: number): Entered {
  const { sent, turn } = before
  const isThere = (among: readonly OrderNews[]): boolean => among.some(({ id }) => id === news.id)
  const waiting = nextOf(before, isThere(before.waiting) ? before.waiting : [...before.waiting, news])
  const isTaken = turn !== undefined && turn.by !== by && turn.until > now // mutant: live-turn
  if (isTaken && turn.event === news.id) return { as: 'doubtful' } // mutant: live-doubtful
  if (waiting.length === 0 || (isTaken && !isThere(waiting))) return { as: 'sent' }
  if (isTaken) return { as: 'left', turns: { ...before, waiting } }
  return { as: 'taken', turns: begin(sent, waiting, { by, event: news.id, until: now + turnMs }) }
}

/** After these were sent: what came meanwhile and is next, or else the end of the turn. Undefined where somebody else has the turn. */
export function leave(before: Turns, sentNow: readonly OrderNews[], by: string, now: number): Turns | undefined {
  const { turn, begun } = before
  if (turn?.by !== by) return undefined
  const sent = sentNow.reduce(withSent, before.sent)
  const waiting = nextOf({ sent, begun }, before.waiting) // mutant: live-waiting
  return waiting.length > 0 ? begin(sent, waiting, { ...turn, until: now + turnMs }) : { sent, begun, waiting }
}

const nextOf = ({ sent, begun }: Pick<Turns, 'sent' | 'begun'>, waiting: readonly OrderNews[]): OrderNews[] =>
  unsent(sent, waiting).filter(({ sequence }) => sequence >= begun) // mutant: live-begun

/** A turn, with what it sends now in its order. */
const begin = (sent: Sent, waiting: readonly OrderNews[], turn: NonNullable<Turns['turn']>): Turns => ({
  sent,
  begun: waiting.at(-1)?.sequence ?? sent.sequence,
  waiting,
  turn,
})

/** The turn of somebody who has failed: whoever comes next sends what waits. */
export function giveUp(before: Turns, by: string): Turns | undefined {
  const { turn, ...rest } = before
  return turn?.by === by ? rest : undefined
}
