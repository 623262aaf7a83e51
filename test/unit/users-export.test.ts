import { beforeEach, describe, expect, it } from 'vitest'
import { cursorOf } from '../../functions/runtime/cursor.ts'
import { memoryStore } from '../../functions/runtime/store.memory.ts'
import { exportMe } from '../../functions/users/routes/export.ts'
import type { UsersDeps } from '../../functions/users/deps.ts'
import { routes } from '../../schemas/users.ts'
import { type Call, caller } from './call-route.ts'

type Answers = (path: string, query: URLSearchParams) => { readonly status?: number; readonly body: unknown }

const store = memoryStore()
const principals = memoryStore()
let now = 0
let answers: Answers
let asked: string[]

const readPath = async (path: string): Promise<{ readonly status: number; readonly body: unknown }> => {
  const { pathname, searchParams } = new URL(path, 'https://api.test')
  asked.push(path)
  return { status: 200, ...answers(pathname, searchParams) }
}
const clock = { now: () => now, sleep: async () => {} }
const deps = { store, principals, clock, readPath } as unknown as UsersDeps
const only = { exportMe: routes.exportMe }
const get = (cursor?: string, as = 'customer') => {
  const call: Call = { as, ...(cursor !== undefined && { query: { cursor } }) }
  return caller(only, { exportMe: exportMe(deps) })('GET /users/me/export', call)
}

/** All pages, one behind the other. */
async function whole(as?: string) {
  const pages = []
  let cursor: string | undefined
  do {
    const { status, body } = await get(cursor, as)
    expect(status).toBe(200)
    pages.push(body)
    cursor = body.cursor
  } while (cursor !== undefined)
  return pages
}

const order = (id: number, length = 10) => ({ id: `ord_${id}`, text: 'x'.repeat(length) })
const nothing = { body: { items: [] } }
const profile = { pk: 'user-1', sk: 'user', version: 1, email: 'a@b.de', roles: ['customer'], createdAt: '2026-01-01' }

beforeEach(async () => {
  now = 1_000
  asked = []
  answers = () => nothing
  await store.write({ put: profile, if: 'any' })
})

describe('the export of a person', () => {
  it('is one document of pages, each part behind the one before it', async () => {
    answers = (path, query) => {
      if (path === '/orders') {
        const second = query.get('cursor') === 'more'
        const items = second ? [order(3)] : [order(1), order(2)]
        return { body: { items, ...(!second && { cursor: 'more' }) } }
      }
      if (path === '/users/me/wallet') return { body: { balance: { amount: 5, currency: 'GBP' }, items: ['entry'] } }
      if (path === '/notifications') return { body: { items: ['message'] } }
      if (path.endsWith('/payments')) return { body: { items: [`paid ${path}`] } }
      return path.endsWith('/shipments') ? { body: { items: ['parcel'] } } : { body: order(Number(path.slice(-1))) }
    }
    const pages = await whole()
    expect(pages.map(({ cursor: _, ...page }) => Object.keys(page).join())).toEqual([
      'user,addresses,sessions',
      'orders',
      'orders',
      'balance,ledger',
      'notifications',
    ])
    const orders = pages.flatMap((page) => page.orders ?? [])
    expect(orders.map((each: { order: { id: string } }) => each.order.id)).toEqual(['ord_1', 'ord_2', 'ord_3'])
    expect(orders[1]).toMatchObject({ payments: ['paid /orders/ord_2/payments'], shipments: ['parcel'] })
    expect(pages.at(-2)).toMatchObject({ balance: { amount: 5 }, ledger: ['entry'] })
  })

  it('asks for the own orders alone, as of its first page', async () => {
    await whole('operator')
    const [list] = asked
    const query = new URLSearchParams(list!.split('?')[1])
    expect(query.get('customerId')).toBe('user-1')
    expect(query.get('to')).toBe('1970-01-01T00:00:01.000Z')
  })

  it('breaks a page where it becomes large, and loses no order', async () => {
    const list = [1, 2, 3, 4].map((id) => order(id, 1_000_000))
    answers = (path) => {
      if (path === '/orders') return { body: { items: list } }
      return /ord_\d$/.test(path) ? { body: list[Number(path.slice(-1)) - 1] } : nothing
    }
    const pages = (await whole()).filter((page) => page.orders)
    expect(pages.map((page) => page.orders.length)).toEqual([2, 2])
    for (const page of pages) expect(JSON.stringify(page).length).toBeLessThan(5_000_000)
  })

  it('breaks a page where services are slow', async () => {
    answers = (path) => {
      if (path === '/orders') return { body: { items: [order(1), order(2), order(3)] } }
      if (/ord_\d$/.test(path)) now += 3_000
      return /ord_\d$/.test(path) ? { body: order(Number(path.slice(-1))) } : nothing
    }
    const pages = (await whole()).filter((page) => page.orders)
    expect(pages.map((page) => page.orders.length)).toEqual([2, 1])
  })

  it('has what an owner did and made, where the caller may read that', async () => {
    answers = (path) => (path === '/audit' ? { body: { items: ['deed'] } } : nothing)
    const pages = await whole('owner')
    expect(pages.at(-1)).toMatchObject({ audit: ['deed'] })
    expect(pages.at(-2)).toMatchObject({ apiKeys: [] })
    expect(asked.some((path) => path.startsWith('/audit?actor=user-1'))).toBe(true)
    expect((await whole('customer')).some((page) => page.audit ?? page.apiKeys)).toBe(false)
  })

  it('goes without inboxes where the stage has none', async () => {
    answers = (path) => (path === '/notifications' ? { status: 404, body: {} } : nothing)
    expect((await whole()).at(-1)).toEqual({ notifications: [] })
  })

  it('is unavailable for as long as a service does not answer, and never incomplete', async () => {
    const { cursor } = (await get()).body
    answers = () => ({ status: 503, body: {} })
    expect(await get(cursor)).toMatchObject({ status: 503, body: { code: 'unavailable' } })
    answers = () => ({ status: 404, body: {} })
    expect(await get(cursor)).toMatchObject({ status: 503, body: { code: 'unavailable' } })
  })

  it.each(['x', cursorOf('nothing 1 0 '), cursorOf('orders a 0 '), cursorOf('orders 1 0 a b')])(
    'refuses the cursor %s',
    async (cursor) => {
      expect(await get(cursor)).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } })
    },
  )

  it('refuses a cursor whose list does not know it', async () => {
    answers = () => ({ status: 400, body: {} })
    expect(await get(cursorOf('orders 1 0 abc'))).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } })
  })

  it('is for those who have a profile', async () => {
    await store.write({ delete: { pk: 'user-1', sk: 'user' }, if: 'any' })
    expect(await get()).toMatchObject({ status: 404, body: { code: 'user_not_found' } })
  })
})
