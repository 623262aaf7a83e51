import type { Chance } from './chance.ts'
import { type Raw, type Request, written } from './request.ts'
import type { Shop } from './shop.ts'
import { oddValue } from './text.ts'

interface Mutation {
  readonly shop: Shop
  readonly chance: Chance
}

const oddIds = [
  'none',
  'constructor',
  '__proto__',
  'x'.repeat(65),
  'x'.repeat(3_000),
  '\u0000',
  'a/b',
  ' ',
  '\uD83D',
  'cafe\u0301',
  'ord_7Q2M4Z8K1T5V9X3B6N0C2D4F8H',
]

/** A request that is like a good one, but for something: now and then it is as good. */
export function mutated(method: string, path: string, request: Request, mutation: Mutation): Raw {
  const { chance } = mutation
  const changed = chance.maybe(0.6) ? inFields(request, mutation) : request
  const named = chance.maybe(0.25) ? inNames(changed, mutation) : changed
  // Somebody else would be signed out, whom all plans rely on.
  const raw = written(method, path, path === '/sessions/current' ? { ...named, as: request.as } : named)
  return chance.maybe(0.4) ? onTheWire(raw, chance) : raw
}

/** Something in the body is another value, is not there, or should not be there. */
function inFields(request: Request, { chance }: Mutation): Request {
  if (request.body === undefined) return chance.maybe(0.3) ? { ...request, body: oddValue(chance) } : request
  return { ...request, body: changedIn(request.body, chance) }
}

function changedIn(value: unknown, chance: Chance): unknown {
  if (Array.isArray(value)) {
    if (value.length === 0 || chance.maybe(0.2)) return oddValue(chance)
    if (chance.maybe(0.1)) return Array.from({ length: chance.pick([0, 101, 1_001]) }, () => value[0] as unknown)
    const at = chance.below(value.length)
    return value.map((each: unknown, index) => (index === at ? changedIn(each, chance) : each))
  }
  if (typeof value !== 'object' || value === null) return oddValue(chance)
  const entries = Object.entries(value)
  const at = chance.below(entries.length + 1)
  if (at === entries.length) {
    const name = chance.pick(['constructor', '__proto__', 'extra', 'id', 'version', '\uD83D', 'x'.repeat(10_000)])
    return Object.fromEntries([...entries, [name, oddValue(chance)]])
  }
  if (chance.maybe(0.2)) return Object.fromEntries(entries.filter((_, index) => index !== at))
  return Object.fromEntries(
    entries.map(([name, field], index) => [name, index === at ? changedIn(field, chance) : field]),
  )
}

/** Another id in the path, another query, another key, or somebody else. */
function inNames(request: Request, { shop, chance }: Mutation): Request {
  const { params, query = {} } = request
  switch (chance.below(4)) {
    case 0:
      return params === undefined
        ? { ...request, query: { ...query, [chance.pick(['limit', 'cursor', 'q', '__proto__', 'constructor'])]: 'x' } }
        : { ...request, params: Object.fromEntries(Object.keys(params).map((name) => [name, chance.pick(oddIds)])) }
    case 1: {
      const limit = chance.pick(['0', '101', '-1', '1e2', 'NaN', '', '50'])
      const cursor = chance.pick(['x', 'e30', Buffer.from('["a","\\ud83d"]').toString('base64url'), '%F0%9F'])
      return { ...request, query: { ...query, ...(chance.maybe(0.5) ? { limit } : { cursor }) } }
    }
    case 2: {
      const idempotencyKey = chance.pick([undefined, '', 'k'.repeat(255), 'k'.repeat(256), 'same-key', 'constructor'])
      const { idempotencyKey: _, ...rest } = request
      return idempotencyKey === undefined ? rest : { ...rest, idempotencyKey }
    }
    default:
      return { ...request, as: chance.pick([undefined, shop.operator, ...shop.customers]) }
  }
}

/** Bytes, headers and texts as no client should send them. */
function onTheWire(raw: Raw, chance: Chance): Raw {
  const { headers, body } = raw
  const text = body === undefined ? '' : Buffer.from(body).toString()
  const withBody = (changed: string | Uint8Array): Raw => (body === undefined ? raw : { ...raw, body: changed })
  switch (chance.below(10)) {
    case 0:
      return withBody(text.slice(0, chance.below(text.length + 1)))
    case 1:
      return withBody(text.replace('{', '{"name":"first","name":"second","quantity":1,"quantity":2,'))
    case 2:
      return withBody(Buffer.from(`${text} \u00E9`, 'latin1'))
    case 3:
      return withBody(Buffer.from(text, 'utf16le'))
    case 4:
      return withBody(`\uFEFF${text}`)
    case 5:
      return withBody(
        Buffer.concat([Buffer.from(text), Buffer.from(chance.pick([[0xff], [0xc0, 0x80], [0xf0, 0x9f, 0x98]]))]),
      )
    case 6:
      return withBody(
        text.replace(
          /:(\d+)/,
          (_, digits: string) => `:${chance.pick(['NaN', '-0', '1e400', `${digits}.0`, `${digits}e0`])}`,
        ),
      )
    case 7: {
      const type = chance.pick([
        'text/plain',
        'application/json; charset=iso-8859-1',
        'application/x-ndjson; charset=klingon',
        'application/x-ndjson; charset=windows-1252',
        'text/csv; charset=utf-16le',
        'multipart/form-data',
        '',
      ])
      return { ...raw, headers: { ...headers, 'content-type': type } }
    }
    case 8:
      return { ...raw, headers: { ...headers, prefer: 'wait=0', 'if-match': '"9"', 'if-none-match': '*' } }
    default:
      return {
        ...raw,
        headers: { ...headers, authorization: chance.pick(['', 'Bearer', 'Bearer x.y.z', 'Basic eDp5']) },
      }
  }
}
