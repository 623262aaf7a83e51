import { describe, expect, it } from 'vitest'
import { type EdgeAnswer, EdgeCache, type EdgeRequest } from '../../localstack/cloudfront/edge-cache.ts'
import { secondsOf } from '../../localstack/cloudfront/freshness.ts'

const policy = { min: 0, default: 0, max: 60 }

describe('an answer', () => {
  const noErrors = new Map<number, number>()
  it.each([
    ['public, max-age=5', 5],
    ['public, max-age=5, s-maxage=9', 9],
    ['max-age=31536000', 60],
    ['no-store', 0],
    ['private, max-age=9', 0],
    [undefined, 0],
  ])('with Cache-Control %s is kept for %i s', (cacheControl, seconds) =>
    expect(secondsOf({ status: 200, cacheControl }, policy, noErrors)).toBe(seconds),
  )

  it('that is an error is kept for ten seconds, also where nothing else is, unless the distribution has another time', () => {
    const kept = (status: number, errors = noErrors) =>
      secondsOf({ status, cacheControl: 'no-store' }, { ...policy, max: 0 }, errors)
    expect([404, 503, 500].map((status) => kept(status))).toEqual([10, 10, 10])
    expect(kept(404, new Map([[404, 0]]))).toBe(0)
    expect([400, 401, 403, 429].map((status) => kept(status))).toEqual([0, 0, 0, 0])
  })
})

describe('an edge', () => {
  let now = 0
  const asked: EdgeRequest[] = []
  let answers: EdgeAnswer
  const answerOf = (status: number, headers: Record<string, string>, body = 'tea') => ({
    status,
    headers,
    body: Buffer.from(body),
  })
  function edge(max = 60) {
    asked.length = 0
    answers = answerOf(200, { 'cache-control': 'public, max-age=5', etag: '"1"' })
    const methods = new Set(['GET', 'HEAD'])
    const behaviors = [
      { matches: () => true, methods, lifetimes: { min: 0, default: 0, max }, keyHeaders: ['authorization'] },
    ]
    const cache = new EdgeCache(
      { id: 'E1', behaviors, errors: new Map() },
      {
        now: () => now,
        origin: async (request) => {
          asked.push(request)
          return request.headers['if-none-match'] === answers.headers['etag'] ? answerOf(304, {}, '') : answers
        },
      },
    )
    return async (more: Partial<EdgeRequest> = {}) => {
      const { status, headers, body } = await cache.answer({
        method: 'GET',
        pathname: '/products',
        search: '',
        headers: {},
        ...more,
      })
      return [status, headers['x-cache'], headers['age'], String(body)]
    }
  }

  it('asks once for as long as the answer may be kept, then for what has changed', async () => {
    const get = edge()
    expect(await get()).toEqual([200, 'Miss from cloudfront', undefined, 'tea'])
    now += 4_999
    expect(await get()).toEqual([200, 'Hit from cloudfront', '4', 'tea'])
    now += 1
    expect(await get()).toEqual([200, 'RefreshHit from cloudfront', undefined, 'tea'])
    answers = answerOf(200, { 'cache-control': 'public, max-age=5', etag: '"2"' }, 'green tea')
    expect(await get()).toEqual([200, 'Hit from cloudfront', '0', 'tea'])
    now += 5_000
    expect(await get()).toEqual([200, 'Miss from cloudfront', undefined, 'green tea'])
    expect(asked.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"1"', '"1"'])
  })

  it('tells answers apart by query, method and the headers of its key', async () => {
    const get = edge()
    for (const more of [{}, { search: '?q=tea' }, { method: 'HEAD' }, { headers: { authorization: 'Bearer a' } }])
      expect((await get(more))[1]).toBe('Miss from cloudfront')
    expect((await get({ headers: { 'user-agent': 'another' } }))[1]).toBe('Hit from cloudfront')
  })

  it('answers who has what is kept with 304', async () => {
    const get = edge()
    await get()
    expect(await get({ headers: { 'if-none-match': '"1"' } })).toEqual([304, 'Hit from cloudfront', '0', ''])
  })

  it('asks once for viewers who come at once, and for each of them where nothing is kept', async () => {
    const get = edge()
    await Promise.all([get(), get(), get()])
    expect(asked).toHaveLength(1)
    const each = edge(0)
    await Promise.all([
      each({ headers: { authorization: 'Bearer a' } }),
      each({ headers: { authorization: 'Bearer b' } }),
    ])
    expect(asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer a', 'Bearer b'])
  })

  it('refuses methods that the distribution does not allow, and asks nobody', async () => {
    const get = edge()
    expect((await get({ method: 'POST' })).slice(0, 2)).toEqual([403, 'Error from cloudfront'])
    expect(asked).toEqual([])
  })

  it('keeps a thousand answers, and forgets the oldest', async () => {
    const get = edge()
    for (let count = 0; count <= 1_000; count += 1) await get({ search: `?limit=${count}` })
    expect((await get({ search: '?limit=1' }))[1]).toBe('Hit from cloudfront')
    expect((await get({ search: '?limit=0' }))[1]).toBe('Miss from cloudfront')
  })
})
