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
type Expected = readonly [status: number, code: string] | 'nothing is listed' | 'made by it'

const nobody = 'nobody-has-this'
let operator: SignedIn
let sku: string
let parcel: string
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
  const customer = await newcomer()
  const { id } = await place(customer, { [sku]: 1 })
  await operator.api.approveOrder({ params: { id } })
  const parcels = await until(
    async () => (await operator.api.listShipments({ params: { id } })).items,
    (items) => items.length > 0,
  )
  parcel = parcels[0]!.id
  await operator.api.dispatchShipment({ params: { id: parcel }, body: { carrier: 'Post' } })
})

const money = { amount: 1, currency: 'GBP' }
const address = { type: 'billing', name: 'Ada King', line1: '1 High Street', city: 'Leeds', country: 'GB' }
const product = () => ({ sku: unique('sku'), name: 'Product', price: money })
const order = (more: object) => ({ lines: [{ sku, quantity: 1 }], payment: { method: 'manual' }, ...more })
const adjustment = (warehouseId: string) => ({ warehouseId, delta: 1, reason: 'found' })
const transfer = (fromWarehouseId: string, toWarehouseId: string) => ({ fromWarehouseId, toWarehouseId, quantity: 1 })

/** What each of them gets that names what nobody has, by route and field. */
const answers: Readonly<Record<string, readonly [Expected, (() => Named)?]>> = {
  'PATCH /categories/{id} id': [[404, 'category_not_found'], () => ({ body: { name: 'Pots' } })],
  'DELETE /categories/{id} id': [[404, 'category_not_found']],
  'POST /categories parentId': [[422, 'unknown_category'], () => ({ body: { name: 'Pots', parentId: nobody } })],
  'PATCH /categories/{id} parentId': [[404, 'category_not_found'], () => ({ body: { parentId: nobody } })],
  'GET /products category': ['nothing is listed', () => ({ query: `?category=${nobody}` })],
  'GET /products/{sku} sku': [[404, 'product_not_found']],
  'POST /products sku': ['made by it', () => ({ body: product() })],
  'POST /products categoryId': [[422, 'unknown_category'], () => ({ body: { ...product(), categoryId: nobody } })],
  'PATCH /products/{sku} sku': [[404, 'product_not_found'], () => ({ body: { name: 'Pot' } })],
  'PATCH /products/{sku} categoryId': [
    [422, 'unknown_category'],
    () => ({ path: { sku }, body: { categoryId: nobody } }),
  ],
  'PATCH /warehouses/{id} id': [[404, 'warehouse_not_found'], () => ({ body: { priority: 1 } })],
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
  'POST /inventory/{sku}/transfers sku': [[404, 'product_not_found'], () => ({ body: transfer('main', 'x') })],
  'POST /inventory/{sku}/transfers fromWarehouseId': [
    [422, 'unknown_warehouse'],
    () => ({ path: { sku }, body: transfer(nobody, 'main') }),
  ],
  'POST /inventory/{sku}/transfers toWarehouseId': [
    [422, 'unknown_warehouse'],
    () => ({ path: { sku }, body: transfer('main', nobody) }),
  ],
  'DELETE /products/{sku} sku': [[404, 'product_not_found']],
  'POST /reservations lines[].sku': [[422, 'unknown_sku'], () => ({ body: { lines: [{ sku: nobody, quantity: 1 }] } })],
  'GET /reservations/{id} id': [[404, 'reservation_not_found']],
  'POST /reservations/{id}/commit id': [[404, 'reservation_not_found']],
  'POST /reservations/{id}/release id': [[404, 'reservation_not_found']],
  'POST /orders lines[].sku': [
    [422, 'unknown_sku'],
    () => ({ body: order({ lines: [{ sku: nobody, quantity: 1 }] }) }),
  ],
  'POST /orders customerId': [[422, 'unknown_customer'], () => ({ body: order({ customerId: nobody }) })],
  'GET /orders customerId': ['nothing is listed', () => ({ query: `?customerId=${nobody}` })],
  'GET /orders/{id} id': [[404, 'order_not_found']],
  'GET /orders/{id}/history id': [[404, 'order_not_found']],
  'POST /orders/{id}/cancel id': [[404, 'order_not_found']],
  'POST /orders/{id}/approve id': [[404, 'order_not_found']],
  'POST /orders/{id}/payments id': [[404, 'order_not_found'], () => ({ body: { method: 'wallet' } })],
  'GET /orders/{id}/payments id': ['nothing is listed'],
  'POST /orders/{id}/refunds id': [[404, 'order_not_found'], () => ({ body: {} })],
  'POST /refunds/{id}/close id': [[404, 'refund_not_found'], () => ({ body: { reference: 'BACS 1' } })],
  'POST /orders/{id}/payments/resume id': [[404, 'order_not_found']],
  'GET /users/{id}/limits id': [[404, 'user_not_found']],
  'PUT /users/{id}/limits id': [[404, 'user_not_found'], () => ({ body: { openHolds: 1 } })],
  'POST /users/{id}/wallet/deposits id': [[404, 'user_not_found'], () => ({ body: { amount: money } })],
  'GET /orders/{id}/shipments id': ['nothing is listed'],
  'POST /shipments/{id}/dispatch id': [[404, 'shipment_not_found'], () => ({ body: { carrier: 'Post' } })],
  'POST /shipments/{id}/track id': [[404, 'shipment_not_found']],
  'POST /shipments/{id}/deliver id': [[404, 'shipment_not_found']],
  'POST /shipments/{id}/fail id': [[404, 'shipment_not_found']],
  'POST /shipments/{id}/return id': [[404, 'shipment_not_found']],
  'POST /shipments/{id}/return lines[].sku': [
    [422, 'return_exceeds_shipment'],
    () => ({ path: { id: parcel }, body: { lines: [{ sku: nobody, quantity: 1 }] } }),
  ],
  'PUT /users/me/addresses/{id} id': [[404, 'address_not_found'], () => ({ body: address })],
  'GET /users/{id} id': [[404, 'user_not_found']],
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
