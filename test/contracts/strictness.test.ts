import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import document from '../../docs/openapi.json' with { type: 'json' }
import { routes } from '../../schemas/client.ts'

const ajv = new Ajv2020({ strict: false, formats: { email: true, password: true, 'date-time': true, uri: true } })
ajv.addSchema({ $id: 'api', ...document })

/** Whether the description allows the body of the route, by the path and method of its contract. */
function isDescribed({ path, method }: { readonly path: string; readonly method: string }, body: unknown): boolean {
  const pointer = `${path.replaceAll('/', '~1')}/${method.toLowerCase()}`
  return ajv.validate({ $ref: `api#/paths/${pointer}/requestBody/content/application~1json/schema` }, body)
}

const adjusting = { warehouseId: 'main', reason: 'counted' }
const ordering = { lines: [{ sku: 'A', quantity: 1 }] }
const registering = { email: 'a@holdfast.test' }
const product = { sku: 'A', name: 'A' }
const address = { name: 'A', line1: '1 Road', city: 'Derby', type: 'shipping' }

describe('what a body may be', () => {
  it.each<[keyof typeof routes, object]>([
    ['adjustStock', { ...adjusting, delta: 1 }],
    ['adjustStock', { ...adjusting, set: 0, expected: 2 }],
    ['adjustStock', { ...adjusting, delta: 1, set: 1 }],
    ['adjustStock', { ...adjusting, delta: 0 }],
    ['adjustStock', adjusting],
    ['placeOrder', { ...ordering, payment: { method: 'card', token: 'tok_1' } }],
    ['placeOrder', { ...ordering, payment: { method: 'card' } }],
    ['placeOrder', { ...ordering, payment: { method: 'wallet', token: 'tok_1' } }],
    ['payOrder', { method: 'card', token: 'tok_1' }],
    ['payOrder', { method: 'card' }],
    ['payOrder', { method: 'wallet' }],
    ['payOrder', { method: 'wallet', token: 'tok_1' }],
    ...[
      'Customer-1!',
      'customer-1!',
      'CUSTOMER-1!',
      'Customer-x!',
      'Customer11',
      ' Customer-1!',
      'Cüstomer-1!',
      'Cus 1 er',
    ].map((password): [keyof typeof routes, object] => ['register', { ...registering, password }]),
    ...['GBP', 'gbp', 'XYZ', 'XAU'].map((currency): [keyof typeof routes, object] => [
      'createProduct',
      { ...product, price: { amount: 1, currency } },
    ]),
    ...['GB', 'gb', 'GBR', 'ZZ', 'UK', 'XK', ''].map((country): [keyof typeof routes, object] => [
      'addAddress',
      { ...address, country },
    ]),
    ['updateCategory', {}],
    ['updateProduct', {}],
    ['updateOrder', {}],
    ['updateProductLabels', {}],
    ['updatePayment', {}],
    ['replaceProduct', { name: 'x' }],
    ['updateWarehouse', {}],
    ['updateInbound', {}],
    ['updateInbound', { reference: null }],
    ...[{}, { refused: 1 }, { final: true }, { final: false }].flatMap((more): [keyof typeof routes, object][] => [
      ['receiveInbound', { quantity: 0, ...more }],
      ['receiveInbound', { quantity: 1, ...more }],
    ]),
    ...[{}, { missing: 1 }, { missing: 1, reason: 'lost' }].flatMap((more): [keyof typeof routes, object][] => [
      ['receiveTransfer', { quantity: 0, ...more }],
      ['receiveTransfer', { quantity: 1, ...more }],
    ]),
    ['updateMe', {}],
    ['updateMe', { name: 'A' }],
    ...[
      '\u200B',
      '\u3164',
      '\uFE0F',
      '\u0001',
      'a\tb',
      'a\nb',
      'a\u2028b',
      ' ',
      'नमस्‍ते',
      '❤️ \u{1F469}\u200D\u{1F467}',
    ].flatMap((text): [keyof typeof routes, object][] => [
      ['updateMe', { name: text }],
      ['updateMe', { preferences: { note: text } }],
      ['adjustStock', { ...adjusting, delta: 1, reason: text }],
      ['updateOrder', { metadata: { [text]: 'x' } }],
      ['updateOrder', { metadata: { note: text } }],
      ['placeOrder', { ...ordering, payment: { method: 'manual' }, reference: text, metadata: { [text]: 'x' } }],
      ['createWarehouse', { name: 'A', regions: [text] }],
    ]),
    ...['GB', 'US-CA', 'ZZ', 'UK-1', 'XK'].map((region): [keyof typeof routes, object] => [
      'createWarehouse',
      { name: 'A', regions: [region] },
    ]),
  ])('%s is described as the server takes it: %j', (name, body) => {
    const route = routes[name]
    const taken = 'body' in route && route.body.safeParse(body).success
    expect(isDescribed(route, body)).toBe(taken)
  })
})
