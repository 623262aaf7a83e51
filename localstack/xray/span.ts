/** A piece of work and what caused it, in the words of OpenTelemetry (trace API 1.x; semantic conventions for `faas`, `rpc`, `messaging`). */
export interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentId?: string | undefined
  readonly kind: 'server' | 'consumer' | 'client' | 'producer' | 'internal'
  readonly name: string
  /** Milliseconds since 1970, by the clock of the stack. */
  readonly startTime: number
  /** Milliseconds, by the clock of the machine. */
  readonly durationMs: number
  readonly isError?: true
  readonly attributes: Attributes
  readonly links?: readonly Link[]
}

export type Attributes = Readonly<Record<string, string | number>>

/** A span of another trace that caused this one. */
export interface Link {
  readonly traceId: string
  readonly spanId: string
  readonly attributes?: Attributes
}

/** What a trace header names. */
export interface TraceContext {
  readonly traceId: string
  readonly spanId?: string | undefined
  readonly sampled: boolean
}

export function contextOf(header: string | undefined): TraceContext | undefined {
  const parts = new Map((header ?? '').split(';').map((part) => part.split('=', 2) as [string, string | undefined]))
  const traceId = parts.get('Root')
  if (traceId === undefined || !/^1-[0-9a-f]{8}-[0-9a-f]{24}$/.test(traceId)) return undefined
  const spanId = parts.get('Parent')
  return { traceId, sampled: parts.get('Sampled') === '1', ...(/^[0-9a-f]{16}$/.test(spanId ?? '') && { spanId }) }
}

export const headerOf = ({ traceId, spanId, sampled }: TraceContext): string =>
  `Root=${traceId}${spanId === undefined ? '' : `;Parent=${spanId}`};Sampled=${sampled ? 1 : 0}`

/** The link to what a header names; none where nothing was recorded. */
export function linkTo(header: string | undefined, attributes?: Attributes): Link | undefined {
  const context = contextOf(header)
  if (!context?.sampled || context.spanId === undefined) return undefined
  return { traceId: context.traceId, spanId: context.spanId, ...(attributes && { attributes }) }
}
