import { randomBytes } from 'node:crypto'
import { type Attributes, type Span, contextOf, headerOf } from './span.ts'
import { type Trigger, eventAttributes, triggerOf } from './trigger.ts'

/** Oldest spans go first: an order has some three hundred. */
const keptSpans = 20_000

/** Which share of what a function begins is traced; the first rule that fits decides. */
export interface SamplingRule {
  readonly priority: number
  readonly rate: number
  /** How the names of its functions begin. */
  readonly prefix: string
}

export interface TracerDeps {
  readonly now: () => number
  /** At least 0, less than 1. */
  readonly random: () => number
  readonly rules: readonly SamplingRule[]
}

/** An invocation that has begun. */
export interface Segment {
  /** What Lambda sets as `_X_AMZN_TRACE_ID`. */
  readonly header: string
  end(result: { readonly requestId: string; readonly isError: boolean }): void
}

/** What AWS X-Ray is to the stack: decides what is traced, and keeps the last spans. */
export class Tracer {
  readonly #deps: TracerDeps
  #rules: readonly SamplingRule[]
  #spans: Span[] = []

  constructor(deps: TracerDeps) {
    this.#deps = deps
    this.#rules = deps.rules.toSorted((a, b) => a.priority - b.priority)
  }

  /** Traces this share of what begins from now on, whatever the rules of the template. */
  sample(rate: number): void {
    this.#rules = [{ priority: 1, rate, prefix: '' }]
  }

  /** An invocation of that function begins, with this event. */
  begin(functionName: string, event: unknown): Segment {
    const trigger = triggerOf(event)
    const { upstream } = trigger
    const traceId = upstream?.traceId ? upstream.traceId : this.#newTraceId()
    const sampled = upstream?.sampled ?? this.#samples(functionName)
    const spanId = newSpanId()
    const startTime = this.#deps.now()
    const begun = performance.now()
    return {
      header: headerOf({ traceId, spanId, sampled }),
      end: ({ requestId, isError }) => {
        if (!sampled) return
        this.#keep({
          traceId,
          spanId,
          ...(upstream?.spanId !== undefined && { parentId: upstream.spanId }),
          ...shownOf(trigger),
          startTime,
          durationMs: performance.now() - begun,
          ...(isError && { isError }),
          attributes: { 'faas.name': functionName, 'faas.invocation_id': requestId, ...trigger.attributes },
        })
      },
    }
  }

  /** A call of an AWS API, by the header that the SDK has sent along: `work` is timed, whether it succeeds or not. */
  async call<Answer>(header: string | undefined, name: Attributes, work: () => Promise<Answer>): Promise<Answer> {
    const context = contextOf(header)
    if (!context?.sampled) return work()
    const startTime = this.#deps.now()
    const begun = performance.now()
    const keep = (error?: unknown): void =>
      this.#keep({
        traceId: context.traceId,
        spanId: newSpanId(),
        parentId: context.spanId,
        kind: 'client',
        name: String(name['rpc.method']),
        startTime,
        durationMs: performance.now() - begun,
        ...(error !== undefined && { isError: true as const }),
        attributes: { 'rpc.system': 'aws-api', ...name, ...(error instanceof Error && { 'error.type': error.name }) },
      })
    try {
      const answer = await work()
      keep()
      return answer
    } catch (error) {
      keep(error ?? 'refused')
      throw error
    }
  }

  /** An event that the bus has taken: `traceHeader` names who caused it, `header` who has put it. */
  published(detailType: string, detail: unknown, traceHeader: string | undefined, header: string | undefined): void {
    const cause = contextOf(traceHeader)
    if (!cause?.sampled) return
    const by = contextOf(header)
    this.#keep({
      traceId: cause.traceId,
      spanId: newSpanId(),
      parentId: cause.spanId,
      kind: 'producer',
      name: detailType,
      startTime: this.#deps.now(),
      durationMs: 0,
      attributes: { 'messaging.system': 'aws.eventbridge', ...eventAttributes(detail) },
      ...(by?.spanId !== undefined && { links: [{ traceId: by.traceId, spanId: by.spanId }] }),
    })
  }

  /** The spans of all traces that have to do with an order (or with whatever its events have as `correlationId`), oldest first. */
  about(correlationId: string): readonly Span[] {
    const isAbout = ({ attributes }: { readonly attributes?: Attributes }): boolean =>
      attributes?.['messaging.message.conversation_id'] === correlationId
    const traces = new Set<string>()
    const linked = new Set<string>()
    for (const span of this.#spans) {
      if (!isAbout(span) && !span.links?.some(isAbout)) continue
      traces.add(span.traceId)
      if (span.kind === 'producer') for (const { spanId } of span.links ?? []) linked.add(spanId)
    }
    return this.#spans.filter(({ traceId, spanId }) => traces.has(traceId) || linked.has(spanId))
  }

  #keep(span: Span): void {
    this.#spans.push(span)
    if (this.#spans.length > 1.25 * keptSpans) this.#spans = this.#spans.slice(-keptSpans)
  }

  #samples(functionName: string): boolean {
    const rule = this.#rules.find(({ prefix }) => functionName.startsWith(prefix))
    return this.#deps.random() < (rule?.rate ?? 0)
  }

  #newTraceId(): string {
    const seconds = Math.floor(this.#deps.now() / 1_000)
    return `1-${seconds.toString(16).padStart(8, '0')}-${randomBytes(12).toString('hex')}`
  }
}

const shownOf = ({ kind, name, links }: Trigger) => ({ kind, name, ...(links.length > 0 && { links }) })

const newSpanId = (): string => randomBytes(8).toString('hex')
