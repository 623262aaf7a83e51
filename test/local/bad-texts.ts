/** A request with a text that is wrong, and the paths that its problem names. */
export interface BadText {
  readonly name: string
  readonly who: 'operator' | 'customer' | 'nobody'
  readonly method: 'POST' | 'PATCH' | 'PUT'
  /** With the names of what is there already in braces. */
  readonly path: string
  readonly body: object
  readonly paths: readonly string[]
}

/** A field that takes a text: the request around it. */
type Field = readonly [
  who: BadText['who'],
  method: BadText['method'],
  path: string,
  field: string,
  body: (text: string) => object,
]

const home = { name: 'Ann Customer', line1: '1 High Street', city: 'Leeds', country: 'GB' }
const kept = { ...home, type: 'shipping' }
const product = { sku: 'NEVER-1', name: 'Lamp', price: { amount: 1, currency: 'GBP' } }
const ordered = { lines: [{ sku: 'A', quantity: 1 }], payment: { method: 'manual' } }
const adjusted = { warehouseId: 'main', delta: 1, reason: 'found' }
const moved = { warehouseId: 'main', quantity: 1, kind: 'damaged', move: 'in', reason: 'found' }
const paid = { amount: { amount: 1, currency: 'GBP' } }
const expected = { warehouseId: 'main', quantity: 1, expectedAt: '2099-01-01T00:00:00Z' }
const account = { email: 'never@holdfast.test', password: 'Somebody-1!' }

/** One line each. */
const lines: readonly Field[] = [
  ['nobody', 'POST', '/users', 'name', (name) => ({ ...account, name })],
  ['customer', 'PATCH', '/users/me', 'name', (name) => ({ name })],
  ['customer', 'PATCH', '/users/me', 'phone', (phone) => ({ phone })],
  ...(['name', 'line1', 'line2', 'city', 'region', 'postalCode', 'phone'] as const).flatMap((field): Field[] => [
    ['customer', 'POST', '/users/me/addresses', field, (text) => ({ ...kept, [field]: text })],
    [
      'customer',
      'POST',
      '/orders',
      `shippingAddress.${field}`,
      (text) => ({ ...ordered, shippingAddress: { ...home, [field]: text } }),
    ],
  ]),
  ['customer', 'POST', '/orders', 'billingAddress.city', (city) => ({ ...ordered, billingAddress: { ...home, city } })],
  ['customer', 'POST', '/orders', 'reference', (reference) => ({ ...ordered, reference })],
  [
    'operator',
    'POST',
    '/orders',
    'guest.name',
    (name) => ({ ...ordered, customerId: 'guest', guest: { name, email: 'a@holdfast.test' } }),
  ],
  ['customer', 'PATCH', '/orders/{order}', 'shippingAddress.city', (city) => ({ shippingAddress: { ...home, city } })],
  ['customer', 'PATCH', '/orders/{order}', 'reference', (reference) => ({ reference })],
  ['operator', 'POST', '/api-keys', 'name', (name) => ({ name, scopes: ['orders:read'] })],
  ['operator', 'POST', '/categories', 'name', (name) => ({ name })],
  ['operator', 'POST', '/products/{sku}/photos', 'alt', (alt) => ({ contentType: 'image/png', alt })],
  ['operator', 'PATCH', '/products/{sku}/labels', 'reference', (reference) => ({ reference })],
  ['operator', 'POST', '/warehouses', 'name', (name) => ({ name })],
  ['operator', 'POST', '/inventory/{sku}/adjustments', 'reference', (reference) => ({ ...adjusted, reference })],
  ['operator', 'POST', '/inventory/{sku}/unavailable', 'reference', (reference) => ({ ...moved, reference })],
  ['operator', 'POST', '/inventory/{sku}/inbound', 'reference', (reference) => ({ ...expected, reference })],
  ['operator', 'POST', '/counts', 'reference', (reference) => ({ warehouseId: 'main', skus: ['A'], reference })],
  ['operator', 'POST', '/reservations', 'reference', (reference) => ({ lines: ordered.lines, reference })],
  ['operator', 'POST', '/shipments/shp_A/dispatch', 'carrier', (carrier) => ({ carrier })],
  ['operator', 'POST', '/shipments/shp_A/track', 'trackingNumber', (trackingNumber) => ({ trackingNumber })],
  ['operator', 'POST', '/users/{customer}/wallet/deposits', 'reference', (reference) => ({ ...paid, reference })],
  ['operator', 'POST', '/refunds/ref_A/close', 'reference', (reference) => ({ reference })],
  ['operator', 'POST', '/webhooks', 'url', (url) => ({ url, events: ['*'] })],
  [
    'operator',
    'POST',
    '/webhooks',
    'description',
    (description) => ({ url: 'https://example.com', events: ['*'], description }),
  ],
]

/** With tabs and line breaks. */
const texts: readonly Field[] = [
  ['customer', 'PATCH', '/users/me', 'preferences.theme', (theme) => ({ preferences: { theme } })],
  ['customer', 'POST', '/orders', 'notes', (notes) => ({ ...ordered, notes })],
  ['customer', 'POST', '/orders', 'metadata.note', (note) => ({ ...ordered, metadata: { note } })],
  ['customer', 'POST', '/orders/{order}/cancel', 'reason', (reason) => ({ reason })],
  ['customer', 'POST', '/orders/{order}/lines/{sku}/cancel', 'reason', (reason) => ({ reason })],
  ['operator', 'POST', '/orders/{order}/refunds', 'reason', (reason) => ({ reason })],
  ['operator', 'POST', '/products', 'name', (name) => ({ ...product, name })],
  ['operator', 'PATCH', '/products/{sku}', 'name', (name) => ({ name })],
  ['operator', 'PUT', '/products/{sku}', 'name', (name) => ({ name, price: product.price })],
  ['operator', 'POST', '/products', 'description', (description) => ({ ...product, description })],
  ['operator', 'POST', '/products', 'attributes.colour', (colour) => ({ ...product, attributes: { colour } })],
  ['operator', 'PATCH', '/products/{sku}', 'description', (description) => ({ description })],
  ['operator', 'POST', '/warehouses', 'location', (location) => ({ name: 'Never', location })],
  ['operator', 'POST', '/inventory/{sku}/adjustments', 'reason', (reason) => ({ ...adjusted, reason })],
  [
    'operator',
    'POST',
    '/inventory/adjustments',
    'rows[0].reason',
    (reason) => ({ rows: [{ ...adjusted, key: 'k', sku: 'A', reason }] }),
  ],
  ['operator', 'POST', '/inventory/{sku}/unavailable', 'reason', (reason) => ({ ...moved, reason })],
  ['operator', 'POST', '/inbound/inb_A/receipts', 'reason', (reason) => ({ quantity: 1, reason })],
  ['operator', 'POST', '/users/{customer}/wallet/corrections', 'reason', (reason) => ({ ...paid, reason })],
  ['operator', 'POST', '/shipments/shp_A/fail', 'reason', (reason) => ({ reason })],
]

/** Names of a record: a problem shows them in its path, without control characters. */
const keys: readonly Field[] = [
  ['customer', 'POST', '/orders', 'metadata', (key) => ({ ...ordered, metadata: { [key]: 'x' } })],
  ['customer', 'PATCH', '/orders/{order}', 'metadata', (key) => ({ metadata: { [key]: 'x' } })],
  ['operator', 'POST', '/products', 'attributes', (key) => ({ ...product, attributes: { [key]: 'x' } })],
  ['operator', 'PATCH', '/products/{sku}', 'attributes', (key) => ({ attributes: { [key]: 'x' } })],
]

const countries: readonly Field[] = [
  ['customer', 'POST', '/users/me/addresses', 'country', (country) => ({ ...kept, country })],
  [
    'customer',
    'POST',
    '/orders',
    'shippingAddress.country',
    (country) => ({ ...ordered, shippingAddress: { ...home, country } }),
  ],
  [
    'customer',
    'POST',
    '/orders',
    'billingAddress.country',
    (country) => ({ ...ordered, billingAddress: { ...home, country } }),
  ],
  [
    'customer',
    'PATCH',
    '/orders/{order}',
    'shippingAddress.country',
    (country) => ({ shippingAddress: { ...home, country } }),
  ],
  ['operator', 'POST', '/warehouses', 'regions[1]', (region) => ({ name: 'Never', regions: ['GB', region] })],
  ['operator', 'POST', '/reservations', 'shipTo', (shipTo) => ({ lines: ordered.lines, shipTo })],
]

/** What nobody can see: a field in each place of the list gets the next one. */
const unseen = [
  '\u200B',
  '\u2060\uFEFF',
  '\u00AD',
  '\u202E\u202C',
  '\u115F',
  '\u3164',
  '\uFE0F',
  '\u200E\u200D',
  ' \u3000\u00A0',
  '\u2800',
  '\u{E0061}',
]
const controls = ['\u0000', '\u0001', '\u001B', '\u007F', '\u0085', '\u009F']
const breaks = ['\t', '\n', '\r\n', '\u2028']

const written = (text: string): string =>
  JSON.stringify(text).replaceAll(/[^\x20-\x7E]/gu, (each) => `U+${each.codePointAt(0)?.toString(16).toUpperCase()}`)

const rows = (
  fields: readonly Field[],
  wrong: readonly string[],
  at = (field: string, _: string) => field,
): BadText[] =>
  fields.map(([who, method, path, field, body], index) => {
    const text = wrong[index % wrong.length] ?? ''
    const name = `${written(text)} as ${field} at ${method} ${path}`
    return { name, who, method, path, body: body(text), paths: [at(field, text)] }
  })
const between = (characters: readonly string[]): readonly string[] => characters.map((each) => `a${each}b`)

export const badTexts: readonly BadText[] = [
  ...rows([...lines, ...texts], unseen),
  ...rows(lines, between([...controls, ...breaks])),
  ...rows(texts, between(controls)),
  ...rows(keys, unseen, (field, key) => `${field}.${key}`),
  ...rows(keys, between(controls), (field) => `${field}.a\uFFFDb`),
  ...['ZZ', 'XX', 'UK', 'AN'].flatMap((code) => rows(countries, [code])),
]
