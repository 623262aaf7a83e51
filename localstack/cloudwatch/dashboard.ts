import * as z from 'zod'
import type { MetricId } from './metric-store.ts'

const Body = z.object({
  widgets: z.array(
    z.object({
      properties: z.object({
        title: z.string(),
        metrics: z.array(z.array(z.union([z.string(), z.looseObject({ expression: z.string().optional() })]))),
      }),
    }),
  ),
})

export interface Graph {
  readonly title: string
  readonly metrics: readonly MetricId[]
}

/** The graphs of a dashboard with the metrics that they show or compute with. */
export function graphsOf(body: string): Graph[] {
  return Body.parse(JSON.parse(body)).widgets.map(({ properties: { title, metrics } }) => ({
    title,
    metrics: metrics.flatMap((line) => {
      const [namespace, name, ...pairs] = line.filter((part) => typeof part === 'string')
      if (namespace === undefined || name === undefined) return []
      const dimensions = pairs.flatMap((part, index) => (index % 2 === 0 ? [[part, pairs[index + 1] ?? '']] : []))
      return [{ namespace, name, dimensions: Object.fromEntries(dimensions) as Record<string, string> }]
    }),
  }))
}
