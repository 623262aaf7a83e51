import type { Span } from '../../localstack/xray/span.ts'

const messageId = 'messaging.message.id'
const conversationId = 'messaging.message.conversation_id'

interface Options {
  /** Without the calls. */
  readonly brief: boolean
}

/**
 * The tree of an order, a line each: an invocation (its function, what it was invoked for, milliseconds), its calls, the events that it has
 * caused (milliseconds until the relay had put them on the bus), and below each who has taken it. An invocation that took several of these
 * events stands whole below the first, and by its name below the others.
 */
export function linesOf(order: string, spans: readonly Span[], { brief }: Options): readonly string[] {
  const isEvent = ({ kind, attributes }: Span): boolean => kind === 'producer' && attributes[conversationId] === order
  const events = once(spans.filter(isEvent))
  const invocations = spans.filter(({ attributes }) => attributes['faas.name'] !== undefined)
  const byId = new Map(invocations.map((span) => [span.spanId, span]))
  const takersOf = (event: Span): readonly Span[] =>
    invocations.filter(({ links = [] }) =>
      links.some(({ attributes }) => attributes?.[messageId] === event.attributes[messageId]),
    )
  const taken = new Set(events.flatMap((event) => takersOf(event).map(({ spanId }) => spanId)))
  const shown = new Set<string>()
  const lines: string[] = []

  const showInvocation = (span: Span, depth: number): void => {
    const isAgain = shown.has(span.spanId)
    lines.push(`${indent(depth)}${titleOf(span)}${isAgain ? ', as above' : ''}`)
    if (isAgain) return
    shown.add(span.spanId)
    if (!brief)
      for (const call of spans)
        if (call.kind === 'client' && call.parentId === span.spanId)
          lines.push(`${indent(depth + 1)}· ${call.name} ${ms(call.durationMs)}${failedOf(call)}`)
    for (const event of events) if (event.parentId === span.spanId) showEvent(event, depth + 1)
  }
  const showEvent = (event: Span, depth: number): void => {
    const cause = byId.get(event.parentId ?? '')
    const relay = byId.get(event.links?.[0]?.spanId ?? '')
    const after = cause === undefined ? '' : ` after ${ms(event.startTime - cause.startTime)}`
    const by = relay === undefined ? '' : `, put by ${shortName(relay)}`
    lines.push(`${indent(depth)}→ ${event.name}${after}${by}`)
    for (const taker of takersOf(event)) showInvocation(taker, depth + 1)
  }

  const roots = new Set(events.map(({ parentId = '' }) => parentId).filter((id) => !taken.has(id)))
  for (const root of roots) {
    const span = byId.get(root)
    if (span) showInvocation(span, 0)
    else for (const event of events) if (event.parentId === root) showEvent(event, 0)
  }
  return lines
}

/** An event that was published twice is one. */
function once(events: readonly Span[]): readonly Span[] {
  const byId = new Map<unknown, Span>()
  for (const event of events) if (!byId.has(event.attributes[messageId])) byId.set(event.attributes[messageId], event)
  return [...byId.values()]
}

const indent = (depth: number): string => '  '.repeat(depth)

const ms = (milliseconds: number): string =>
  milliseconds < 10 ? `${milliseconds.toFixed(1)} ms` : `${Math.round(milliseconds)} ms`

const failedOf = ({ isError, attributes }: Span): string =>
  isError === undefined ? '' : ` FAILED ${attributes['error.type'] ?? ''}`.trimEnd()

function titleOf(span: Span): string {
  const messages = Number(span.attributes['messaging.batch.message_count'] ?? 1)
  const batch = messages > 1 ? ` for ${messages} messages` : ''
  const what = span.kind === 'server' ? `${span.name}  ` : ''
  return `${what}${shortName(span)} ${ms(span.durationMs)}${batch}${failedOf(span)}`
}

/** Of `Holdfast-local-orders-HttpFunction8C9D4B5E` what people call it. */
const shortName = ({ attributes }: Span): string =>
  String(attributes['faas.name'])
    .replace(/^Holdfast-[a-z]+-/, '')
    .replace(/(?:Handler)?(?:Funct(?:ion)?)?-?[0-9A-Za-z]{8}$/, '')
