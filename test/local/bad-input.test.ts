import { beforeAll, describe, expect, it } from 'vitest'
import { SignJWT, generateKeyPair } from 'jose'
import type { RawRequest } from '../../schemas/client.ts'
import { badLabels, badMetadata } from './bad-labels.ts'
import { badTexts } from './bad-texts.ts'
import { settle } from './control.ts'
import { itemCounts, unitsWritten } from './tables.ts'
import { type SignedIn, isLocal, place, raw, signIn, stocked, unique } from './target.ts'

let operator: SignedIn
let customer: SignedIn
let other: SignedIn
let sku: string
let euro: string
let dinar: string
let inactive: string
let orderId: string
let held: string
let committed: string
let cursorOfAudit: string

beforeAll(async () => {
  ;[operator, customer, other] = await Promise.all([signIn('operator'), signIn('customer'), signIn('other')])
  ;[sku, euro, dinar, inactive] = await Promise.all([
    stocked(operator, 5),
    stocked(operator, 5, { currency: 'EUR' }),
    stocked(operator, 0, { price: 1_235, currency: 'KWD' }),
    stocked(operator, 5, { active: false }),
  ])
  orderId = (await place(customer, { [sku]: 1 })).id
  const hold = { body: { lines: [line()] } }
  held = (await operator.api.createReservation({ ...hold, idempotencyKey: unique('hold') })).id
  committed = (await operator.api.createReservation({ ...hold, idempotencyKey: unique('hold') })).id
  await operator.api.commitReservation({ params: { id: committed } })
  if (isLocal) await settle()
  const { cursor } = await operator.api.listAudit({ query: { limit: 1 } })
  if (cursor === undefined) throw new Error('The audit has one record or none.')
  cursorOfAudit = cursor
})

const home = { name: 'Ann Customer', line1: '1 High Street', city: 'Leeds', country: 'GB' }
const json = { 'content-type': 'application/json' }
const order = (body: unknown, headers: Record<string, string> = {}): RawRequest => ({
  method: 'POST',
  path: '/orders',
  headers: { ...json, 'idempotency-key': unique('bad'), ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
const manual = { payment: { method: 'manual' } }
const line = (more: object = {}) => ({ sku, quantity: 1, ...more })
const get = (path: string): RawRequest => ({ method: 'GET', path })
const post = (path: string, body: unknown, headers: Record<string, string> = {}): RawRequest => ({
  method: 'POST',
  path,
  headers: { ...json, ...headers },
  body: JSON.stringify(body),
})
const limits = (body: unknown, userId = customer.userId): RawRequest => ({
  ...post(`/users/${userId}/limits`, body),
  method: 'PUT',
})
const setAside = { warehouseId: 'main', quantity: 1, kind: 'damaged', move: 'in', reason: 'found' }
const aside = (more: object): RawRequest =>
  post(`/inventory/${sku}/unavailable`, { ...setAside, ...more }, { 'idempotency-key': unique('aside') })
const lineOf = (line: string, body: unknown): RawRequest =>
  post(`/orders/${orderId}/lines/${line}/cancel`, body, { 'idempotency-key': unique('bad') })
const correction = (body: unknown): RawRequest =>
  post(`/users/${customer.userId}/wallet/corrections`, body, { 'idempotency-key': unique('bad') })
const inbound = (more: object): RawRequest =>
  post(
    `/inventory/${sku}/inbound`,
    { warehouseId: 'main', quantity: 1, expectedAt: '2099-01-01T00:00:00Z', ...more },
    { 'idempotency-key': unique('bad') },
  )
const between = { fromWarehouseId: 'main', toWarehouseId: 'nowhere', quantity: 1 }
const moving = (does: 'extend' | 'ship', id: string, body?: object): RawRequest =>
  post(`/reservations/${id}/${does}`, body, { 'idempotency-key': unique('bad') })
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString()
const address = { name: 'Some Body', line1: '1 Road', city: 'London', country: 'GB', type: 'shipping' }

interface Case {
  readonly name: string
  readonly who?: 'operator' | 'customer' | 'other' | 'nobody'
  readonly request: () => RawRequest
  readonly status: number
  readonly code?: string
  readonly paths?: readonly string[]
}

/** One of many adjustments; the sku is only known when the shop is open. */
const row = (more: object) => ({ key: unique('row'), warehouseId: 'main', delta: 1, reason: 'x', ...more })

const cases: readonly Case[] = [
  // Who may do what.
  { name: 'no token', who: 'nobody', request: () => get('/orders'), status: 401 },
  { name: 'no token on a POST', who: 'nobody', request: () => order({ lines: [line()], ...manual }), status: 401 },
  ...(
    [
      ['POST', '/products'],
      ['PATCH', '/products/A'],
      ['DELETE', '/products/A'],
      ['POST', '/products/import'],
      ['POST', '/imports'],
      ['GET', '/imports'],
      ['GET', '/imports/imp_A'],
      ['DELETE', '/imports/imp_A'],
      ['POST', '/products/A/photos'],
      ['GET', '/products/A/photos'],
      ['PATCH', '/products/A/photos/pho_A'],
      ['DELETE', '/products/A/photos/pho_A'],
      ['GET', '/products/A/labels'],
      ['PATCH', '/products/A/labels'],
      ['POST', '/stock-imports'],
      ['GET', '/stock-imports'],
      ['GET', '/stock-imports/imp_A'],
      ['DELETE', '/stock-imports/imp_A'],
      ['POST', '/categories'],
      ['GET', '/warehouses'],
      ['POST', '/warehouses'],
      ['GET', '/inventory/A/levels'],
      ['POST', '/inventory/A/adjustments'],
      ['POST', '/inventory/A/transfers'],
      ['POST', '/inventory/A/unavailable'],
      ['GET', '/inventory/A/movements'],
      ['PUT', '/inventory/A/levels/main'],
      ['POST', '/inventory/adjustments'],
      ['POST', '/inventory/A/inbound'],
      ['GET', '/inventory/A/inbound'],
      ['GET', '/inbound/inb_A'],
      ['PATCH', '/inbound/inb_A'],
      ['DELETE', '/inbound/inb_A'],
      ['POST', '/inbound/inb_A/receipts'],
      ['GET', '/transfers'],
      ['GET', '/transfers/trf_A'],
      ['POST', '/transfers/trf_A/receipts'],
      ['DELETE', '/transfers/trf_A'],
      ['POST', '/counts'],
      ['GET', '/counts'],
      ['GET', '/counts/cnt_A'],
      ['PUT', '/counts/cnt_A/lines/A'],
      ['POST', '/counts/cnt_A/post'],
      ['DELETE', '/counts/cnt_A'],
      ['GET', '/levels?low=true'],
      ['POST', '/reservations'],
      ['GET', '/reservations'],
      ['GET', '/shipments?warehouseId=main'],
      ['POST', '/reservations/rsv_A/extend'],
      ['POST', '/reservations/rsv_A/ship'],
      ['POST', '/orders/ord_A/approve'],
      ['POST', '/orders/ord_A/guest-link'],
      ['PATCH', '/payments/pay_A'],
      ['GET', '/audit'],
      ['GET', '/analytics/daily'],
      ['GET', '/analytics/funnel'],
      ['GET', '/analytics/top-products'],
      ['GET', '/users'],
      ['GET', '/users/A/limits'],
      ['PUT', '/users/A/limits'],
      ['POST', '/users/A/wallet/corrections'],
    ] as const
  ).map(([method, path]): Case => ({
    name: `a customer at ${method} ${path}`,
    request: () => ({
      method,
      path,
      headers: { ...json, 'idempotency-key': unique('bad') },
      ...(method !== 'GET' && { body: '{}' }),
    }),
    status: 403,
    code: 'forbidden',
  })),
  ...(['', '/history'] as const).map((path): Case => ({
    name: `somebody else's order${path}`,
    who: 'other',
    request: () => get(`/orders/${orderId}${path}`),
    status: 404,
    code: 'order_not_found',
  })),
  {
    name: "cancelling somebody else's order",
    who: 'other',
    request: () => post(`/orders/${orderId}/cancel`, {}),
    status: 404,
    code: 'order_not_found',
  },
  {
    name: 'a customer ordering for somebody else',
    request: () => order({ lines: [line()], ...manual, customerId: 'somebody' }),
    status: 403,
    code: 'customer_not_allowed',
    paths: ['customerId'],
  },

  {
    name: 'a customer who takes a hold over',
    request: () => order({ reservationId: held, ...manual }),
    status: 403,
    code: 'reservation_not_allowed',
    paths: ['reservationId'],
  },
  {
    name: 'an order that takes over what is committed',
    who: 'operator',
    request: () => order({ reservationId: committed, ...manual }),
    status: 409,
    code: 'reservation_not_held',
    paths: ['reservationId'],
  },
  {
    name: 'an order that takes over what another order has',
    who: 'operator',
    request: () => order({ reservationId: orderId, ...manual }),
    status: 409,
    code: 'reservation_of_order',
    paths: ['reservationId'],
  },
  ...(
    [
      ['neither lines nor a hold', {}, ['lines']],
      ['lines beside a hold', { reservationId: 'rsv_A', lines: [{ sku: 'A', quantity: 1 }] }, ['lines']],
      ['warehouses beside a hold', { reservationId: 'rsv_A', shipFrom: ['main'] }, ['shipFrom']],
      ['a wait beside a hold', { reservationId: 'rsv_A', backorder: true }, ['backorder']],
    ] as const
  ).map(([name, body, paths]): Case => ({
    name: `an order with ${name}`,
    who: 'operator',
    request: () => order({ ...body, ...manual }),
    status: 400,
    code: 'validation_failed',
    paths,
  })),

  // Idempotency keys.
  {
    name: 'an order without an idempotency key',
    request: () => post('/orders', { lines: [line()], ...manual }),
    status: 400,
    code: 'idempotency_key_required',
  },
  {
    name: 'an idempotency key of 256 characters',
    request: () => order({ lines: [line()], ...manual }, { 'idempotency-key': 'k'.repeat(256) }),
    status: 400,
    code: 'idempotency_key_invalid',
  },
  {
    name: 'an adjustment without an idempotency key',
    who: 'operator',
    request: () => post(`/inventory/${sku}/adjustments`, { warehouseId: 'main', delta: 1, reason: 'x' }),
    status: 400,
    code: 'idempotency_key_required',
  },

  {
    name: 'units set aside without an idempotency key',
    who: 'operator',
    request: () => post(`/inventory/${sku}/unavailable`, setAside),
    status: 400,
    code: 'idempotency_key_required',
  },

  // Levels.
  ...(
    [
      [{ quantity: 0 }, 'quantity'],
      [{ quantity: 1_000_001 }, 'quantity'],
      [{ quantity: 1.5 }, 'quantity'],
      [{ kind: 'stolen' }, 'kind'],
      [{ kind: 'constructor' }, 'kind'],
      [{ move: 'gone' }, 'move'],
      [{ reason: '' }, 'reason'],
      [{ warehouseId: '' }, 'warehouseId'],
      [{ by: 'me' }, 'by'],
    ] as const
  ).map(([wrong, path]): Case => ({
    name: `units set aside with ${JSON.stringify(wrong)}`,
    who: 'operator',
    request: () => aside(wrong),
    status: 400,
    code: 'validation_failed',
    paths: [path],
  })),
  {
    name: 'more units set aside than are available',
    who: 'operator',
    request: () => aside({ quantity: 1_000_000 }),
    status: 409,
    code: 'insufficient_stock',
  },
  {
    name: 'more units brought back than were set aside',
    who: 'operator',
    request: () => aside({ move: 'out', kind: 'safety' }),
    status: 409,
    code: 'insufficient_stock',
  },
  ...(
    [
      [{ keepBack: -1 }, 'keepBack'],
      [{ keepBack: null }, 'keepBack'],
      [{ keepBack: 1_000_000_001 }, 'keepBack'],
      [{ lowStockAt: 0.5 }, 'lowStockAt'],
      [{ lowStockAt: '3' }, 'lowStockAt'],
      [{ available: 3 }, 'available'],
    ] as const
  ).map(([wrong, path]): Case => ({
    name: `a level set to ${JSON.stringify(wrong)}`,
    who: 'operator',
    request: () => ({ ...post(`/inventory/${sku}/levels/main`, wrong), method: 'PUT' }),
    status: 400,
    code: 'validation_failed',
    paths: [path],
  })),

  // Fields of an order.
  ...(['price', 'status', 'total', 'id'] as const).map((field): Case => ({
    name: `an unknown field ${field}`,
    request: () => order({ lines: [line()], ...manual, [field]: 1 }),
    status: 400,
    code: 'validation_failed',
    paths: [field],
  })),
  {
    name: 'a price on a line',
    request: () => order({ lines: [line({ price: 1 })], ...manual }),
    status: 400,
    code: 'validation_failed',
    paths: ['lines[0].price'],
  },
  ...([0, -1, 1.5, 1e9, 1_000_001, '1', null, true] as const).map((quantity): Case => ({
    name: `a quantity of ${JSON.stringify(quantity)}`,
    request: () => order({ lines: [line({ quantity })], ...manual }),
    status: 400,
    code: 'validation_failed',
    paths: ['lines[0].quantity'],
  })),
  {
    name: 'every failing path at once',
    request: () =>
      order({ lines: [line({ quantity: 0 }), line({ sku: '../x' })], payment: { method: 'gold' }, notes: 7 }),
    status: 400,
    code: 'validation_failed',
    paths: ['lines[0].quantity', 'lines[1].sku', 'payment.method', 'notes'],
  },
  ...(
    [
      ['of no lines', [], 'lines'],
      ['of no units', [{ sku: 'A', quantity: 0 }], 'lines[0].quantity'],
      ['of a sku twice', ['A', 'B', 'A'].map((sku) => ({ sku, quantity: 1 })), 'lines[2].sku'],
      ['of 1,001 lines', Array.from({ length: 1_001 }, (_, index) => ({ sku: `A${index}`, quantity: 1 })), 'lines'],
    ] as const
  ).map(([name, lines, path]): Case => ({
    name: `a dispatch ${name}`,
    who: 'operator',
    request: () => post('/shipments/shp_A_1/dispatch', { carrier: 'Van', lines }),
    status: 400,
    code: 'validation_failed',
    paths: [path],
  })),
  {
    name: '1,001 lines',
    request: () => order({ lines: Array.from({ length: 1_001 }, () => line()), ...manual }),
    status: 400,
    code: 'validation_failed',
    paths: ['lines'],
  },
  {
    name: 'no lines',
    request: () => order({ lines: [], ...manual }),
    status: 400,
    code: 'validation_failed',
    paths: ['lines'],
  },
  {
    name: 'no payment',
    request: () => order({ lines: [line()] }),
    status: 400,
    code: 'validation_failed',
    paths: ['payment'],
  },
  ...([[], 'text', 1, null] as const).map((body): Case => ({
    name: `a body of ${JSON.stringify(body)}`,
    request: () => order(JSON.stringify(body)),
    status: 400,
    code: 'validation_failed',
  })),
  { name: 'no body', request: () => order(''), status: 400, code: 'validation_failed' },
  {
    name: 'a hold of a second',
    request: () => order({ lines: [line()], ...manual, holdSeconds: 1 }),
    status: 400,
    code: 'validation_failed',
    paths: ['holdSeconds'],
  },
  {
    name: 'a hold of a customer that is longer than the stage holds',
    request: () => order({ lines: [line()], ...manual, holdSeconds: 86_401 }),
    status: 422,
    code: 'hold_too_long',
    paths: ['holdSeconds'],
  },
  {
    name: 'a hold of 31 days',
    who: 'operator',
    request: () => order({ lines: [line()], ...manual, holdSeconds: 2_678_400 }),
    status: 400,
    code: 'validation_failed',
    paths: ['holdSeconds'],
  },
  ...([false, 'yes', null, 1] as const).map((backorder): Case => ({
    name: `a backorder of ${JSON.stringify(backorder)}`,
    request: () => order({ lines: [line()], ...manual, backorder }),
    status: 400,
    code: 'validation_failed',
    paths: ['backorder'],
  })),
  {
    name: 'a backorder that waits for a second',
    request: () => order({ lines: [line()], ...manual, backorder: { waitSeconds: 1 } }),
    status: 400,
    code: 'validation_failed',
    paths: ['backorder.waitSeconds'],
  },
  {
    name: 'a backorder with a deadline of its own',
    request: () => order({ lines: [line()], ...manual, backorder: { until: '2030-01-01' } }),
    status: 400,
    code: 'validation_failed',
    paths: ['backorder.until'],
  },
  {
    name: 'a backorder of a customer that waits for longer than the stage',
    request: () => order({ lines: [line()], ...manual, backorder: { waitSeconds: 7_776_001 } }),
    status: 422,
    code: 'hold_too_long',
    paths: ['backorder.waitSeconds'],
  },
  ...([{ allowed: 'yes' }, { cap: 1 }, { allowed: true, cap: -1 }, { allowed: true, shipBy: 'soon' }] as const).map(
    (backorder): Case => ({
      name: `a product with a backorder of ${JSON.stringify(backorder)}`,
      who: 'operator',
      request: () =>
        post('/products', { sku: unique('bad'), name: 'x', price: { amount: 1, currency: 'GBP' }, backorder }),
      status: 400,
      code: 'validation_failed',
    }),
  ),

  // Users.
  ...(['q=', 'q=%20', `q=${'a'.repeat(129)}`, 'limit=0', 'email=x'] as const).map((query): Case => ({
    name: `users with ${query.slice(0, 20)}`,
    who: 'operator',
    request: () => get(`/users?${query}`),
    status: 400,
    code: 'validation_failed',
    paths: [query.split('=')[0]!],
  })),
  {
    name: 'users with a cursor of another list',
    who: 'operator',
    request: () => get(`/users?cursor=${Buffer.from('{"pk":"all"}').toString('base64url')}`),
    status: 400,
    code: 'invalid_cursor',
    paths: ['cursor'],
  },

  // What a route does not know, where others know it.
  {
    name: 'lines to release where all is released',
    who: 'operator',
    request: () => post('/reservations/rsv_1/release', { lines: [line()] }, { 'idempotency-key': unique('k') }),
    status: 400,
    code: 'validation_failed',
    paths: ['lines'],
  },
  {
    name: 'a dry run where there is none',
    who: 'operator',
    request: () => ({ method: 'DELETE', path: `/products/${sku}?dryRun=true` }),
    status: 400,
    code: 'validation_failed',
    paths: ['dryRun'],
  },
  {
    name: 'half a character as a cursor',
    request: () => get('/orders?cursor=%F0%9F'),
    status: 400,
    code: 'validation_failed',
    paths: ['cursor'],
  },
  {
    name: 'orders with a cursor of the audit',
    who: 'operator',
    request: () => get(`/orders?limit=1&cursor=${cursorOfAudit}`),
    status: 400,
    code: 'invalid_cursor',
    paths: ['cursor'],
  },

  // The inbox.
  {
    name: 'an inbox that is unread perhaps',
    who: 'customer',
    request: () => get('/notifications?unread=perhaps'),
    status: 400,
    code: 'validation_failed',
    paths: ['unread'],
  },
  {
    name: 'an inbox with a cursor of another list',
    who: 'customer',
    request: () => get('/notifications?cursor=bm9uZQ'),
    status: 400,
    code: 'invalid_cursor',
  },
  ...(['ntf_1', 'ntf_1795957895515_1k65sjp0dtz8xcynbv5pvnpvzz', '__proto__'] as const).flatMap((id): Case[] => [
    {
      name: `reading the message ${id}`,
      who: 'customer',
      request: () => post(`/notifications/${id}/read`, undefined),
      status: 400,
      code: 'validation_failed',
      paths: ['id'],
    },
    {
      name: `reading everything up to ${id}`,
      who: 'customer',
      request: () => post('/notifications/read-all', { upTo: id }),
      status: 400,
      code: 'validation_failed',
      paths: ['upTo'],
    },
  ]),
  {
    name: 'reading a message that nobody has',
    who: 'customer',
    request: () => post('/notifications/ntf_1795957895515_1K65SJP0DTZ8XCYNBV5PVNPVZZ/read', undefined),
    status: 404,
    code: 'notification_not_found',
  },
  // The feed.
  ...(
    [
      ['types=', 'types[0]'],
      ['types=order.gone', 'types'],
      ['types=user.*', 'types'],
      ['types=order.placed,,stock.low', 'types[1]'],
      ['types=ORDER.*', 'types[0]'],
      [`types=${Array.from({ length: 51 }, () => 'order.*').join()}`, 'types'],
      ['orderId=%2F', 'orderId'],
      ['orderId=', 'orderId'],
      ['limit=0', 'limit'],
      ['limit=101', 'limit'],
      ['cursor=', 'cursor'],
      [`cursor=${'a'.repeat(201)}`, 'cursor'],
      ['type=order.placed', 'type'],
      ['from=2026-11-28', 'from'],
    ] as const
  ).map(([query, path]): Case => ({
    name: `a feed with ${query.slice(0, 40)}`,
    who: 'operator',
    request: () => get(`/events?${query}`),
    status: 400,
    code: 'validation_failed',
    paths: [path],
  })),
  ...(
    [
      ['of another list', '{"pk":"all"}'],
      ['of an inbox', '1795957895515#1K65SJP0DTZ8XCYNBV5PVNPVZZ'],
      ['of the future', 'feed:999999999999.0'],
      ['before its beginning', 'feed:0.0'],
      ['that has been written by hand', 'feed:1.00'],
    ] as const
  ).map(([what, text]): Case => ({
    name: `a feed with a cursor ${what}`,
    who: 'operator',
    request: () => get(`/events?cursor=${Buffer.from(text).toString('base64url')}`),
    status: 400,
    code: 'invalid_cursor',
    paths: ['cursor'],
  })),
  // Webhooks.
  ...(
    [
      'http://hooks.shop.com/',
      'https://10.0.0.1/',
      'https://0x0a.1/',
      'https://167772161/',
      'https://012.0.0.1/',
      'https://[::ffff:10.0.0.1]/',
      'https://[64:ff9b::a00:1]/',
      'https://[2002:a00:1::]/',
      'https://169.254.169.254/latest/meta-data',
      'https://metadata.google.internal/',
      'https://hooks.shop.com:8443/',
      'https://user:secret@hooks.shop.com/',
      'ftp://hooks.shop.com/',
      'nowhere',
      '',
      `https://hooks.shop.com/${'x'.repeat(2_000)}`,
    ] as const
  ).map((url): Case => ({
    name: `a webhook that goes to ${url.slice(0, 60)}`,
    who: 'operator',
    request: () => post('/webhooks', { url, events: ['order.*'] }),
    status: 400,
    code: 'validation_failed',
    paths: ['url'],
  })),
  ...(
    [
      [[], 'events'],
      [['order.gone'], 'events[0]'],
      [['user.*'], 'events[0]'],
      [['order.address'], 'events[0]'],
      [['order.*', 'order.*'], 'events'],
      ['order.*', 'events'],
    ] as const
  ).map(([events, path]): Case => ({
    name: `a webhook that asks for ${JSON.stringify(events)}`,
    who: 'operator',
    request: () => post('/webhooks', { url: 'https://hooks.shop.com/', events }),
    status: 400,
    code: 'validation_failed',
    paths: [path],
  })),
  {
    name: 'the deliveries of a webhook that is not there',
    who: 'operator',
    request: () => get('/webhooks/whk_01K9ZQ3V8W6T2N4R5XJ7C1D0EF/deliveries'),
    status: 404,
    code: 'webhook_not_found',
  },
  {
    name: 'a webhook whose id is none',
    who: 'operator',
    request: () => get('/webhooks/__proto__'),
    status: 400,
    code: 'validation_failed',
    paths: ['id'],
  },
  {
    name: 'a rotation whose overlap is a year',
    who: 'operator',
    request: () => post('/webhooks/whk_01K9ZQ3V8W6T2N4R5XJ7C1D0EF/rotate', { overlapSeconds: 31_536_000 }),
    status: 400,
    code: 'validation_failed',
    paths: ['overlapSeconds'],
  },
  {
    name: 'what failed since yesterday, as people put it',
    who: 'operator',
    request: () => post('/webhooks/whk_01K9ZQ3V8W6T2N4R5XJ7C1D0EF/redeliver', { since: 'yesterday' }),
    status: 400,
    code: 'validation_failed',
    paths: ['since'],
  },
  {
    name: 'webhooks for a customer',
    who: 'customer',
    request: () => get('/webhooks'),
    status: 403,
    code: 'forbidden',
  },
  // Reports.
  ...(
    [
      ['daily', 'from=yesterday', 'from'],
      ['daily', 'from=2026-02-30', 'from'],
      ['daily', 'to=2026-11-28T12:00:00Z', 'to'],
      ['daily', 'to=2027-02-29', 'to'],
      ['daily', 'from=2026-11-28&to=2026-11-27', 'from'],
      ['daily', 'from=2025-11-27&to=2026-11-28', 'from'],
      ['daily', 'limit=1', 'limit'],
      ['funnel', 'from=yesterday', 'from'],
      ['funnel', 'to=2027-02-29', 'to'],
      ['funnel', 'from=2026-11-28&to=2026-11-27', 'from'],
      ['funnel', 'from=2025-11-27&to=2026-11-28', 'from'],
      ['funnel', 'currency=GBP', 'currency'],
      ['top-products', 'from=2026-11-28&to=2026-11-27', 'from'],
      ['top-products', 'from=2026-10-28&to=2026-11-28', 'from'],
      ['top-products', 'to=2026-11-31', 'to'],
      ['top-products', 'by=name', 'by'],
      ['top-products', 'currency=ZZZ', 'currency'],
      ['top-products', 'limit=0', 'limit'],
      ['top-products', 'limit=101', 'limit'],
    ] as const
  ).map(([report, query, path]): Case => ({
    name: `a report ${report} with ${query}`,
    who: 'operator',
    request: () => get(`/analytics/${report}?${query}`),
    status: 400,
    code: 'validation_failed',
    paths: [path],
  })),

  // The audit.
  ...(['actor=', 'subject=', 'from=yesterday', 'to=2026-11-28', 'limit=0', 'limit=101', 'who=x'] as const).map(
    (query): Case => ({
      name: `an audit with ${query}`,
      who: 'operator',
      request: () => get(`/audit?${query}`),
      status: 400,
      code: 'validation_failed',
      paths: [query.split('=')[0]!],
    }),
  ),
  {
    name: 'an audit that ends before it begins',
    who: 'operator',
    request: () => get('/audit?from=2026-11-28T12:00:00Z&to=2026-11-27T12:00:00Z'),
    status: 400,
    code: 'validation_failed',
    paths: ['from'],
  },
  ...(['x', 'MTIz', Buffer.from('1764331200000#..').toString('base64url')] as const).map((cursor): Case => ({
    name: `an audit with a cursor of ${cursor}`,
    who: 'operator',
    request: () => get(`/audit?cursor=${cursor}`),
    status: 400,
    code: 'invalid_cursor',
    paths: ['cursor'],
  })),

  // Limits of a customer.
  ...([-1, 1.5, 1_001, '1', 'none', true, {}] as const).map((openHolds): Case => ({
    name: `a limit of ${JSON.stringify(openHolds)} open holds`,
    who: 'operator',
    request: () => limits({ openHolds }),
    status: 400,
    code: 'validation_failed',
    paths: ['openHolds'],
  })),
  ...(
    [
      ['/levels', 'warehouseId'],
      ['/levels?low=false', 'low'],
      ['/levels?warehouseId=main&deleted=false', 'deleted'],
      ['/levels?low=true&limit=0', 'limit'],
      ['/levels?low=true&cursor=x', 'cursor'],
      ['/levels?warehouseId=main&cursor=x', 'cursor'],
      ['/reservations?status=released', 'status'],
      ['/reservations?status=waiting&expiresBefore=2026-11-29T00:00:00Z', 'expiresBefore'],
      ['/reservations?expiresBefore=tomorrow', 'expiresBefore'],
      ['/reservations?cursor=x', 'cursor'],
      ['/shipments', 'warehouseId'],
      ['/shipments?warehouseId=main&status=open', 'status'],
      ['/shipments?warehouseId=main&cursor=x', 'cursor'],
      ['/inventory', 'sku'],
      [`/inventory?sku=${Array.from({ length: 101 }, (_, index) => `A${index}`).join()}`, 'sku'],
      ['/inventory?sku=A,,B', 'sku[1]'],
    ] as const
  ).map(([path, field]): Case => ({
    name: `a list of ${path.slice(0, 70)}`,
    who: 'operator',
    request: () => get(path),
    status: 400,
    code: path.includes('cursor') ? 'invalid_cursor' : 'validation_failed',
    paths: [field],
  })),
  ...([-1, 1.5, 1_000_000_001, '1', 'Unlimited', []] as const).map((unitsPerSku): Case => ({
    name: `a limit of ${JSON.stringify(unitsPerSku)} units`,
    who: 'operator',
    request: () => limits({ unitsPerSku }),
    status: 400,
    code: 'validation_failed',
    paths: ['unitsPerSku'],
  })),
  {
    name: 'an unknown limit',
    who: 'operator',
    request: () => limits({ orders: 1 }),
    status: 400,
    code: 'validation_failed',
    paths: ['orders'],
  },
  { name: 'no limits', who: 'operator', request: () => limits(undefined), status: 400, code: 'validation_failed' },
  {
    name: 'limits of nobody',
    who: 'operator',
    request: () => limits({ openHolds: 1 }, 'nobody'),
    status: 404,
    code: 'user_not_found',
  },
  {
    name: 'limits that somebody else has changed since',
    who: 'operator',
    request: () => ({ ...limits({ openHolds: 1 }), headers: { ...json, 'if-match': '"old"' } }),
    status: 412,
    code: 'version_mismatch',
  },
  {
    name: 'unknown skus, each named',
    request: () => order({ lines: [line({ sku: 'NOPE-1' }), line(), line({ sku: 'NOPE-2' })], ...manual }),
    status: 422,
    code: 'unknown_sku',
    paths: ['lines[0].sku', 'lines[2].sku'],
  },
  {
    name: 'an inactive product',
    request: () => order({ lines: [line(), line({ sku: inactive })], ...manual }),
    status: 422,
    code: 'product_inactive',
    paths: ['lines[1].sku'],
  },
  {
    name: 'two currencies',
    request: () => order({ lines: [line(), line({ sku: euro })], ...manual }),
    status: 422,
    code: 'currency_mismatch',
    paths: ['lines[1].sku'],
  },
  {
    name: 'a card for dinars with a last digit',
    request: () => order({ lines: [line({ sku: dinar })], payment: { method: 'card', token: 'tok_accepted' } }),
    status: 422,
    code: 'not_payable_by_card',
    paths: ['payment.method'],
  },
  {
    name: 'a total that the buyer was not shown',
    request: () => order({ lines: [line()], ...manual, expectedTotal: { amount: 1, currency: 'GBP' } }),
    status: 409,
    code: 'price_changed',
  },
  {
    name: 'a total in another currency',
    request: () => order({ lines: [line()], ...manual, expectedTotal: { amount: 1, currency: 'EUR' } }),
    status: 422,
    code: 'currency_mismatch',
    paths: ['expectedTotal.currency'],
  },
  {
    name: 'a total without a currency',
    request: () => order({ lines: [line()], ...manual, expectedTotal: { amount: 1 } }),
    status: 400,
    code: 'validation_failed',
    paths: ['expectedTotal.currency'],
  },
  {
    name: "cancelling a line of somebody else's order",
    who: 'other',
    request: () => lineOf(sku, {}),
    status: 404,
    code: 'order_not_found',
  },
  { name: 'a line that is not there', request: () => lineOf('nothing', {}), status: 404, code: 'line_not_found' },
  {
    name: 'a line of an order that is not confirmed',
    request: () => lineOf(sku, { quantity: 1 }),
    status: 409,
    code: 'line_not_confirmed',
  },
  ...([0, -1, 1.5, '1', 1_000_001] as const).map((quantity): Case => ({
    name: `cancelling ${JSON.stringify(quantity)} of a line`,
    request: () => lineOf(sku, { quantity }),
    status: 400,
    code: 'validation_failed',
    paths: ['quantity'],
  })),
  {
    name: 'cancelling a line without an idempotency key',
    request: () => post(`/orders/${orderId}/lines/${sku}/cancel`, {}),
    status: 400,
    code: 'idempotency_key_required',
  },
  {
    name: "cancelling somebody else's shipments",
    who: 'other',
    request: () => ({ method: 'DELETE', path: `/orders/${orderId}/shipments` }),
    status: 404,
    code: 'order_not_found',
  },
  {
    name: "taking a line out of somebody else's shipments",
    who: 'other',
    request: () => post(`/orders/${orderId}/shipments/cancellations`, { sku }, { 'idempotency-key': unique('bad') }),
    status: 404,
    code: 'order_not_found',
  },
  {
    name: 'a correction without a reason',
    who: 'operator',
    request: () => correction({ amount: { amount: 1, currency: 'GBP' } }),
    status: 400,
    code: 'validation_failed',
    paths: ['reason'],
  },
  {
    name: 'a correction of less than nothing',
    who: 'operator',
    request: () => correction({ amount: { amount: -1, currency: 'GBP' }, reason: 'typing error' }),
    status: 400,
    code: 'validation_failed',
    paths: ['amount.amount'],
  },
  {
    name: 'a correction of more than the wallet has',
    who: 'operator',
    request: () => correction({ amount: { amount: 1_000_000_000_000, currency: 'GBP' }, reason: 'typing error' }),
    status: 409,
    code: 'balance_too_small',
  },
  {
    name: 'a correction without an idempotency key',
    who: 'operator',
    request: () =>
      post(`/users/${customer.userId}/wallet/corrections`, { amount: { amount: 1, currency: 'GBP' }, reason: 'x' }),
    status: 400,
    code: 'idempotency_key_required',
  },
  {
    name: 'one sku on two lines for too many units together',
    request: () => order({ lines: [line({ quantity: 600_000 }), line({ quantity: 600_000 })], ...manual }),
    status: 400,
    code: 'validation_failed',
    paths: ['lines[1].quantity'],
  },

  // Bodies.
  {
    name: 'a body of 2 MB',
    request: () => order({ lines: [line()], ...manual, notes: 'x'.repeat(2_000_000) }),
    status: 413,
    code: 'body_too_large',
  },
  { name: 'broken JSON', request: () => order('{"lines": ['), status: 400, code: 'invalid_json' },
  {
    name: 'a wrong content type',
    request: () => order({ lines: [line()], ...manual }, { 'content-type': 'text/plain' }),
    status: 415,
    code: 'unsupported_media_type',
  },
  {
    name: 'a prototype in disguise',
    request: () => order(`{"__proto__":{"x":1},"lines":[{"sku":"${sku}","quantity":1}],"payment":{"method":"manual"}}`),
    status: 400,
    code: 'validation_failed',
  },

  // Paths and queries.
  ...(['..%2F..%2Fetc', '%00', 'a%2Fb', '%20', 'x'.repeat(65)] as const).map((id): Case => ({
    name: `an order id of ${id.slice(0, 20)}`,
    request: () => get(`/orders/${id}`),
    status: 400,
    code: 'validation_failed',
    paths: ['id'],
  })),
  { name: 'an order that is not there', request: () => get('/orders/ord_NOPE'), status: 404, code: 'order_not_found' },
  { name: 'a route that is not there', request: () => get('/nothing/here'), status: 404 },
  ...(['x', 'e30', Buffer.from('{"pk":"other","sk":"order"}').toString('base64url')] as const).map((cursor): Case => ({
    name: `a cursor of ${cursor}`,
    request: () => get(`/orders?cursor=${cursor}`),
    status: 400,
    code: 'invalid_cursor',
    paths: ['cursor'],
  })),
  ...(['0', '101', '-1', 'x', '1.5'] as const).map((limit): Case => ({
    name: `a limit of ${limit}`,
    request: () => get(`/orders?limit=${limit}`),
    status: 400,
    code: 'validation_failed',
    paths: ['limit'],
  })),
  {
    name: 'an unknown status to list by',
    request: () => get('/orders?status=lost'),
    status: 400,
    code: 'validation_failed',
    paths: ['status'],
  },
  {
    name: 'an unknown query parameter',
    request: () => get('/products?color=red'),
    status: 400,
    code: 'validation_failed',
    paths: ['color'],
  },

  // What operators send.
  {
    name: 'a product with a price that is no integer, and an unknown currency',
    who: 'operator',
    request: () => post('/products', { sku: unique('bad'), name: 'x', price: { amount: 2.55, currency: 'XXZ' } }),
    status: 400,
    code: 'validation_failed',
    paths: ['price.amount', 'price.currency'],
  },
  {
    name: 'a product that exists',
    who: 'operator',
    request: () => post('/products', { sku, name: 'x', price: { amount: 1, currency: 'GBP' } }),
    status: 409,
    code: 'product_exists',
  },
  {
    name: 'a product of an unknown category',
    who: 'operator',
    request: () =>
      post('/products', { sku: unique('bad'), name: 'x', price: { amount: 1, currency: 'GBP' }, categoryId: 'nope' }),
    status: 422,
    code: 'unknown_category',
    paths: ['categoryId'],
  },
  {
    name: 'an adjustment of an unknown product',
    who: 'operator',
    request: () =>
      post(
        '/inventory/NOPE/adjustments',
        { warehouseId: 'main', delta: 1, reason: 'x' },
        { 'idempotency-key': unique('bad') },
      ),
    status: 404,
    code: 'product_not_found',
  },
  {
    name: 'an adjustment in an unknown warehouse',
    who: 'operator',
    request: () =>
      post(
        `/inventory/${sku}/adjustments`,
        { warehouseId: 'nope', delta: 1, reason: 'x' },
        { 'idempotency-key': unique('bad') },
      ),
    status: 422,
    code: 'unknown_warehouse',
    paths: ['warehouseId'],
  },
  {
    name: 'an adjustment below zero',
    who: 'operator',
    request: () =>
      post(
        `/inventory/${sku}/adjustments`,
        { warehouseId: 'main', delta: -6, reason: 'x' },
        { 'idempotency-key': unique('bad') },
      ),
    status: 409,
    code: 'insufficient_stock',
  },
  {
    name: 'a count of another level than expected',
    who: 'operator',
    request: () =>
      post(
        `/inventory/${sku}/adjustments`,
        { warehouseId: 'main', set: 9, expected: 4, reason: 'x' },
        { 'idempotency-key': unique('bad') },
      ),
    status: 409,
    code: 'level_changed',
  },
  {
    name: 'an adjustment with both delta and set',
    who: 'operator',
    request: () =>
      post(
        `/inventory/${sku}/adjustments`,
        { warehouseId: 'main', set: 9, delta: 4, reason: 'x' },
        { 'idempotency-key': unique('bad') },
      ),
    status: 400,
    code: 'validation_failed',
    paths: ['delta'],
  },
  ...(
    [
      ['no rows', [], ['rows']],
      ['a row without a key', [row({ key: undefined })], ['rows[0].key']],
      ['a row without a reason', [row({}), row({ reason: undefined })], ['rows[1].reason']],
      ['a row with delta and set', [row({}), row({ set: 4 })], ['rows[1].delta']],
      ['a row of nothing', [row({ delta: 0 })], ['rows[0].delta']],
      ['half a unit', [row({ delta: 0.5 })], ['rows[0].delta']],
      ['a row with an unknown field', [row({ level: 4 })], ['rows[0].level']],
      ['1,001 rows', Array.from({ length: 1_001 }, () => row({})), ['rows']],
      [
        'many wrong rows among right ones',
        [row({}), row({ sku: '' }), row({}), row({ delta: undefined, set: -1 })],
        ['rows[1].sku', 'rows[3].set'],
      ],
    ] as const
  ).map(([name, rows, paths]): Case => ({
    name: `adjustments with ${name}`,
    who: 'operator',
    request: () => post('/inventory/adjustments', { rows: rows.map((each) => ({ sku, ...each })) }),
    status: 400,
    code: 'validation_failed',
    paths: [...paths],
  })),
  ...(
    [
      ['no units', { quantity: 0 }, ['quantity']],
      ['too many units', { quantity: 1_000_001 }, ['quantity']],
      ['half a unit', { quantity: 0.5 }, ['quantity']],
      ['a day without a time', { expectedAt: '2099-01-01' }, ['expectedAt']],
      ['a time of another zone', { expectedAt: '2099-01-01T00:00:00+01:00' }, ['expectedAt']],
      ['no time and no warehouse', { expectedAt: undefined, warehouseId: undefined }, ['warehouseId', 'expectedAt']],
      ['units that have come', { received: 1 }, ['received']],
      ['an empty reference', { reference: '' }, ['reference']],
    ] as const
  ).map(([name, more, paths]): Case => ({
    name: `an inbound with ${name}`,
    who: 'operator',
    request: () => inbound(more),
    status: 400,
    code: 'validation_failed',
    paths: [...paths],
  })),
  ...(
    [
      ['PATCH', '/inbound/inb_A', {}, []],
      ['PATCH', '/inbound/inb_A', { quantity: 0, warehouseId: 'main' }, ['quantity', 'warehouseId']],
      ['PATCH', '/inbound/inb_A', { expectedAt: null }, ['expectedAt']],
      ['POST', '/inbound/inb_A/receipts', {}, ['quantity']],
      ['POST', '/inbound/inb_A/receipts', { quantity: 0 }, ['quantity']],
      ['POST', '/inbound/inb_A/receipts', { quantity: -1, refused: 0 }, ['quantity', 'refused']],
      ['POST', '/inbound/inb_A/receipts', { quantity: 1, final: false }, ['final']],
      ['POST', '/inbound/inb_A/receipts', { quantity: 1, reason: ' ' }, ['reason']],
      ['POST', '/transfers/trf_A/receipts', { quantity: 0 }, ['quantity']],
      ['POST', '/transfers/trf_A/receipts', { quantity: 1, missing: 1 }, ['reason']],
      ['POST', '/transfers/trf_A/receipts', { quantity: 1, missing: 0, reason: 'x' }, ['missing']],
      ['GET', '/transfers?limit=0', undefined, ['limit']],
    ] as const
  ).map(([method, path, body, paths]): Case => ({
    name: `${method} ${path} with ${JSON.stringify(body)}`,
    who: 'operator',
    request: () => ({
      method,
      path,
      headers: { ...json, 'idempotency-key': unique('bad') },
      ...(body && { body: JSON.stringify(body) }),
    }),
    status: 400,
    code: 'validation_failed',
    ...(paths.length > 0 && { paths: [...paths] }),
  })),
  ...(['/inbound/inb_A/receipts', '/transfers/trf_A/receipts'] as const).map((path): Case => ({
    name: `POST ${path} without a key`,
    who: 'operator',
    request: () => post(path, { quantity: 1 }),
    status: 400,
    code: 'idempotency_key_required',
  })),
  {
    name: 'a transfer that is to arrive on no day',
    who: 'operator',
    request: () => post(`/inventory/${sku}/transfers`, { ...between, expectedAt: 'soon' }),
    status: 400,
    code: 'validation_failed',
    paths: ['expectedAt'],
  },
  {
    name: 'a transfer with a time in transit to no warehouse',
    who: 'operator',
    request: () => post(`/inventory/${sku}/transfers`, { ...between, expectedAt: '2099-01-01T00:00:00Z' }),
    status: 422,
    code: 'unknown_warehouse',
    paths: ['toWarehouseId'],
  },
  ...(
    [
      ['no skus', { skus: [] }, ['skus']],
      ['a sku twice', { skus: ['A', 'B', 'A'] }, ['skus']],
      ['1,001 skus', { skus: Array.from({ length: 1_001 }, (_, index) => `A-${index}`) }, ['skus']],
      ['wrong skus among right ones', { skus: ['A', '', 'B', 'x'.repeat(65)] }, ['skus[1]', 'skus[3]']],
      ['no warehouse', { warehouseId: undefined }, ['warehouseId']],
      ['an empty reference', { reference: '' }, ['reference']],
      ['units', { counted: 4 }, ['counted']],
    ] as const
  ).map(([name, more, paths]): Case => ({
    name: `a count with ${name}`,
    who: 'operator',
    request: () => post('/counts', { warehouseId: 'main', skus: ['A'], ...more }, { 'idempotency-key': unique('bad') }),
    status: 400,
    code: 'validation_failed',
    paths: [...paths],
  })),
  ...(
    [
      ['nothing in it', {}, ['']],
      [
        'half an address',
        { shippingAddress: { name: 'A', country: 'GB' } },
        ['shippingAddress.line1', 'shippingAddress.city'],
      ],
      ['another country than there is', { shippingAddress: { ...home, country: 'ZZZ' } }, ['shippingAddress.country']],
      ['other lines', { shippingAddress: home, lines: [] }, ['lines']],
    ] as const
  ).map(([name, body, paths]): Case => ({
    name: `a change of an order with ${name}`,
    who: 'customer',
    request: () => ({ method: 'PATCH', path: `/orders/${orderId}`, headers: json, body: JSON.stringify(body) }),
    status: 400,
    code: 'validation_failed',
    paths: [...paths],
  })),
  {
    name: 'adjustments with a policy that is none',
    who: 'operator',
    request: () => post('/inventory/adjustments', { rows: [{ sku, ...row({}) }], policy: 'none' }),
    status: 400,
    code: 'validation_failed',
    paths: ['policy'],
  },
  ...['text/csv', 'application/x-ndjson'].map((type): Case => ({
    name: `an empty import of ${type}`,
    who: 'operator',
    request: () => ({ method: 'POST', path: '/products/import', headers: { 'content-type': type }, body: '' }),
    status: 400,
    code: 'validation_failed',
    paths: [''],
  })),
  ...(
    [
      ['no kind', {}, 'kind'],
      ['a kind that is none', { kind: 'orders' }, 'kind'],
      ['another format', { kind: 'products', format: 'xlsx' }, 'format'],
      ['an encoding that nobody reads', { kind: 'products', encoding: 'utf-7' }, 'encoding'],
      ['an unknown field', { kind: 'products', url: 'https://example.com/a.csv' }, 'url'],
    ] as const
  ).map(([name, body, path]): Case => ({
    name: `an import with ${name}`,
    who: 'operator',
    request: () => post('/imports', body),
    status: 400,
    code: 'validation_failed',
    paths: [path],
  })),
  ...(
    [
      ['no type', {}, 'contentType'],
      ['the type of an SVG', { contentType: 'image/svg+xml' }, 'contentType'],
      ['a type with a parameter', { contentType: 'image/png; charset=utf-8' }, 'contentType'],
      ['a text without letters', { contentType: 'image/png', alt: '  ' }, 'alt'],
      ['a text that is too long', { contentType: 'image/png', alt: 'a'.repeat(301) }, 'alt'],
      ['an id that is none', { contentType: 'image/png', replaces: '../photo' }, 'replaces'],
      ['an unknown field', { contentType: 'image/png', url: 'https://example.com/a.png' }, 'url'],
    ] as const
  ).map(([name, body, path]): Case => ({
    name: `a photo with ${name}`,
    who: 'operator',
    request: () => post(`/products/${sku}/photos`, body),
    status: 400,
    code: 'validation_failed',
    paths: [path],
  })),
  {
    name: 'a photo in the place of one that is not there',
    who: 'operator',
    request: () => post(`/products/${sku}/photos`, { contentType: 'image/png', replaces: 'pho_NONE' }),
    status: 404,
    code: 'photo_not_found',
    paths: ['replaces'],
  },
  {
    name: 'a photo of a product that is not there',
    who: 'operator',
    request: () => post('/products/NOPE/photos', { contentType: 'image/png' }),
    status: 404,
    code: 'product_not_found',
  },
  ...badTexts.map(({ path, body, method, ...bad }): Case => {
    const there = () => path.replace('{sku}', sku).replace('{order}', orderId).replace('{customer}', customer.userId)
    return {
      ...bad,
      request: () => ({ ...post(there(), body, { 'idempotency-key': unique('bad') }), method }),
      status: 400,
      code: 'validation_failed',
    }
  }),
  ...badMetadata.map(([name, body, paths]): Case => ({
    name: `an adjustment with ${name}`,
    who: 'operator',
    request: () =>
      post(
        `/inventory/${sku}/adjustments`,
        { warehouseId: 'main', delta: 1, reason: 'x', ...body },
        { 'idempotency-key': unique('bad') },
      ),
    status: 400,
    code: 'validation_failed',
    paths,
  })),
  ...badMetadata.map(([name, body, paths]): Case => ({
    name: `many adjustments, one with ${name}`,
    who: 'operator',
    request: () =>
      post('/inventory/adjustments', {
        rows: [
          { sku, ...row({}) },
          { sku, ...row(body) },
        ],
      }),
    status: 400,
    code: 'validation_failed',
    paths: paths.map((path) => `rows[1].${path}`),
  })),
  ...badLabels.map(([name, body, paths]): Case => ({
    name: `labels of a payment with ${name}`,
    who: 'operator',
    request: () => ({ ...post(`/payments/${orderId.replace('ord_', 'pay_')}`, body), method: 'PATCH' }),
    status: 400,
    code: 'validation_failed',
    paths,
  })),
  {
    name: 'labels of a payment that is not there',
    who: 'operator',
    request: () => ({ ...post('/payments/pay_NONE', { metadata: { books: '1' } }), method: 'PATCH' }),
    status: 404,
    code: 'payment_not_found',
  },
  ...badLabels.map(([name, body, paths]): Case => ({
    name: `labels of a product with ${name}`,
    who: 'operator',
    request: () => ({ ...post(`/products/${sku}/labels`, body), method: 'PATCH' }),
    status: 400,
    code: 'validation_failed',
    paths,
  })),
  {
    name: 'labels of a product that is not there',
    who: 'operator',
    request: () => ({ ...post('/products/NOPE/labels', { metadata: { erp: '1' } }), method: 'PATCH' }),
    status: 404,
    code: 'product_not_found',
  },
  {
    name: 'the file of a photo under a name that is none',
    who: 'nobody',
    request: () => get('/photos/pho_A/..%2F..%2Fuploads'),
    status: 400,
    code: 'validation_failed',
    paths: ['file'],
  },
  {
    name: 'the file of a photo that is not there',
    who: 'nobody',
    request: () => get('/photos/pho_A/00000000000000000000000000000000.jpg'),
    status: 404,
    code: 'photo_not_found',
  },
  {
    name: 'deleting a product with reserved units',
    who: 'operator',
    request: () => ({ method: 'DELETE', path: `/products/${sku}` }),
    status: 409,
    code: 'product_reserved',
  },
  {
    name: 'a reservation of unknown and known products',
    who: 'operator',
    request: () =>
      post('/reservations', { lines: [line(), { sku: 'NOPE', quantity: 1 }] }, { 'idempotency-key': unique('bad') }),
    status: 422,
    code: 'unknown_sku',
    paths: ['lines[1].sku'],
  },

  ...(
    [
      ['by nothing', {}, 'holdSeconds'],
      ['by seconds, and until a time', { holdSeconds: 60, expiresAt: inDays(2) }, 'holdSeconds'],
      ['by a moment', { holdSeconds: 59 }, 'holdSeconds'],
      ['by more than 30 days', { holdSeconds: 2_592_001 }, 'holdSeconds'],
      ['until no time', { expiresAt: 'tomorrow' }, 'expiresAt'],
    ] as const
  ).map(([name, body, path]): Case => ({
    name: `an extension ${name}`,
    who: 'operator',
    request: () => moving('extend', held, body),
    status: 400,
    code: 'validation_failed',
    paths: [path],
  })),
  {
    name: 'an extension beyond 30 days after the making',
    who: 'operator',
    request: () => moving('extend', held, { expiresAt: inDays(4_000) }),
    status: 422,
    code: 'hold_too_long',
    paths: ['expiresAt'],
  },
  {
    name: 'an extension that makes a hold shorter',
    who: 'operator',
    request: () => moving('extend', held, { holdSeconds: 60 }),
    status: 409,
    code: 'hold_shorter',
    paths: ['holdSeconds'],
  },
  {
    name: 'an extension of what is committed',
    who: 'operator',
    request: () => moving('extend', committed, { holdSeconds: 172_800 }),
    status: 409,
    code: 'reservation_not_held',
  },
  {
    name: 'the extension of the hold of an order',
    who: 'operator',
    request: () => moving('extend', orderId, { holdSeconds: 172_800 }),
    status: 409,
    code: 'reservation_of_order',
  },
  {
    name: 'a departure without an idempotency key',
    who: 'operator',
    request: () => post(`/reservations/${committed}/ship`, {}),
    status: 400,
    code: 'idempotency_key_required',
  },
  {
    name: 'a departure of what is only held',
    who: 'operator',
    request: () => moving('ship', held),
    status: 409,
    code: 'reservation_not_committed',
  },
  {
    name: 'a departure of what an order has',
    who: 'operator',
    request: () => moving('ship', orderId),
    status: 409,
    code: 'reservation_of_order',
  },
  {
    name: 'a departure of more than is left',
    who: 'operator',
    request: () => moving('ship', committed, { lines: [line({ quantity: 2 })] }),
    status: 409,
    code: 'reservation_exceeded',
    paths: ['lines[0].quantity'],
  },
  ...(
    [
      ['of no lines', { lines: [] }, 'lines'],
      ['of no units', { lines: [{ sku: 'A', quantity: 0 }] }, 'lines[0].quantity'],
      ['to somewhere', { carrier: 'Post' }, 'carrier'],
    ] as const
  ).map(([name, body, path]): Case => ({
    name: `a departure ${name}`,
    who: 'operator',
    request: () => moving('ship', committed, body),
    status: 400,
    code: 'validation_failed',
    paths: [path],
  })),

  // Sign-up and sign-in.
  {
    name: 'a weak password',
    who: 'nobody',
    request: () => post('/users', { email: `${unique('u')}@holdfast.test`, password: 'password' }),
    status: 400,
    code: 'validation_failed',
    paths: ['password'],
  },
  {
    name: 'an address that is taken',
    who: 'nobody',
    request: () => post('/users', { email: 'Customer@holdfast.test', password: 'Another-1!' }),
    status: 409,
    code: 'email_taken',
  },
  {
    name: 'a role at sign-up',
    who: 'nobody',
    request: () =>
      post('/users', { email: `${unique('u')}@holdfast.test`, password: 'Another-1!', roles: ['operator'] }),
    status: 400,
    code: 'validation_failed',
    paths: ['roles'],
  },
  {
    name: 'an order of a guest that a wallet pays',
    who: 'operator',
    request: () => order({ lines: [line()], payment: { method: 'wallet' }, customerId: 'guest' }),
    status: 400,
    code: 'validation_failed',
    paths: ['payment.method'],
  },
  {
    name: 'a guest of a customer',
    request: () => order({ lines: [line()], ...manual, guest: { name: 'Ann', email: 'ann@holdfast.test' } }),
    status: 403,
    code: 'customer_not_allowed',
    paths: ['guest'],
  },
  ...(
    [
      ['beside a user', { guest: { name: 'Ann', email: 'ann@holdfast.test' } }, 'guest'],
      ['without an address', { customerId: 'guest', guest: { name: 'Ann' } }, 'guest.email'],
      ['whose address is none', { customerId: 'guest', guest: { name: 'Ann', email: 'ann' } }, 'guest.email'],
      ['without a name', { customerId: 'guest', guest: { name: ' ', email: 'ann@holdfast.test' } }, 'guest.name'],
    ] as const
  ).map(([what, more, path]) => ({
    name: `a guest ${what}`,
    who: 'operator' as const,
    request: () => order({ lines: [line()], ...manual, ...more }),
    status: 400,
    code: 'validation_failed',
    paths: [path],
  })),
  { name: 'a link that is none', request: () => get('/guest-orders/me'), status: 400, code: 'validation_failed' },
  {
    name: 'a link that opens nothing',
    request: () => get(`/guest-orders/${'a'.repeat(43)}`),
    status: 404,
    code: 'order_not_found',
  },
  ...(
    [
      ['no scope', { scopes: [] }, 'scopes'],
      ['a scope twice', { scopes: ['stock:read', 'stock:read'] }, 'scopes'],
      ['a scope that is none', { scopes: ['stock:steal'] }, 'scopes[0]'],
      ['the scope to make keys', { scopes: ['keys:write'] }, 'scopes[0]'],
      ['an end that is over', { expiresAt: '2001-01-01T00:00:00Z' }, 'expiresAt'],
      ['an end that is no time', { expiresAt: 'tomorrow' }, 'expiresAt'],
      ['no name', { name: ' ' }, 'name'],
      ['a secret of its own', { key: 'hfk_mine' }, 'key'],
    ] as const
  ).map(([what, more, path]) => ({
    name: `an API key with ${what}`,
    who: 'operator' as const,
    request: () => post('/api-keys', { name: 'Till', scopes: ['stock:read'], ...more }),
    status: 400,
    code: 'validation_failed',
    paths: [path],
  })),
  {
    name: 'an overlap of a year',
    who: 'operator',
    request: () => post('/api-keys/key_1/rotate', { overlapSeconds: 31_536_000 }),
    status: 400,
    code: 'validation_failed',
    paths: ['overlapSeconds'],
  },
  {
    name: 'a wrong password',
    who: 'nobody',
    request: () => post('/sessions', { email: 'customer@holdfast.test', password: 'Wrong-1!' }),
    status: 401,
    code: 'wrong_credentials',
  },
  {
    name: 'an email in a profile',
    request: () => ({ ...post('/users/me', { name: 'Some Body', email: 'a@b.de' }), method: 'PATCH' }),
    status: 400,
    code: 'validation_failed',
    paths: ['email'],
  },
  {
    name: 'a profile without a change',
    request: () => ({ ...post('/users/me', {}), method: 'PATCH' }),
    status: 400,
    code: 'validation_failed',
    paths: [''],
  },
  { name: 'no token for addresses', who: 'nobody', request: () => get('/users/me/addresses'), status: 401 },
  {
    name: 'an address with half its fields',
    request: () => post('/users/me/addresses', { name: 'Some Body', country: 'England', owner: 'somebody' }),
    status: 400,
    code: 'validation_failed',
    paths: ['line1', 'city', 'country', 'type', 'owner'],
  },
  {
    name: 'an address of a third type',
    request: () => post('/users/me/addresses', { ...address, type: 'work' }),
    status: 400,
    code: 'validation_failed',
    paths: ['type'],
  },
  ...(['PUT', 'DELETE'] as const).map((method): Case => ({
    name: `${method} of an unknown address`,
    request: () => ({ ...post('/users/me/addresses/adr_none', address), method }),
    status: 404,
    code: 'address_not_found',
  })),
  {
    name: 'an unknown user',
    who: 'nobody',
    request: () => post('/sessions', { email: `${unique('u')}@holdfast.test`, password: 'Wrong-1!' }),
    status: 401,
    code: 'wrong_credentials',
  },
]

describe('a request', () => {
  it.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf', '__proto__'])(
    'is answered though it has a header named %s',
    async (name) => {
      const headers = Object.fromEntries([[name, 'x']])
      expect(await raw({ method: 'GET', path: '/health', headers })).toMatchObject({ status: 200 })
    },
  )
})

/** How many items the tables have, and the units that had been written by then. */
let counted: { readonly items: Record<string, number>; readonly units: number } | undefined

/** The count of items. Tables in which nothing was written since are not counted again: of all requests here, three write anything. */
async function itemsNow(): Promise<Record<string, number>> {
  const units = await unitsWritten()
  if (counted?.units !== units) counted = { items: await itemCounts(), units }
  return counted.items
}

describe('a bad request', () => {
  it.each(cases)('$name is $status $code', async ({ who = 'customer', request, status, code, paths }) => {
    const before = isLocal ? await itemsNow() : undefined
    const ask = { operator, customer, other, nobody: { send: raw } }[who].send
    const answer = await ask(request())
    expect(answer.status).toBe(status)
    if (code !== undefined) {
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
      expect(answer.body).toMatchObject({ status, code, requestId: expect.stringMatching(/./) })
    }
    if (paths !== undefined) {
      const { errors } = answer.body as { errors: { path: string; message: string }[] }
      expect(errors.map(({ path }) => path)).toEqual(paths)
      expect(errors.every(({ message }) => message.length > 0)).toBe(true)
    }
    if (before !== undefined) {
      await settle()
      expect(await itemsNow()).toEqual(before)
    }
  })
})

describe.runIf(isLocal)('a token', () => {
  /** The claims of a good token, changed, signed by another key. */
  const forge = async (claims: Record<string, unknown>, header: Record<string, unknown> = {}) => {
    const payload = JSON.parse(Buffer.from(customer.token.split('.')[1]!, 'base64url').toString()) as object
    const kid = (JSON.parse(Buffer.from(customer.token.split('.')[0]!, 'base64url').toString()) as { kid: string }).kid
    const { privateKey } = await generateKeyPair('RS256')
    return new SignJWT({ ...payload, ...claims }).setProtectedHeader({ alg: 'RS256', kid, ...header }).sign(privateKey)
  }
  const edited = (part: 0 | 1, change: object, signature = true) => {
    const segments = customer.token.split('.')
    const json = JSON.parse(Buffer.from(segments[part]!, 'base64url').toString()) as object
    segments[part] = Buffer.from(JSON.stringify({ ...json, ...change })).toString('base64url')
    return signature ? segments.join('.') : `${segments[0]}.${segments[1]}.`
  }
  const tokens: Record<string, () => Promise<string> | string> = {
    'signed by another key': () => forge({}),
    'of another issuer': () => forge({ iss: 'https://example.com' }),
    'that claims operator, with the old signature': () => edited(1, { 'cognito:groups': ['operator'] }),
    'that is expired': () => edited(1, { exp: 1 }),
    'with alg none': () => edited(0, { alg: 'none' }, false),
    'with an unknown key': () => edited(0, { kid: 'nobody' }),
    'that is no token': () => 'x.y.z',
    'that is empty': () => '',
  }
  it.each(Object.keys(tokens))('%s is 401', async (name) => {
    const answer = await raw({ ...get('/orders'), headers: { authorization: `Bearer ${await tokens[name]!()}` } })
    expect(answer.status).toBe(401)
  })
})
