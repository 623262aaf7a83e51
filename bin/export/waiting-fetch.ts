import type { Clock } from '../../functions/runtime/clock.ts'
import { wholeNumber } from '../../functions/runtime/whole-number.ts'

/** For how long one request is sent again, in milliseconds: as long as the longest wait that the API asks for. */
const longestMs = 15 * 60_000
/** Waits where the answer names none, in milliseconds: twice as long each time, up to the longest. */
const [firstMs, lastMs] = [1_000, 30_000]

/**
 * A `fetch` that sends a request again where the API has no time for it, 429 or 503, once `Retry-After` is over. What is refused so for a
 * quarter of an hour is answered as it is.
 */
export function waitingFetch(send: typeof fetch, clock: Clock, report: (line: string) => void): typeof fetch {
  return async (input, init) => {
    let waited = 0
    for (let tries = 0; ; tries += 1) {
      const answer = await send(input, init)
      if (answer.status !== 429 && answer.status !== 503) return answer
      const wait = waitOf(answer.headers.get('retry-after'), clock) ?? Math.min(firstMs * 2 ** tries, lastMs)
      if (waited + wait > longestMs) return answer
      await answer.body?.cancel()
      report(`The API answers ${answer.status}: waiting ${Math.ceil(wait / 1_000)} s.`)
      await clock.sleep(wait)
      waited += wait
    }
  }
}

/** In seconds, or as a date. */
function waitOf(text: string | null, clock: Clock): number | undefined {
  const seconds = wholeNumber(text ?? undefined)
  if (seconds !== undefined) return Math.max(seconds * 1_000, firstMs)
  const time = Date.parse(text ?? '')
  return Number.isNaN(time) ? undefined : Math.max(time - clock.now(), firstMs)
}
