/** What finds a metric: the same name with other dimensions is another metric. */
export interface MetricId {
  readonly namespace: string
  readonly name: string
  readonly dimensions: Readonly<Record<string, string>>
}

export type Statistic = 'Sum' | 'Average' | 'Minimum' | 'Maximum' | 'SampleCount'

/** A span of time, in milliseconds since 1970; `to` is not part of it. */
export interface Span {
  readonly from: number
  readonly to: number
}

interface Minute {
  sum: number
  count: number
  min: number
  max: number
}

interface Series {
  readonly id: MetricId
  /** By their start. */
  readonly minutes: Map<number, Minute>
}

const minuteMs = 60_000
/** Minutes of a metric that are kept; the oldest go first. AWS keeps them for 15 days. */
const keptMinutes = 240

/** The metrics of CloudWatch, minute by minute. A gauge is looked up when it is asked for. */
export class MetricStore {
  readonly #series = new Map<string, Series>()
  readonly #gauge: (id: MetricId, at: number) => number | undefined

  /** `gauge` reads what is not counted but looked up, such as the age of a message in a queue, as it was at that time. */
  constructor(gauge: (id: MetricId, at: number) => number | undefined = () => undefined) {
    this.#gauge = gauge
  }

  add(id: MetricId, value: number, time: number): void {
    const key = keyOf(id)
    const series = this.#series.get(key) ?? { id, minutes: new Map<number, Minute>() }
    this.#series.set(key, series)
    const start = Math.floor(time / minuteMs) * minuteMs
    const minute = series.minutes.get(start)
    if (minute === undefined) {
      series.minutes.set(start, { sum: value, count: 1, min: value, max: value })
      for (const oldest of series.minutes.keys()) if (series.minutes.size > keptMinutes) series.minutes.delete(oldest)
    } else {
      minute.sum += value
      minute.count += 1
      minute.min = Math.min(minute.min, value)
      minute.max = Math.max(minute.max, value)
    }
  }

  /** One value for the span; undefined where nothing was counted in it. */
  value(id: MetricId, statistic: Statistic, { from, to }: Span, now: number): number | undefined {
    const gauge = from <= now ? this.#gauge(id, Math.min(now, to - 1)) : undefined
    if (gauge !== undefined) return gauge
    const series = this.#series.get(keyOf(id))
    if (series === undefined) return undefined
    const minutes: Minute[] = []
    for (let start = Math.ceil(from / minuteMs) * minuteMs; start < to; start += minuteMs) {
      const minute = series.minutes.get(start)
      if (minute) minutes.push(minute)
    }
    if (minutes.length === 0) return undefined
    const sum = minutes.reduce((total, minute) => total + minute.sum, 0)
    const count = minutes.reduce((total, minute) => total + minute.count, 0)
    switch (statistic) {
      case 'Sum':
        return sum
      case 'SampleCount':
        return count
      case 'Average':
        return sum / count
      case 'Minimum':
        return Math.min(...minutes.map(({ min }) => min))
      case 'Maximum':
        return Math.max(...minutes.map(({ max }) => max))
    }
  }

  /** Whether anything was counted at all. */
  has(id: MetricId): boolean {
    return this.#series.has(keyOf(id)) || this.#gauge(id, Infinity) !== undefined
  }

  ids(): readonly MetricId[] {
    return Array.from(this.#series.values(), ({ id }) => id)
  }
}

const keyOf = ({ namespace, name, dimensions }: MetricId): string =>
  JSON.stringify([namespace, name, Object.entries(dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1))])
