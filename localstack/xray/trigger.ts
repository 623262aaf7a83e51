import { type Attributes, type Link, type TraceContext, contextOf, linkTo } from './span.ts'

/** What an invocation is about, as its event shows. */
export interface Trigger {
  readonly kind: 'server' | 'consumer' | 'internal'
  readonly name: string
  readonly attributes: Attributes
  readonly links: readonly Link[]
  /** The trace that it goes on with, where the caller has one. */
  readonly upstream?: TraceContext | undefined
}

interface SqsRecord {
  readonly eventSource: 'aws:sqs'
  readonly body: string
  readonly attributes: { readonly AWSTraceHeader?: string }
}

interface StreamRecord {
  readonly eventSource: 'aws:dynamodb'
  readonly dynamodb?: { readonly NewImage?: { readonly trace?: { readonly S?: string } } }
}

interface InvocationEvent {
  readonly routeKey?: string
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly requestContext?: { readonly routeKey?: string; readonly eventType?: string }
  readonly Records?: readonly (SqsRecord | StreamRecord)[]
}

export function triggerOf(event: unknown): Trigger {
  const { routeKey, headers, requestContext, Records = [] } = (event ?? {}) as InvocationEvent
  if (routeKey !== undefined) {
    const upstream = contextOf(headers?.['x-amzn-trace-id'])
    return { kind: 'server', name: routeKey, attributes: { 'faas.trigger': 'http' }, links: [], upstream }
  }
  if (requestContext?.eventType !== undefined)
    return {
      kind: 'server',
      name: `live ${requestContext.routeKey ?? ''}`,
      attributes: { 'faas.trigger': 'http' },
      links: [],
    }
  const [first] = Records
  if (first?.eventSource === 'aws:sqs') return ofMessages(Records as readonly SqsRecord[])
  if (first?.eventSource === 'aws:dynamodb') return ofStream(Records as readonly StreamRecord[])
  return { kind: 'internal', name: 'invoke', attributes: { 'faas.trigger': 'other' }, links: [] }
}

function ofMessages(records: readonly SqsRecord[]): Trigger {
  const headers = records.map(({ attributes }) => contextOf(attributes.AWSTraceHeader))
  // As soon as one of the messages is traced, what becomes of it is.
  const sampled = headers.some((context) => context?.sampled)
  const isDecided = headers.some((context) => context !== undefined)
  const links = records.flatMap(
    ({ body, attributes }) => linkTo(attributes.AWSTraceHeader, messageAttributes(body)) ?? [],
  )
  return {
    kind: 'consumer',
    name: 'process messages',
    attributes: {
      'faas.trigger': 'pubsub',
      'messaging.system': 'aws_sqs',
      'messaging.batch.message_count': records.length,
    },
    links,
    ...(isDecided && { upstream: { traceId: '', sampled } }),
  }
}

function ofStream(records: readonly StreamRecord[]): Trigger {
  const links = records.flatMap(({ dynamodb }) => linkTo(dynamodb?.NewImage?.trace?.S) ?? [])
  return {
    kind: 'consumer',
    name: 'process records',
    attributes: { 'faas.trigger': 'datasource', 'messaging.batch.message_count': records.length },
    links,
  }
}

/** The id of the event in a message of the bus, and the order that it is about. */
function messageAttributes(body: string): Attributes {
  try {
    return eventAttributes((JSON.parse(body) as { readonly detail?: unknown } | null)?.detail)
  } catch {
    return {}
  }
}

export function eventAttributes(detail: unknown): Attributes {
  const { id, correlationId, causationId } = (detail ?? {}) as Readonly<Record<string, unknown>>
  return {
    ...(typeof id === 'string' && { 'messaging.message.id': id }),
    ...(typeof correlationId === 'string' && { 'messaging.message.conversation_id': correlationId }),
    ...(typeof causationId === 'string' && { 'holdfast.causation_id': causationId }),
  }
}
