import { beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { routes } from '../../schemas/client.ts'
import { type RouteContract, routeKeyOf } from '../../schemas/contract.ts'
import { Id, Sku } from '../../schemas/shared.ts'
import { type SignedIn, newcomer, place, signIn, stocked, unique, until } from './target.ts'

/** A field of a request that names something. */
interface Reference {
  readonly route: string
  readonly field: string
  readonly in: 'path' | 'query' | 'body'
  readonly description: string | undefined
}

interface Node {
  readonly $ref?: string
  readonly pattern?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, Node>>
  readonly items?: Node
  readonly anyOf?: readonly Node[]
  readonly $defs?: Readonly<Record<string, Node>>
}

const jsonOf = (schema: z.ZodType): Node => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Node
const naming = new Set([jsonOf(Id).$defs?.['Id']?.pattern, jsonOf(Sku).$defs?.['Sku']?.pattern])

/** The fields in a schema that name something, with their descriptions in the contract. */
function namesIn(
  node: Node,
  defs: Node['$defs'] = node.$defs,
  path = '',
  inherited?: string,
): [string, string | undefined][] {
  const description = node.description ?? inherited
  const target = node.$ref === undefined ? node : defs?.[node.$ref.split('/').at(-1)!]
  if (target === undefined) return []
  if (target.pattern !== undefined && naming.has(target.pattern)) return [[path, description]]
  const inside = (child: Node, to: string, of?: string) => namesIn(child, defs, to, of)
  return [
    ...Object.entries(target.properties ?? {}).flatMap(([name, child]) =>
      inside(child, path ? `${path}.${name}` : name),
    ),
    ...(target.items ? inside(target.items, `${path}[]`) : []),
    ...(target.anyOf ?? []).flatMap((child) => inside(child, path, description)),
  ]
}

const references = Object.values<RouteContract>(routes).flatMap((route): Reference[] =>
  (
    [
      ['path', route.params],
      ['query', route.query],
      ['body', route.body],
    ] as const
  ).flatMap(([where, schema]) =>
    schema === undefined
      ? []
      : namesIn(jsonOf(schema)).map(([field, description]) => {
          return { route: routeKeyOf(route), field, in: where, description }
        }),
  ),
)

/** What `{}` in a path stands for, and the body: both as they are to be, but for the one name. */
interface Named {
  readonly path?: Readonly<Record<string, string>>
  readonly query?: string
  readonly body?: unknown
}
type Expected =
  | readonly [status: number, code: string]
  | 'nothing is listed'
  | 'made by it'
  | { readonly refusedInRow: string }

const nobody = 'nobody-has-this'
let operator: SignedIn
let sku: string
let parcel: string
/** One that has not left. */
let waiting: string
let orderId: string
let countId: string
let reservationId: string
const send = async (route: string, { path = {}, query = '', body }: Named) => {
  const [method = '', pattern = ''] = route.split(' ')
  return operator.send({
    method,
    path: pattern.replaceAll(/\{(\w+)\}/g, (_, name: string) => path[name] ?? nobody) + query,
    headers: {
      'idempotency-key': unique('key'),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
}

beforeAll(async () => {
  operator = await signIn('operator')
  sku = await stocked(operator, 5)
  const body = { warehouseId: 'main', skus: [sku] }
  countId = (await operator.api.createCount({ body, idempotencyKey: unique('count') })).id
  const held = { lines: [{ sku, quantity: 1 }] }
  reservationId = (await operator.api.createReservation({ body: held, idempotencyKey: unique('hold') })).id
  await operator.api.commitReservation({ params: { id: reservationId } })
  const customer = await newcomer()
  const packed = async () => {
    const { id } = await place(customer, { [sku]: 1 })
    await operator.api.approveOrder({ params: { id } })
    const parcels = await until(
      async () => (await operator.api.listShipments({ params: { id } })).items,
      (items) => items.length > 0,
    )
    return { id: parcels[0]!.id, orderId: id }
  }
  waiting = (await packed()).id
  ;({ id: parcel, orderId } = await packed())
  await operator.api.dispatchShipment({ params: { id: parcel }, body: { carrier: 'Post' } })
})

const money = { amount: 1, currency: 'GBP' }
const address = { type: 'billing', name: 'Ada King', line1: '1 High Street', city: 'Leeds', country: 'GB' }
const { type: _, ...home } = address
const product = () => ({ sku: unique('sku'), name: 'Product', price: money })
const order = (more: object) => ({ lines: [{ sku, quantity: 1 }], payment: { method: 'manual' }, ...more })
const adjustment = (warehouseId: string) => ({ warehouseId, delta: 1, reason: 'found' })
const aside = (warehouseId: string) => ({ warehouseId, quantity: 1, kind: 'damaged', move: 'in', reason: 'found' })
const delivery = (warehouseId: string) => ({ warehouseId, quantity: 1, expectedAt: '2099-01-01T00:00:00Z' })
const transfer = (fromWarehouseId: string, toWarehouseId: string) => ({ fromWarehouseId, toWarehouseId, quantity: 1 })

/** What each of them gets that names what nobody has, by route and field. */
const answers: Readonly<Record<string, readonly [Expected, (() => Named)?]>> = {
  'PATCH /categories/{id} id': [[404, 'category_not_found'], () => ({ body: { name: 'Pots' } })],
  'DELETE /categories/{id} id': [[404, 'category_not_found']],
  'POST /categories parentId': [[422, 'unknown_category'], () => ({ body: { name: 'Pots', parentId: nobody } })],
  'PATCH /categories/{id} parentId': [[404, 'category_not_found'], () => ({ body: { parentId: nobody } })],
  'GET /products category': ['nothing is listed', () => ({ query: `?category=${nobody}` })],
  'GET /products/{sku} sku': [[404, 'product_not_found']],
  'POST /products/{sku}/photos sku': [[404, 'product_not_found'], () => ({ body: { contentType: 'image/png' } })],
  'POST /products/{sku}/photos replaces': [
    [404, 'photo_not_found'],
    () => ({ path: { sku }, body: { contentType: 'image/png', replaces: nobody } }),
  ],
  'GET /products/{sku}/photos sku': [[404, 'product_not_found']],
  'PATCH /products/{sku}/photos/{id} sku': [
    [404, 'product_not_found'],
    () => ({ path: { id: nobody }, body: { position: 1 } }),
  ],
  'PATCH /products/{sku}/photos/{id} id': [[404, 'photo_not_found'], () => ({ path: { sku }, body: { position: 1 } })],
  'DELETE /products/{sku}/photos/{id} sku': [[404, 'product_not_found'], () => ({ path: { id: nobody } })],
  'DELETE /products/{sku}/photos/{id} id': [[404, 'photo_not_found'], () => ({ path: { sku } })],
  'GET /products/{sku}/labels sku': [[404, 'product_not_found']],
  'PATCH /products/{sku}/labels sku': [[404, 'product_not_found'], () => ({ body: { metadata: { erp: '1' } } })],
  'GET /photos/{id}/{file} id': [
    [404, 'photo_not_found'],
    () => ({ path: { file: '00000000000000000000000000000000.jpg' } }),
  ],
  'POST /products sku': ['made by it', () => ({ body: product() })],
  'POST /products categoryId': [[422, 'unknown_category'], () => ({ body: { ...product(), categoryId: nobody } })],
  'PATCH /products/{sku} sku': [[404, 'product_not_found'], () => ({ body: { name: 'Pot' } })],
  'PATCH /products/{sku} categoryId': [
    [422, 'unknown_category'],
    () => ({ path: { sku }, body: { categoryId: nobody } }),
  ],
  'PUT /products/{sku} sku': [[404, 'product_not_found'], () => ({ body: { name: 'Pot', price: money } })],
  'PUT /products/{sku} categoryId': [
    [422, 'unknown_category'],
    () => ({ path: { sku }, body: { name: 'Pot', price: money, categoryId: nobody } }),
  ],
  'POST /orders shipFrom[]': ['made by it', () => ({ body: order({ shipFrom: [nobody] }) })],
  'POST /reservations shipFrom[]': [
    [422, 'unknown_warehouse'],
    () => ({ body: { lines: [{ sku, quantity: 1 }], shipFrom: [nobody] } }),
  ],
  'PATCH /warehouses/{id} id': [[404, 'warehouse_not_found'], () => ({ body: { priority: 1 } })],
  'GET /imports/{id} id': [[404, 'import_not_found']],
  'DELETE /imports/{id} id': [[404, 'import_not_found']],
  'GET /stock-imports/{id} id': [[404, 'import_not_found']],
  'DELETE /stock-imports/{id} id': [[404, 'import_not_found']],
  'GET /categories/{id} id': [[404, 'category_not_found']],
  'GET /warehouses/{id} id': [[404, 'warehouse_not_found']],
  'GET /users/me/addresses/{id} id': [[404, 'address_not_found']],
  'GET /users/{id}/wallet id': [[404, 'user_not_found']],
  'GET /inventory/{sku} sku': [[404, 'product_not_found']],
  'GET /inventory/{sku}/levels sku': [[404, 'product_not_found']],
  'POST /inventory/{sku}/adjustments sku': [[404, 'product_not_found'], () => ({ body: adjustment('main') })],
  'POST /inventory/{sku}/adjustments warehouseId': [
    [422, 'unknown_warehouse'],
    () => ({ path: { sku }, body: adjustment(nobody) }),
  ],
  'POST /inventory/adjustments rows[].sku': [
    { refusedInRow: 'product_not_found' },
    () => ({ body: { rows: [{ key: unique('row'), sku: nobody, ...adjustment('main') }] } }),
  ],
  'POST /inventory/adjustments rows[].warehouseId': [
    { refusedInRow: 'unknown_warehouse' },
    () => ({ body: { rows: [{ key: unique('row'), sku, ...adjustment(nobody) }] } }),
  ],
  'POST /inventory/{sku}/transfers sku': [[404, 'product_not_found'], () => ({ body: transfer('main', 'x') })],
  'POST /inventory/{sku}/transfers fromWarehouseId': [
    [422, 'unknown_warehouse'],
    () => ({ path: { sku }, body: transfer(nobody, 'main') }),
  ],
  'POST /inventory/{sku}/transfers toWarehouseId': [
    [422, 'unknown_warehouse'],
    () => ({ path: { sku }, body: transfer('main', nobody) }),
  ],
  'GET /inventory/{sku}/movements sku': [[404, 'product_not_found']],
  'POST /inventory/{sku}/unavailable sku': [[404, 'product_not_found'], () => ({ body: aside('main') })],
  'POST /inventory/{sku}/unavailable warehouseId': [
    [422, 'unknown_warehouse'],
    () => ({ path: { sku }, body: aside(nobody) }),
  ],
  'PUT /inventory/{sku}/levels/{warehouseId} sku': [
    [404, 'product_not_found'],
    () => ({ path: { warehouseId: 'main' }, body: { keepBack: 1 } }),
  ],
  'PUT /inventory/{sku}/levels/{warehouseId} warehouseId': [
    [422, 'unknown_warehouse'],
    () => ({ path: { sku }, body: { keepBack: 1 } }),
  ],
  'POST /inventory/{sku}/inbound sku': [[404, 'product_not_found'], () => ({ body: delivery('main') })],
  'POST /inventory/{sku}/inbound warehouseId': [
    [422, 'unknown_warehouse'],
    () => ({ path: { sku }, body: delivery(nobody) }),
  ],
  'GET /inventory/{sku}/inbound sku': [[404, 'product_not_found']],
  'GET /inbound/{id} id': [[404, 'inbound_not_found']],
  'PATCH /inbound/{id} id': [[404, 'inbound_not_found'], () => ({ body: { quantity: 1 } })],
  'DELETE /inbound/{id} id': [[404, 'inbound_not_found']],
  'POST /inbound/{id}/receipts id': [[404, 'inbound_not_found'], () => ({ body: { quantity: 1 } })],
  'GET /transfers/{id} id': [[404, 'transfer_not_found']],
  'DELETE /transfers/{id} id': [[404, 'transfer_not_found']],
  'POST /transfers/{id}/receipts id': [[404, 'transfer_not_found'], () => ({ body: { quantity: 1 } })],
  'POST /counts warehouseId': [[422, 'unknown_warehouse'], () => ({ body: { warehouseId: nobody, skus: [sku] } })],
  'POST /counts skus[]': [[422, 'unknown_sku'], () => ({ body: { warehouseId: 'main', skus: [sku, nobody] } })],
  'GET /counts/{id} id': [[404, 'count_not_found']],
  'DELETE /counts/{id} id': [[404, 'count_not_found']],
  'POST /counts/{id}/post id': [[404, 'count_not_found']],
  'PUT /counts/{id}/lines/{sku} id': [[404, 'count_not_found'], () => ({ path: { sku }, body: { counted: 1 } })],
  'PUT /counts/{id}/lines/{sku} sku': [
    [404, 'count_line_not_found'],
    () => ({ path: { id: countId }, body: { counted: 1 } }),
  ],
  'DELETE /products/{sku} sku': [[404, 'product_not_found']],
  'POST /reservations lines[].sku': [[422, 'unknown_sku'], () => ({ body: { lines: [{ sku: nobody, quantity: 1 }] } })],
  'GET /levels warehouseId': ['nothing is listed', () => ({ query: `?warehouseId=${nobody}` })],
  'GET /reservations orderId': ['nothing is listed', () => ({ query: `?orderId=${nobody}` })],
  'GET /events orderId': ['nothing is listed', () => ({ query: `?orderId=${nobody}` })],
  'GET /reservations/{id} id': [[404, 'reservation_not_found']],
  'POST /reservations/{id}/commit id': [[404, 'reservation_not_found']],
  'POST /reservations/{id}/release id': [[404, 'reservation_not_found']],
  'POST /reservations/{id}/extend id': [[404, 'reservation_not_found'], () => ({ body: { holdSeconds: 60 } })],
  'POST /reservations/{id}/ship id': [[404, 'reservation_not_found']],
  'POST /reservations/{id}/ship lines[].sku': [
    [409, 'reservation_exceeded'],
    () => ({ path: { id: reservationId }, body: { lines: [{ sku: nobody, quantity: 1 }] } }),
  ],
  'POST /reservations/{id}/ship lines[].warehouseId': [
    [409, 'reservation_exceeded'],
    () => ({ path: { id: reservationId }, body: { lines: [{ sku, quantity: 1, warehouseId: nobody }] } }),
  ],
  'POST /orders lines[].sku': [
    [422, 'unknown_sku'],
    () => ({ body: order({ lines: [{ sku: nobody, quantity: 1 }] }) }),
  ],
  'POST /orders reservationId': [
    [422, 'unknown_reservation'],
    () => ({ body: { reservationId: nobody, payment: { method: 'manual' } } }),
  ],
  'POST /orders customerId': [[422, 'unknown_customer'], () => ({ body: order({ customerId: nobody }) })],
  'GET /orders customerId': ['nothing is listed', () => ({ query: `?customerId=${nobody}` })],
  'GET /orders/{id} id': [[404, 'order_not_found']],
  'GET /orders/{id}/history id': [[404, 'order_not_found']],
  'POST /orders/{id}/cancel id': [[404, 'order_not_found']],
  'POST /orders/{id}/lines/{sku}/cancel id': [[404, 'order_not_found'], () => ({ path: { sku } })],
  'POST /orders/{id}/lines/{sku}/cancel sku': [[404, 'line_not_found'], () => ({ path: { id: orderId } })],
  'PATCH /orders/{id} id': [[404, 'order_not_found'], () => ({ body: { shippingAddress: home } })],
  'PUT /orders/{id}/shipments/address id': [
    [404, 'order_not_found'],
    () => ({ body: { changeId: 'change', address: home } }),
  ],
  'PUT /orders/{id}/shipments/address changeId': [
    [409, 'address_dispatched'],
    () => ({ path: { id: orderId }, body: { changeId: nobody, address: home } }),
  ],
  'DELETE /orders/{id}/shipments id': [[404, 'order_not_found']],
  'POST /orders/{id}/shipments/cancellations id': [[404, 'order_not_found'], () => ({ body: { sku } })],
  'POST /orders/{id}/shipments/cancellations sku': [
    [409, 'line_cancelled'],
    () => ({ path: { id: orderId }, body: { sku: nobody } }),
  ],
  'POST /orders/{id}/approve id': [[404, 'order_not_found']],
  'POST /orders/{id}/payments id': [[404, 'order_not_found'], () => ({ body: { method: 'wallet' } })],
  'GET /orders/{id}/payments id': ['nothing is listed'],
  'POST /orders/{id}/refunds id': [[404, 'order_not_found'], () => ({ body: {} })],
  'POST /refunds/{id}/close id': [[404, 'refund_not_found'], () => ({ body: { reference: 'BACS 1' } })],
  'PATCH /payments/{id} id': [[404, 'payment_not_found'], () => ({ body: { metadata: { books: '1' } } })],
  'POST /orders/{id}/payments/resume id': [[404, 'order_not_found']],
  'GET /prices/{sku} sku': [[404, 'product_not_found']],
  'GET /users/{id}/limits id': [[404, 'user_not_found']],
  'POST /orders/{id}/guest-link id': [[404, 'order_not_found']],
  'PUT /users/{id}/limits id': [[404, 'user_not_found'], () => ({ body: { openHolds: 1 } })],
  'POST /users/{id}/wallet/deposits id': [[404, 'user_not_found'], () => ({ body: { amount: money } })],
  'POST /users/{id}/wallet/corrections id': [
    [404, 'user_not_found'],
    () => ({ body: { amount: money, reason: 'typing error' } }),
  ],
  'GET /orders/{id}/shipments id': ['nothing is listed'],
  'GET /shipments warehouseId': ['nothing is listed', () => ({ query: `?warehouseId=${nobody}` })],
  'GET /shipments/{id} id': [[404, 'shipment_not_found']],
  'POST /shipments/{id}/dispatch id': [[404, 'shipment_not_found'], () => ({ body: { carrier: 'Post' } })],
  'POST /shipments/{id}/dispatch lines[].sku': [
    [422, 'dispatch_exceeds_shipment'],
    () => ({ path: { id: waiting }, body: { carrier: 'Post', lines: [{ sku: nobody, quantity: 1 }] } }),
  ],
  'POST /shipments/{id}/track id': [[404, 'shipment_not_found']],
  'POST /shipments/{id}/deliver id': [[404, 'shipment_not_found']],
  'POST /shipments/{id}/fail id': [[404, 'shipment_not_found']],
  'POST /shipments/{id}/return id': [[404, 'shipment_not_found']],
  'POST /shipments/{id}/return lines[].sku': [
    [422, 'return_exceeds_shipment'],
    () => ({ path: { id: parcel }, body: { lines: [{ sku: nobody, quantity: 1 }] } }),
  ],
  'GET /api-keys/{id} id': [[404, 'key_not_found']],
  'PATCH /api-keys/{id} id': [[404, 'key_not_found'], () => ({ body: { name: 'Till' } })],
  'DELETE /api-keys/{id} id': [[404, 'key_not_found']],
  'POST /api-keys/{id}/rotate id': [[404, 'key_not_found']],
  'PUT /users/me/addresses/{id} id': [[404, 'address_not_found'], () => ({ body: address })],
  'GET /users/{id} id': [[404, 'user_not_found']],
  'DELETE /users/{id} id': [[404, 'user_not_found']],
  'DELETE /users/{id}/erasure id': [[404, 'user_not_found']],
  'GET /users/{id}/roles id': [[404, 'user_not_found']],
  'PUT /users/{id}/roles id': [[404, 'user_not_found'], () => ({ body: { roles: ['support'] } })],
  'POST /users/{id}/disable id': [[404, 'user_not_found']],
  'POST /users/{id}/enable id': [[404, 'user_not_found']],
  'DELETE /users/{id}/sessions id': [[404, 'user_not_found']],
  'DELETE /users/me/sessions/{id} id': [[404, 'session_not_found']],
  'DELETE /users/me/addresses/{id} id': [[404, 'address_not_found']],
}

describe('a request that names what nobody has', () => {
  it('is of a field that the contract has', () => {
    const known = new Set(references.map(({ route, field }) => `${route} ${field}`))
    expect(Object.keys(answers).filter((name) => !known.has(name))).toEqual([])
  })

  it.each(references.map((each) => [`${each.route} ${each.field}`, each] as const))(
    'is answered so: %s',
    async (name, each) => {
      const [expected, request = () => ({})] = answers[name] ?? []
      if (expected === undefined) throw new Error(`Say in references.test.ts what ${name} answers where nobody has it.`)
      const { status, body } = await send(each.route, request())
      if (expected === 'made by it') return expect(status).toBe(201)
      if (typeof expected === 'object' && 'refusedInRow' in expected) {
        const { rows = [] } = body as { rows?: readonly object[] }
        return expect(rows).toEqual([expect.objectContaining({ result: 'refused', code: expected.refusedInRow })])
      }
      if (expected !== 'nothing is listed')
        return expect([status, (body as { code?: string }).code]).toEqual([...expected])
      if (each.in === 'query') expect(each.description, name).toMatch(/Not looked up/)
      return expect([status, (body as { items?: unknown[] }).items ?? []]).toEqual([status === 404 ? 404 : 200, []])
    },
  )

  it('leaves neither wallet nor order behind', async () => {
    const { body } = await send('GET /orders', { query: `?customerId=${nobody}` })
    expect(body).toMatchObject({ items: [] })
  })
})
