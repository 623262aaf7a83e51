import { type IncomingHttpHeaders, request as send } from 'node:http'
import { describe, expect, it } from 'vitest'
import { baseUrl, isLocal, raw } from './target.ts'

interface Answered {
  readonly status: number
  readonly headers: IncomingHttpHeaders
}

/** `fetch` does not let a test name another host. */
function answered(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    send(`${baseUrl}/_local${path}`, { method, headers }, (answer) => {
      answer.resume().on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers }))
    })
      .on('error', reject)
      .end(body)
  })
}

const { port } = new URL(baseUrl)
const json = { 'content-type': 'application/json' }
const offset = async (): Promise<number> =>
  ((await raw({ method: 'GET', path: '/_local/clock' })).body as { readonly aheadMs: number }).aheadMs

describe.runIf(isLocal)('the control API', () => {
  it.each(['localhost', 'LOCALHOST', '127.0.0.1', '[::1]'])('answers as %s', async (host) => {
    expect((await answered('GET', '/clock', { host: `${host}:${port}` })).status).toBe(200)
    expect((await answered('GET', '/clock', { host })).status).toBe(200)
  })

  it.each([
    'holdfast.example',
    'localhost.holdfast.example',
    '127.0.0.1.holdfast.example',
    'localhost@holdfast.example',
    '127.0.0.2',
    '0.0.0.0',
    '[::]',
    'localhost.',
    '2130706433',
  ])('does not answer as %j, whatever is asked', async (host) => {
    for (const [method, path] of [
      ['GET', '/state'],
      ['POST', '/clock'],
      ['DELETE', '/schedules'],
      ['GET', '/none'],
    ] as const)
      expect((await answered(method, path, { ...json, host })).status).toBe(403)
  })

  it.each([
    ['a form', 'application/x-www-form-urlencoded'],
    ['a form with files', 'multipart/form-data; boundary=b'],
    ['a text', 'text/plain'],
    ['a text that claims JSON in a parameter', 'text/plain; application/json'],
    ['another kind of JSON', 'application/json-patch'],
  ])('does not take %s, which a page of another site may send', async (_, mediaType) => {
    const before = await offset()
    const answer = await answered('POST', '/clock', { 'content-type': mediaType }, '{"advance":"24h"}')
    expect(answer.status).toBe(415)
    expect(await offset()).toBe(before)
  })

  it('takes no POST without a media type', async () => {
    expect((await answered('POST', '/settle', {})).status).toBe(415)
    expect((await answered('POST', '/settle', { 'content-type': 'Application/JSON; charset=utf-8' })).status).toBe(200)
  })

  it('lets no page of another site ask or read, not even one that may call the API', async () => {
    const origin = 'http://localhost:3000'
    const asking = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' }
    for (const answer of [await answered('OPTIONS', '/clock', asking), await answered('GET', '/state', { origin })])
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  })
})
