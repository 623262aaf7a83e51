import * as z from 'zod'
import type { MetricId } from './metric-store.ts'

/** The embedded metric format: a log line that CloudWatch also reads metrics from. */
const Embedded = z.looseObject({
  _aws: z.object({
    Timestamp: z.number(),
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string() })),
      }),
    ),
  }),
})

export interface EmbeddedMetric {
  readonly id: MetricId
  readonly value: number
  readonly time: number
}

/** The values that a log line holds; none for any other line. */
export function embeddedMetrics(line: string): EmbeddedMetric[] {
  if (!line.includes('"CloudWatchMetrics"')) return []
  const { data } = Embedded.safeParse(jsonOf(line))
  if (data === undefined) return []
  const { ['_aws']: directive, ...fields } = data
  const values = new Map(Object.entries(fields))
  return directive.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Metrics.flatMap(({ Name }) =>
      Dimensions.flatMap((names) => {
        const dimensions = Object.fromEntries(names.map((name) => [name, String(values.get(name))]))
        return [values.get(Name)].flat().map((value) => ({
          id: { namespace: Namespace, name: Name, dimensions },
          value: Number(value),
          time: directive.Timestamp,
        }))
      }),
    ),
  )
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
