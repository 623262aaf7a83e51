/** How long answers are kept, in seconds. */
export interface Lifetimes {
  readonly min: number
  readonly default: number
  readonly max: number
}

/**
 * The statuses that CloudFront keeps for the time of an error, whatever their `Cache-Control`:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
 */
const keptErrors: ReadonlySet<number> = new Set([404, 405, 414, 500, 501, 502, 503, 504])
/** Where the distribution names no other time, in seconds. */
const errorSeconds = 10

/**
 * For how many seconds an answer is kept: `no-store`, `no-cache` and `private` for the shortest time of the policy, `s-maxage` or `max-age`
 * within its bounds, others for its default time; errors for the time that the distribution names.
 */
export function secondsOf(
  { status, cacheControl = '' }: { readonly status: number; readonly cacheControl: string | undefined },
  { min, max, ...lifetimes }: Lifetimes,
  errors: ReadonlyMap<number, number>,
): number {
  const asked = /s-maxage=(\d+)/.exec(cacheControl)?.[1] ?? /max-age=(\d+)/.exec(cacheControl)?.[1]
  if (status >= 400) {
    if (!keptErrors.has(status)) return Number(asked ?? 0)
    return Math.max(errors.get(status) ?? errorSeconds, Number(asked ?? 0))
  }
  if (/no-store|no-cache|private/.test(cacheControl)) return min
  return asked === undefined ? lifetimes.default : Math.min(max, Math.max(min, Number(asked)))
}
