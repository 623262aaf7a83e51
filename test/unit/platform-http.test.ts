import { describe, expect, it } from 'vitest'
import document from '../../docs/openapi.json' with { type: 'json' }
import { handlers } from '../../functions/platform/http.ts'
import { refuse } from '../../functions/runtime/errors.ts'
import { dispatch, type GatewayEvent } from '../../functions/runtime/http.ts'
import { routes } from '../../schemas/platform.ts'
import { problemCodes, problems } from '../../schemas/problems.ts'

const answerOf = dispatch(routes, handlers('dev'))
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

describe('GET /openapi.json', () => {
  it('gives the description that is committed', async () => {
    const { statusCode, headers, body } = await get('/openapi.json')
    expect({ statusCode, headers }).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'public, max-age=300' },
    })
    expect(JSON.parse(body!)).toEqual(document)
  })

  it('gives nothing to who has it already', async () => {
    const { headers } = await get('/openapi.json')
    const etag = String(headers!['etag'])
    expect(etag).toMatch(/^"[0-9A-Z]{26}"$/)
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const again = await get('/openapi.json', { 'if-none-match': known })
      expect(again).toMatchObject({ statusCode: 304, headers: { etag } })
      expect(again.body).toBeUndefined()
    }
  })
})
