import { beforeAll, describe, expect, it } from 'vitest'
import { advance, state } from './control.ts'
import { type SignedIn, isLocal, newcomer, place, signIn, stocked, unique } from './target.ts'

describe.runIf(isLocal)('the distribution before the API', () => {
  let operator: SignedIn
  let cdn: string

  beforeAll(async () => {
    operator = await signIn('operator')
    const { outputs } = await state()
    cdn = Object.values(outputs).flatMap((each) => each['CdnUrl'] ?? [])[0] ?? ''
  })

  async function get(path: string, init: RequestInit = {}) {
    const answer = await fetch(cdn + path, init)
    const text = await answer.text()
    return { status: answer.status, how: answer.headers.get('x-cache'), age: answer.headers.get('age'), text }
  }
  const changed = (sku: string, name: string) => operator.api.updateProduct({ params: { sku }, body: { name } })

  it('answers open reads from its cache, and shows it', async () => {
    const sku = await stocked(operator, 3)
    const path = `/inventory/${sku}`
    expect(await get(path)).toMatchObject({ status: 200, how: 'Miss from cloudfront', age: null })
    expect(await get(path)).toMatchObject({
      status: 200,
      how: 'Hit from cloudfront',
      age: expect.stringMatching(/^\d$/),
    })
    await advance('3s')
    expect(await get(path)).toMatchObject({ status: 200, how: 'RefreshHit from cloudfront' })
  })

  it('is behind by as long as the answer may be kept, and no longer', async () => {
    const sku = await stocked(operator, 1)
    const path = `/products/${sku}`
    await get(path)
    await changed(sku, 'Green tea')
    await advance('1m')
    expect((await get(path)).text).toContain('Green tea')
  })

  it('keeps no refusal: what is made a moment later is there', async () => {
    const sku = unique('late')
    expect(await get(`/products/${sku}`)).toMatchObject({ status: 404, how: 'Error from cloudfront' })
    await operator.api.createProduct({ body: { sku, name: 'Late', price: { amount: 100, currency: 'GBP' } } })
    expect(await get(`/products/${sku}`)).toMatchObject({ status: 200, how: 'Miss from cloudfront' })
  })

  it('passes other reads on, to each what is theirs, and takes nothing else', async () => {
    const [owner, other] = [await newcomer(), await newcomer()]
    const { id } = await place(owner, { [await stocked(operator, 1)]: 1 })
    const as = ({ token }: SignedIn) => ({ headers: { authorization: `Bearer ${token}` } })
    expect(await get(`/orders/${id}`, as(other))).toMatchObject({ status: 404, how: 'Error from cloudfront' })
    for (let count = 0; count < 2; count += 1)
      expect(await get(`/orders/${id}`, as(owner))).toMatchObject({ status: 200, how: 'Miss from cloudfront' })
    expect(await get(`/orders/${id}`)).toMatchObject({ status: 401 })
    expect(await get('/sessions', { method: 'POST', body: '{}' })).toMatchObject({
      status: 403,
      how: 'Error from cloudfront',
    })
  })
})
