import { describe, expect, it } from 'vitest'
import { cursorsOf } from '../../functions/runtime/list-cursor.ts'
import { InvalidCursor } from '../../functions/runtime/store.ts'
import { routes } from '../../schemas/client.ts'
import type { RouteContract } from '../../schemas/contract.ts'

const staff = { id: 'usr_1', privileged: true }
type Asked = Parameters<typeof cursorsOf>[0]
const ofDeliveries = (id: string, query: object = {}, caller = staff): Asked => ({
  route: routes.listWebhookDeliveries,
  params: { id },
  query: { limit: 50, ...query },
  caller,
})

/** The cursor that a page with these ends with. */
function givenBy(request: Asked): string {
  const { body } = cursorsOf(request)!.sealed({ body: { items: [], cursor: 'abc' } })
  return (body as { readonly cursor: string }).cursor
}
const takenBy = (request: Asked, cursor: string) => {
  const asked = { ...request, query: { ...(request.query as object), cursor } }
  return cursorsOf(asked)!.opened(asked).query
}

describe('a cursor', () => {
  const cursor = givenBy(ofDeliveries('whk_1'))
  it('is good for pages of any size of its list, whoever of the staff asks', () => {
    const next = ofDeliveries('whk_1', { limit: 7 }, { id: 'usr_2', privileged: true })
    expect(takenBy(next, cursor)).toEqual({ limit: 7, cursor: 'abc' })
  })
  it.each([
    ['of another thing', ofDeliveries('whk_2')],
    ['with other filters', ofDeliveries('whk_1', { status: 'failed' })],
    ['of what another caller has', ofDeliveries('whk_1', {}, { id: 'usr_1', privileged: false })],
    ['of another route', { ...ofDeliveries('whk_1'), route: routes.listWebhooks }],
  ])('is refused by the list %s', (_, other) => {
    expect(() => takenBy(other, cursor)).toThrow(InvalidCursor)
  })
  it('of an earlier release has no mark, and is taken', () => {
    expect(takenBy(ofDeliveries('whk_1'), 'eyJwayI6ImFsbCJ9')).toMatchObject({ cursor: 'eyJwayI6ImFsbCJ9' })
  })
  it('is in no last page', () => {
    expect(cursorsOf(ofDeliveries('whk_1'))!.sealed({ body: { items: [] } })).toEqual({ body: { items: [] } })
  })
})

it('each list marks its cursors, but for the feed, whose places are good with any filters', () => {
  const paged = Object.entries<RouteContract>(routes).filter(([, { query }]) => query && 'cursor' in query.shape)
  const without = paged.filter(([, route]) => !cursorsOf({ route, params: {}, query: {}, caller: staff }))
  expect(paged.length).toBeGreaterThan(20)
  expect(without.map(([name]) => name)).toEqual(['listEvents'])
})
