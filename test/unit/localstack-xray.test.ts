import { beforeEach, describe, expect, test } from 'vitest'
import { contextOf } from '../../localstack/xray/span.ts'
import { Tracer } from '../../localstack/xray/tracer.ts'

const order = 'ord_1'
const eventOf = (id: string, correlationId = order) => ({ id, correlationId, causationId: 'request' })
const request = { routeKey: 'POST /orders', headers: {} }
const messages = (...sent: readonly (readonly [detail: object, header: string | undefined])[]) => ({
  Records: sent.map(([detail, AWSTraceHeader]) => ({
    eventSource: 'aws:sqs',
    body: JSON.stringify({ detail }),
    attributes: { AWSTraceHeader },
  })),
})
const record = (trace: string) => ({
  Records: [{ eventSource: 'aws:dynamodb', dynamodb: { NewImage: { trace: { S: trace } } } }],
})

let tracer: Tracer
let chance: number
const done = { requestId: 'r', isError: false }

beforeEach(() => {
  chance = 0.3
  tracer = new Tracer({
    now: () => 1_700_000_000_000,
    random: () => chance,
    rules: [
      { priority: 20, rate: 1, prefix: 'Holdfast-' },
      { priority: 10, rate: 0.25, prefix: 'Holdfast-prod-' },
    ],
  })
})

const isSampled = (name: string, event: object): boolean | undefined =>
  contextOf(tracer.begin(name, event).header)?.sampled

describe('what is traced', () => {
  test('is a share of what begins, by the first rule that fits', () => {
    expect(isSampled('Holdfast-prod-orders-Http', request)).toBe(false)
    expect(isSampled('Holdfast-dev-orders-Http', request)).toBe(true)
    expect(isSampled('Other', request)).toBe(false)
    chance = 0.2
    expect(isSampled('Holdfast-prod-orders-Http', request)).toBe(true)
  })

  test('is what comes of something that is, and nothing that comes of the rest', () => {
    const yes = tracer.begin('Holdfast-dev-a', request).header
    const no = tracer.begin('Other', request).header
    const name = 'Holdfast-prod-inventory-Events'
    expect(isSampled(name, messages([eventOf('1'), no], [eventOf('2'), yes]))).toBe(true)
    expect(isSampled('Holdfast-dev-inventory-Events', messages([eventOf('1'), no]))).toBe(false)
    expect(isSampled('Holdfast-dev-inventory-Events', messages([eventOf('1'), undefined]))).toBe(true)
  })

  test('can be changed for all that begins later', () => {
    tracer.sample(0)
    expect(isSampled('Holdfast-dev-orders-Http', request)).toBe(false)
  })
})

test('an order is followed over the bus', async () => {
  const placing = tracer.begin('orders-Http', { ...request, headers: { 'x-amzn-trace-id': sampled('1') } })
  await tracer.call(placing.header, { 'rpc.method': 'dynamodb.PutItem' }, async () => ({}))
  placing.end(done)
  const relaying = tracer.begin('orders-Relay', { Records: record(placing.header).Records })
  tracer.published('order.placed.v1', eventOf('e1'), placing.header, relaying.header)
  relaying.end(done)
  const taking = tracer.begin(
    'inventory-Events',
    messages([eventOf('e1'), placing.header], [eventOf('x', 'ord_2'), sampled('2')]),
  )
  const refused = new Error('refused')
  const call = tracer.call(taking.header, { 'rpc.method': 'dynamodb.GetItem' }, () => Promise.reject(refused))
  await expect(call).rejects.toBe(refused)
  taking.end({ requestId: 's', isError: true })
  const other = tracer.begin('other', { ...request, headers: { 'x-amzn-trace-id': sampled('3') } })
  other.end(done)

  const spans = tracer.about(order)
  expect(spans.map(({ kind, name, isError }) => [kind, name, isError ?? false])).toEqual([
    ['client', 'dynamodb.PutItem', false],
    ['server', 'POST /orders', false],
    ['producer', 'order.placed.v1', false],
    ['client', 'dynamodb.GetItem', true],
    ['consumer', 'process messages', true],
  ])
  const [, request1, event, , taker] = spans
  expect(request1).toMatchObject({ parentId: '1111111111111111', attributes: { 'faas.name': 'orders-Http' } })
  expect(event).toMatchObject({ traceId: request1?.traceId, parentId: request1?.spanId })
  expect(taker?.links).toMatchObject([
    { spanId: request1?.spanId, attributes: { 'messaging.message.id': 'e1' } },
    { spanId: '2222222222222222' },
  ])
})

const sampled = (digit: string): string => `Root=1-5759e988-${digit.repeat(24)};Parent=${digit.repeat(16)};Sampled=1`

test('only the last spans are kept', () => {
  tracer.sample(1)
  for (let count = 0; count < 60_000; count += 1)
    tracer.published(String(count), eventOf(String(count)), sampled('1'), undefined)
  const names = tracer.about(order).map(({ name }) => Number(name))
  expect(names.at(-1)).toBe(59_999)
  expect(names.length).toBeGreaterThanOrEqual(20_000)
  expect(names.length).toBeLessThanOrEqual(25_000)
})
