import { afterEach, expect, it, vi } from 'vitest'
import { renewingFetch } from '../../bin/replay/renewing-fetch.ts'

afterEach(() => void vi.unstubAllGlobals())

it('signs in once for all requests that find their token ended at once', async () => {
  const good = new Set<string | null>()
  vi.stubGlobal('fetch', async (_: unknown, init?: RequestInit) => {
    const status = good.has(new Headers(init?.headers).get('authorization')) ? 200 : 401
    return new Response(null, { status })
  })
  let signIns = 0
  const signIn = async (): Promise<string> => {
    const token = `token-${(signIns += 1)}`
    good.add(`Bearer ${token}`)
    return token
  }
  const send = renewingFetch('first', signIn)
  const ask = () => send('http://localhost/', { headers: { authorization: 'Bearer first' } })
  const answers = await Promise.all(Array.from({ length: 20 }, ask))
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
  expect(signIns).toBe(1)
  good.clear()
  expect((await ask()).status).toBe(200)
  expect(signIns).toBe(2)
})
