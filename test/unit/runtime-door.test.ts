import { byClaims, headerOf } from '../claims.ts'
import type { Context } from 'aws-lambda'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type GatewayEvent, http } from '../../functions/runtime/http.ts'
import { logger } from '../../functions/runtime/log.ts'
import { routes } from '../../schemas/client.ts'
import { type RouteContract, routeKeyOf } from '../../schemas/contract.ts'

const half = 'cut \uD83D'
let handled: number

beforeEach(() => {
  handled = 0
  vi.spyOn(logger, 'info').mockImplementation(() => {})
})

const named = Object.entries<RouteContract>(routes)
const handler = http(
  routes,
  () => byClaims,
  () => {
    const handle = async () => {
      handled += 1
      return {}
    }
    return Object.fromEntries(named.map(([name]) => [name, handle])) as never
  },
)

interface Deps {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

async function ask(route: RouteContract, { params, query, headers = {}, body }: Deps) {
  const event = {
    version: '2.0',
    routeKey: routeKeyOf(route),
    headers: {
      authorization: headerOf({ sub: 'u', roles: 'owner' }),
      'content-type': route.text?.[0] ?? 'application/json',
      'idempotency-key': 'k',
      ...headers,
    },
    ...(params && { pathParameters: params }),
    ...(query && { queryStringParameters: query }),
    ...(body !== undefined && { body }),
    isBase64Encoded: false,
    requestContext: {
      requestId: 'r1',
    },
  } as unknown as GatewayEvent
  const { statusCode, body: text = '' } = await handler(event, { functionName: 'f' } as Context)
  const { errors = [] } = JSON.parse(text) as { errors?: { path: string; message: string }[] }
  return { status: statusCode, text, errors, paths: errors.map(({ path }) => path) }
}

const fieldsOf = (route: RouteContract, part: 'params' | 'query'): string[] => Object.keys(route[part]?.shape ?? {})

describe.each(named)('%s refuses half a character', (_, route) => {
  it.each(fieldsOf(route, 'params'))('in the path parameter %s', async (field) => {
    const { status, paths } = await ask(route, { params: { [field]: half } })
    expect({ status, handled }).toEqual({ status: 400, handled: 0 })
    expect(paths).toContain(field)
  })

  it.each([...fieldsOf(route, 'query'), 'unknown'])('in the query field %s', async (field) => {
    const { status, paths } = await ask(route, { query: { [field]: half } })
    expect({ status, handled }).toEqual({ status: 400, handled: 0 })
    expect(paths).toContain(field)
  })

  it.each(['idempotency-key', 'if-match', 'if-none-match', 'prefer', 'x-anything'])(
    'in the header %s',
    async (name) => {
      const { status, paths } = await ask(route, { headers: { [name]: half } })
      expect({ status, handled }).toEqual({ status: 400, handled: 0 })
      expect(paths).toContain(name)
    },
  )

  it.runIf(route.body !== undefined || route.text?.includes('application/json'))('anywhere in its body', async () => {
    const body = '{"name":"a \\ud83d","deep":[{"\\udc00":"x"},{"note":"\\udc00"}]}'
    const { status, paths, text } = await ask(route, { body })
    expect({ status, handled }).toEqual({ status: 400, handled: 0 })
    expect(paths).toEqual(expect.arrayContaining(['name', 'deep[0].\uFFFD', 'deep[1].note']))
    expect(text).not.toMatch(/\\ud[89a-f]/i)
  })
})

// One of each shape: fields, lists of objects, records of attributes and of preferences.
describe.each(['placeOrder', 'createProduct', 'updateMe'] as const)('the answer of %s to a megabyte', (name) => {
  const route: RouteContract = routes[name]
  const megabyte = (each: (index: number) => string, [open, close]: readonly [string, string]): string => {
    const deps: string[] = []
    for (let bytes = 2; ; bytes += deps.at(-1)!.length + 1) {
      const part = each(deps.length)
      if (bytes + part.length > 1_040_000) return `${open}${deps.join()}${close}`
      deps.push(part)
    }
  }

  it.each([
    ['of unknown fields', megabyte((index) => `"k${index}":1`, ['{', '}'])],
    ['of one long name', `{"${'\\u0001'.repeat(170_000)}":1}`],
    ['of a list in place of an object', megabyte(() => '1', ['[', ']'])],
    ['of lists in lists', `${'['.repeat(500_000)}${']'.repeat(500_000)}`],
    ['of bad attributes', megabyte((index) => `"k${index}":{}`, ['{"attributes":{', '}}'])],
    ['of bad lines', megabyte(() => '{"a":1}', ['{"lines":[', ']}'])],
    ['of halves of characters', megabyte((index) => `"k${index}":"\\ud800"`, ['{', '}'])],
  ])('%s is small and quick', async (_, body) => {
    const began = performance.now()
    const { status, text, errors } = await ask(route, { body })
    expect(status).toBe(400)
    expect(text.length).toBeLessThan(100_000)
    expect(errors.length).toBeLessThanOrEqual(100)
    expect(performance.now() - began).toBeLessThan(8_000)
  })
})
