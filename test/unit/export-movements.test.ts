import { describe, expect, it } from 'vitest'
import { movements } from '../../bin/export/movements.ts'
import type { Place } from '../../bin/export/list.ts'
import type { Api } from '../../schemas/client.ts'
import type { Movement } from '../../schemas/movement.ts'
import { depot } from './depot.ts'

type World = Awaited<ReturnType<typeof depot>>

/** The routes that an export of movements reads, by pages of two. */
function apiOf({ call }: World): Api {
  const reading = (route: string) => async (request: { params?: Record<string, string>; query: object }) => {
    const query = Object.fromEntries(Object.entries({ ...request.query, limit: 2 }).map(([k, v]) => [k, String(v)]))
    const { status, body } = await call(route, { as: 'operator', ...request, query })
    if (status !== 200) throw new Error(`${route}: ${status} ${JSON.stringify(body)}`)
    return body
  }
  const routes = {
    listWarehouses: reading('GET /warehouses'),
    listLevels: reading('GET /levels'),
    listMovements: reading('GET /inventory/{sku}/movements'),
  }
  return routes as unknown as Api
}

const days = (from: string, to: string) => ({ what: 'movements', from, to, format: 'csv', url: 'http://x' }) as const
const dayMs = 86_400_000

/** What an export has, read from a place on; `until` ends it after so many pages. */
async function exported(api: Api, asked = days('2026-01-01', '2026-01-09'), place?: Place, until = Infinity) {
  const rows: ({ readonly sku: string } & Movement)[] = []
  let [next, pages] = [place, 0]
  for await (const page of movements.pages(api, asked, place)) {
    rows.push(...page.rows)
    ;[next, pages] = [page.next, pages + 1]
    if (pages >= until) break
  }
  return { rows, next, pages }
}

const idsOf = (rows: readonly ({ readonly sku: string } & Movement)[]) => rows.map(({ sku, id }) => `${sku} ${id}`)

const adjust = ({ call }: World, sku: string, warehouseId: string, delta: number, key: string) =>
  call('POST /inventory/{sku}/adjustments', {
    as: 'operator',
    params: { sku },
    headers: { 'idempotency-key': key },
    body: { warehouseId, delta, reason: 'count' },
  })

/** Three skus in two warehouses, with twelve movements in each of three days; one product is deleted. */
async function shop(): Promise<World> {
  const world = await depot({ A: 5, B: 0, C: 5 })
  await world.call('POST /warehouses', { as: 'operator', body: { name: 'Annex' } })
  for (let day = 1; day <= 3; day += 1) {
    for (const sku of ['A', 'B', 'C'])
      for (const warehouse of ['main', 'annex'])
        for (const delta of [7, -3]) await adjust(world, sku, warehouse, delta, `${day} ${sku} ${warehouse} ${delta}`)
    world.advance(dayMs)
  }
  await world.call('DELETE /products/{sku}', { as: 'operator', params: { sku: 'B' } })
  return world
}

describe('an export of movements', () => {
  it('has every movement of the days once, with its sku, also of a deleted product', async () => {
    const api = apiOf(await shop())
    const { rows } = await exported(api)
    expect(new Set(idsOf(rows)).size).toBe(rows.length)
    const all: string[] = []
    for (const sku of ['A', 'B', 'C']) {
      let cursor: string | undefined
      do {
        const page = await api.listMovements({ params: { sku }, query: { ...(cursor && { cursor }) } })
        all.push(...idsOf(page.items.map((item) => ({ sku, ...item }))))
        cursor = page.cursor
      } while (cursor !== undefined)
    }
    expect(idsOf(rows).toSorted()).toEqual(all.toSorted())
    const second = await exported(api, days('2026-01-02', '2026-01-02'))
    expect(second.rows).toHaveLength(12)
    expect(new Set(second.rows.map(({ at }) => at.slice(0, 10)))).toEqual(new Set(['2026-01-02']))
    expect((await exported(api, days('2026-01-07', '2026-01-08'))).rows).toEqual([])
  })

  it('goes on from every page as if it had never been ended, also while stock moves', async () => {
    const world = await shop()
    const api = apiOf(world)
    const asked = days('2026-01-01', '2026-01-02')
    const whole = await exported(api, asked)
    expect(whole.rows.length).toBeGreaterThanOrEqual(24)
    for (let ended = 1; ended < whole.pages; ended += 1) {
      const first = await exported(api, asked, undefined, ended)
      for (const sku of ['A', 'C']) await adjust(world, sku, 'main', 1, `while ${ended}`)
      const rest = await exported(api, asked, first.next)
      expect(idsOf([...first.rows, ...rest.rows])).toEqual(idsOf(whole.rows))
    }
  })

  it('counts the skus that are still to be read', async () => {
    const api = apiOf(await shop())
    const all = await movements.total(api, days('2026-01-01', '2026-01-09'), undefined)
    expect(all).toBe(6)
    let passed = 0
    for await (const page of movements.pages(api, days('2026-01-01', '2026-01-09'), undefined)) {
      passed = page.passed
      if (page.next) expect(await movements.total(api, days('2026-01-01', '2026-01-09'), page.next)).toBe(all - passed)
    }
    expect(passed).toBe(all)
  })

  it('reads no further than the days, and a little beyond: clocks differ', async () => {
    const at = (minutes: number) => new Date(Date.parse('2026-01-05') + minutes * 60_000).toISOString()
    const moves = [30, -2, 10, -5, 20, -30, 40].map((minutes, index) => ({ id: `m${index}`, minutes }))
    const asked: (string | undefined)[] = []
    const api = {
      listWarehouses: async () => ({ items: [{ id: 'main' }] }),
      listLevels: async () => ({ items: [{ sku: 'A' }] }),
      listMovements: async ({ query }: { query: { cursor?: string } }) => {
        asked.push(query.cursor)
        const index = Number(query.cursor ?? 0)
        const { id, minutes } = moves[index]!
        const kind = minutes === -5 ? 'unrecorded' : 'adjust'
        const item = { id, at: minutes === -5 ? at(-9_999) : at(minutes), warehouseId: 'main', kind }
        return { items: [item], ...(moves.length > index + 1 && { cursor: String(index + 1) }) }
      },
    } as unknown as Api
    const { rows } = await exported(api, days('2026-01-05', '2026-01-05'))
    expect(rows.map(({ id }) => id)).toEqual(['m0', 'm2', 'm4'])
    expect(asked).toEqual([undefined, '1', '2', '3', '4', '5'])
  })
})
