import type { OrderNews } from './order-news.ts'
import { type Sent, isSent, nothingSent, unsent, withSent } from './sequence.ts'

/** Longer than a function lives, with what it has sent and is still under way, in milliseconds: who has not come back by then has failed. */
export const turnMs = 50_000

/**
 * Who sends the news of an order now: one at a time, so that they leave in their order. What comes meanwhile is left to the one who sends. A
 * turn that was not ended is over after `turnMs`.
 */
export interface Turns {
  readonly sent: Sent
  readonly turn?: { readonly by: string; readonly event: string; readonly until: number }
  readonly waiting: readonly OrderNews[]
}

const nobodysTurn: Turns = { sent: nothingSent, waiting: [] }

/**
 * What becomes of an event: it was sent before, whoever sends now sends it too, or `by` has the turn. One whose own turn is not over is
 * `doubtful`: it must come again, as nobody but itself would take that turn up.
 */
export type Entered = { readonly as: 'sent' | 'doubtful' } | { readonly as: 'left' | 'taken'; readonly turns: Turns }

export function enter(before: Turns = nobodysTurn, news: OrderNews, by: string, now: number): Entered {
  const { sent, turn } = before
  if (isSent(sent, news)) return { as: 'sent' }
  const isThere = before.waiting.some(({ id }) => id === news.id)
  const waiting = isThere ? before.waiting : [...before.waiting, news]
  const isTaken = turn !== undefined && turn.by !== by && turn.until > now // mutant: live-turn
  if (isTaken && turn.event === news.id) return { as: 'doubtful' } // mutant: live-doubtful
  return isTaken
    ? { as: 'left', turns: { ...before, waiting } }
    : { as: 'taken', turns: { sent, waiting, turn: { by, event: news.id, until: now + turnMs } } }
}

/** After these were sent: what came meanwhile and is next, or else the end of the turn. Undefined where somebody else has the turn. */
export function leave(before: Turns, sentNow: readonly OrderNews[], by: string, now: number): Turns | undefined {
  if (before.turn?.by !== by) return undefined
  const sent = sentNow.reduce(withSent, before.sent)
  const waiting = unsent(sent, before.waiting) // mutant: live-waiting
  return { sent, waiting, ...(waiting.length > 0 && { turn: { ...before.turn, until: now + turnMs } }) }
}

/** The turn of somebody who has failed: whoever comes next sends what waits. */
export function giveUp(before: Turns, by: string): Turns | undefined {
  const { turn, ...rest } = before
  return turn?.by === by ? rest : undefined
}
