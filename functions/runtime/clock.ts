/** Time as an argument. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  sleep(milliseconds: number): Promise<void>
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
}

/** UTC, RFC 3339, to the millisecond. */
export const timeOf = (milliseconds: number): string => new Date(milliseconds).toISOString()

/** Times (milliseconds since 1970) as sort keys compare them. */
export const sortableTime = (time: number): string => String(time).padStart(13, '0')
