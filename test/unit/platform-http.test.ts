import { nobody } from '../../functions/runtime/identity.ts'
import { describe, expect, it } from 'vitest'
import events from '../../docs/asyncapi.json' with { type: 'json' }
import document from '../../docs/openapi.json' with { type: 'json' }
import { handlers } from '../../functions/platform/http.ts'
import { refuse } from '../../functions/runtime/errors.ts'
import { dispatch, type GatewayEvent } from '../../functions/runtime/http.ts'
import { localLogins } from '../../lib/local-logins.ts'
import { Home, routes } from '../../schemas/platform.ts'
import { problemCodes, problems } from '../../schemas/problems.ts'

const place = { stage: 'dev', url: 'https://api.test', logins: [], reference: true }
const answerOf = dispatch(routes, handlers(place), nobody)
const get = (path: string, headers: Record<string, string> = {}) =>
  answerOf({ routeKey: `GET ${path}`, headers, requestContext: { requestId: 'r1' } } as unknown as GatewayEvent)

describe('GET /health', () => {
  it('reports that the stage answers, to everybody and never from a cache', async () => {
    const { statusCode, headers, body } = await get('/health')
    expect({ statusCode, headers }).toMatchObject({ statusCode: 200, headers: { 'cache-control': 'no-store' } })
    expect(JSON.parse(body!)).toEqual({ status: 'ok', stage: 'dev' })
  })
})

describe('GET /problems/{code}', () => {
  const explain = (code: string) =>
    answerOf({
      routeKey: 'GET /problems/{code}',
      headers: {},
      pathParameters: { code },
      requestContext: { requestId: 'r1' },
    } as unknown as GatewayEvent)

  it.each(problemCodes)('is where the type of %s leads, and explains it', async (code) => {
    const { type, title, status } = refuse(code, 'no').body('r1')
    const { statusCode, body } = await explain(type.replace('/problems/', ''))
    expect(statusCode).toBe(200)
    expect(JSON.parse(body!)).toEqual({ code, title, status, next: problems[code].next })
  })

  it.each(['nonsense', 'constructor', ''])('knows no code "%s"', async (code) => {
    await expect(explain(code)).rejects.toMatchObject({ status: 404, code: 'problem_not_found' })
  })
})

describe('GET /', () => {
  const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8'

  it.each(['*/*', '', 'application/json', 'application/json, text/html;q=0.5', 'text/html;q=0', 'text/*'])(
    'answers a program that accepts %j with JSON',
    async (accept) => {
      const { headers, body } = await get('/', { accept })
      expect(headers).toMatchObject({ 'content-type': 'application/json', vary: 'accept' })
      const { links, logins, ...home } = Home.parse(JSON.parse(body!))
      expect(home).toMatchObject({ name: 'Holdfast', stage: 'dev', url: 'https://api.test' })
      expect(links.map(({ path }) => path)).toEqual(['/docs', '/openapi.json', '/asyncapi.json', '/health'])
      expect(logins).toEqual([])
    },
  )

  it.each([browser, 'text/html', 'TEXT/HTML', 'application/json;q=0.9,text/html'])(
    'answers a browser that accepts %j with a page that loads nothing',
    async (accept) => {
      const { headers, body } = await get('/', { accept })
      expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', vary: 'accept' })
      const [, nonce] = /^default-src 'none'; img-src 'self' data:; style-src 'nonce-([^']+)'; base-uri 'none'/.exec(
        String(headers!['content-security-policy']),
      )!
      expect(body).toContain(`<style nonce="${nonce}">`)
      expect(body).not.toMatch(/<script|src=|url\(/)
    },
  )

  it('names the logins and the control API of the laptop, and no reference where there is none', async () => {
    const laptop = dispatch(
      routes,
      handlers({ ...place, stage: 'local', logins: localLogins, reference: false }),
      nobody,
    )
    const event = { routeKey: 'GET /', headers: {}, requestContext: { requestId: 'r1' } } as unknown as GatewayEvent
    const { logins, links } = Home.parse(JSON.parse((await laptop(event)).body!))
    expect(logins).toEqual(localLogins)
    expect(links.map(({ path }) => path)).toEqual(['/openapi.json', '/asyncapi.json', '/health', '/_local/state'])
  })
})

describe.each([
  ['/openapi.json', document],
  ['/asyncapi.json', events],
])('GET %s', (path, description) => {
  it('gives the description that is committed', async () => {
    const { statusCode, headers, body } = await get(path)
    expect({ statusCode, headers }).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'public, max-age=300' },
    })
    expect(JSON.parse(body!)).toEqual(description)
  })

  it('gives nothing to who has it already', async () => {
    const { headers } = await get(path)
    const etag = String(headers!['etag'])
    expect(etag).toMatch(/^"[0-9A-Z]{26}"$/)
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const again = await get(path, { 'if-none-match': known })
      expect(again).toMatchObject({ statusCode: 304, headers: { etag } })
      expect(again.body).toBeUndefined()
    }
  })
})
