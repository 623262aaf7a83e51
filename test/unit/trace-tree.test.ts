import { expect, test } from 'vitest'
import { linesOf } from '../../bin/trace/tree.ts'
import type { Attributes, Span } from '../../localstack/xray/span.ts'

const order = 'ord_1'
let ids = 0

function span(fields: Partial<Span> & Pick<Span, 'kind' | 'name'>): Span {
  ids += 1
  return { traceId: 't', spanId: `s${ids}`, startTime: 0, durationMs: 5, attributes: {}, ...fields }
}

const invocation = (name: string, fields: Partial<Span> = {}): Span =>
  span({
    kind: 'consumer',
    name: 'process messages',
    ...fields,
    attributes: { 'faas.name': `Holdfast-local-${name}Function8C9D4B5E`, ...fields.attributes },
  })
const about = (id: string): Attributes => ({
  'messaging.message.id': id,
  'messaging.message.conversation_id': order,
})
const event = (id: string, cause: Span, startTime: number, relay?: Span): Span =>
  span({
    kind: 'producer',
    name: id,
    parentId: cause.spanId,
    startTime,
    attributes: about(id),
    ...(relay && { links: [{ traceId: 't', spanId: relay.spanId }] }),
  })
const taking = (...taken: readonly string[]) =>
  taken.map((id) => ({ traceId: 't', spanId: 'x', attributes: about(id) }))

test('a tree has each invocation once, with its calls, its events, and who has taken them', () => {
  const placing = invocation('orders-Http', { kind: 'server', name: 'POST /orders', durationMs: 34.4 })
  const relay = invocation('orders-Relay')
  const put = span({ kind: 'client', name: 'dynamodb.PutItem', parentId: placing.spanId, durationMs: 1.25 })
  const placed = event('order.placed.v1', placing, 40, relay)
  const alsoPlaced = event('action.v1', placing, 41)
  const both = invocation('audit-EventsHandler', {
    links: taking('order.placed.v1', 'action.v1'),
    attributes: { 'messaging.batch.message_count': 2 },
  })
  const failed = invocation('inventory-EventsHandler', { links: taking('order.placed.v1'), isError: true })
  const call = span({
    kind: 'client',
    name: 'dynamodb.GetItem',
    parentId: failed.spanId,
    isError: true,
    attributes: { 'error.type': 'AwsError' },
  })
  const spans = [placing, put, relay, placed, { ...placed, spanId: 'again' }, alsoPlaced, both, failed, call]
  expect(linesOf(order, spans, { brief: false })).toEqual([
    'POST /orders  orders-Http 34 ms',
    '  · dynamodb.PutItem 1.3 ms',
    '  → order.placed.v1 after 40 ms, put by orders-Relay',
    '    audit-Events 5.0 ms for 2 messages',
    '    inventory-Events 5.0 ms FAILED',
    '      · dynamodb.GetItem 5.0 ms FAILED AwsError',
    '  → action.v1 after 41 ms',
    '    audit-Events 5.0 ms for 2 messages, as above',
  ])
  expect(linesOf(order, spans, { brief: true }).join('\n')).not.toContain('dynamodb')
})

test('an event whose cause is not kept any more stands at the root', () => {
  const gone = invocation('orders-Http')
  const placed = event('order.placed.v1', gone, 40)
  const taker = invocation('inventory-EventsHandler', { links: taking('order.placed.v1') })
  expect(linesOf(order, [placed, taker], { brief: true })).toEqual(['→ order.placed.v1', '  inventory-Events 5.0 ms'])
})

test('of another order there is nothing', () => {
  expect(linesOf('ord_2', [event('order.placed.v1', invocation('orders-Http'), 40)], { brief: false })).toEqual([])
})
