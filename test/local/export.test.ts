import type { ChildProcess } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { movementColumns, orderColumns, paymentColumns, paymentLinesOf } from '../../bin/export/columns.ts'
import { headerOf, linesOf } from '../../bin/export/csv.ts'
import type { MovementOfSku } from '../../bin/export/movements.ts'
import type { OrderSummary } from '../../schemas/order.ts'
import type { Payment } from '../../schemas/payment.ts'
import { advance, settle } from './control.ts'
import { between, run } from './run-export.ts'
import { type SignedIn, accounts, deposit, isLocal, place, receive, signIn, stocked, unique } from './target.ts'

let operator: SignedIn
let customer: SignedIn
let folder: string
/** The day of the orders, which has none of other tests. */
let day: string
let skus: readonly string[]
let ids: readonly string[]

describe.runIf(isLocal)('an export', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'export-'))
    ;[operator, customer] = await Promise.all([signIn('operator'), signIn('customer')])
    // One in the morning, so that the day does not end under way.
    const { now } = (await advance('1s')) as { readonly now: string }
    const minutes = (Date.parse(now) / 60_000) % 1_440
    await advance(`${Math.ceil(1_440 - minutes) + 60}m`)
    const { placed, sold } = await trade()
    ;[ids, skus] = [placed, sold]
    const { placedAt } = await operator.api.getOrder({ params: { id: ids[0]! } })
    day = placedAt.slice(0, 10)
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  /** Seven orders of two skus in two warehouses: paid, refunded in part, rejected and reserved. */
  async function trade() {
    const sold = [await stocked(operator, 40, { price: 250 }), await stocked(operator, 40, { price: 199 })]
    const { id: annex } = await operator.api.createWarehouse({ body: { name: unique('Annex') } })
    for (const sku of sold) await receive(operator, sku, 3, annex)
    await operator.api.adjustStock({
      params: { sku: sold[0]! },
      idempotencyKey: unique('broken'),
      body: { warehouseId: annex, delta: -1, reason: '=HYPERLINK("x"), "broken"\nin two', reference: '-7' },
    })
    await deposit(operator, customer, 10_000)
    const placed: string[] = []
    const lines = { [sold[0]!]: 1, [sold[1]!]: 2 }
    for (let count = 0; count < 5; count += 1)
      placed.push((await place(customer, lines, { payment: { method: count < 3 ? 'wallet' : 'manual' } })).id)
    placed.push((await place(customer, { [sold[0]!]: 500 })).id)
    placed.push((await place(customer, { [sold[1]!]: 1 })).id)
    const body = { amount: { amount: 100, currency: 'GBP' }, reason: '+44 called' }
    await operator.api.refundOrder({ params: { id: placed[0]! }, idempotencyKey: unique('refund'), body })
    await settle()
    return { placed, sold }
  }

  /** What the API lists, by its own pages. */
  async function listed() {
    const times = { from: `${day}T00:00:00Z`, to: new Date(Date.parse(day) + 86_400_000).toISOString() }
    const orders: OrderSummary[] = []
    let cursor: string | undefined
    do {
      const page = await operator.api.listOrders({ query: { ...times, limit: 100, ...(cursor && { cursor }) } })
      orders.push(...page.items)
      cursor = page.cursor
    } while (cursor !== undefined)
    const payments: Payment[] = []
    for (const { id } of orders) payments.push(...(await operator.api.listPayments({ params: { id } })).items)
    const movements: MovementOfSku[] = []
    for (const sku of skus) {
      const { items } = await operator.api.listMovements({ params: { sku }, query: { limit: 100 } })
      movements.push(...items.filter(({ at }) => at.startsWith(day)).map((item) => ({ sku, ...item })))
    }
    return { orders, payments, movements }
  }

  const asked = (what: string, out: string, more: readonly string[] = []) => [
    '--what',
    what,
    '--from',
    day,
    '--to',
    day,
    '--out',
    join(folder, out),
    ...more,
  ]

  const file = (name: string): Promise<string> => readFile(join(folder, name), 'utf8')
  const lines = (name: string) =>
    file(name).then((whole) =>
      whole
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    )
  const ofSkus = (rows: readonly MovementOfSku[]) => rows.filter(({ sku }) => skus.includes(sku))
  const sorted = <Row extends { readonly id: string; readonly sku?: string }>(rows: readonly Row[]) =>
    rows.toSorted((a, b) => (`${a.sku} ${a.id}` < `${b.sku} ${b.id}` ? -1 : 1))

  /** Runs an export again and again, each time killed at the third page or before, until one comes to its end. */
  async function killedUntilWhole(args: readonly string[], change: () => Promise<unknown> = async () => {}) {
    let child: ChildProcess | undefined
    let [kills, left] = [0, 4]
    const api = await between(async () => {
      await change()
      if (left <= 0) return undefined
      left -= 1
      kills += 1
      child?.kill('SIGKILL')
      return new Response('', { status: 500 })
    })
    try {
      for (;;) {
        const done = await run(args, { url: api.url, begun: (begun) => void (child = begun) })
        if (done.code !== null) return { ...done, kills }
      }
    } finally {
      api.close()
    }
  }

  it.each(['orders', 'payments', 'movements'] as const)(
    'of %s has what the API lists, in both formats',
    async (what) => {
      const api = await listed()
      expect(api.orders.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
      expect(await run(asked(what, `${what}.ndjson`))).toMatchObject({ code: 0 })
      expect(await run(asked(what, `${what}.csv`))).toMatchObject({ code: 0 })
      const rows = await lines(`${what}.ndjson`)
      if (what === 'movements') expect(sorted(ofSkus(rows))).toEqual(sorted(api.movements))
      else expect(rows).toEqual(api[what])
      const csv = {
        orders: () => headerOf(orderColumns) + linesOf(orderColumns, rows),
        payments: () => headerOf(paymentColumns) + linesOf(paymentColumns, rows.flatMap(paymentLinesOf)),
        movements: () => headerOf(movementColumns) + linesOf(movementColumns, rows),
      }[what]
      expect(await file(`${what}.csv`)).toBe(csv())
      expect(await readdir(folder)).not.toContainEqual(expect.stringContaining('.part'))
    },
  )

  it('defuses formulas in a table, and leaves numbers below zero', async () => {
    expect(await run(asked('movements', 'defused.csv'))).toMatchObject({ code: 0 })
    const cells: Record<string, string>[] = parse(await file('defused.csv'), { columns: true })
    expect(cells.find(({ reference }) => reference === "'-7")).toMatchObject({
      available: '-1',
      reason: '\'=HYPERLINK("x"), "broken"\nin two',
    })
    expect(await run(asked('payments', 'defused-payments.csv'))).toMatchObject({ code: 0 })
    const money: Record<string, string>[] = parse(await file('defused-payments.csv'), { columns: true })
    expect(money).toContainEqual(expect.objectContaining({ record: 'refund', refund: '100', reason: "'+44 called" }))
  })

  it.each(['orders', 'payments', 'movements'] as const)(
    'of %s that is killed again and again goes on without a row lost or doubled',
    async (what) => {
      expect(await run(asked(what, `whole-${what}.csv`))).toMatchObject({ code: 0 })
      const { code, kills, stderr } = await killedUntilWhole(asked(what, `killed-${what}.csv`))
      expect({ code, kills }).toEqual({ code: 0, kills: what === 'movements' ? 4 : 1 })
      // The first skus may have no movement of that day.
      expect(stderr).toMatch(what === 'movements' ? /^Goes on behind \d+ / : /^Goes on behind [1-9]\d* /)
      expect(await file(`killed-${what}.csv`)).toBe(await file(`whole-${what}.csv`))
    },
  )

  it('has each order and movement once while orders change, stock moves and products go', async () => {
    const before = await listed()
    const waiting = [...ids.slice(3, 5), ids[6]!]
    const cancel = async () => {
      const id = waiting.pop()
      if (id !== undefined) await customer.api.cancelOrder({ params: { id } })
    }
    const orders = await killedUntilWhole(asked('orders', 'changing.ndjson'), cancel)
    expect(orders.code).toBe(0)
    expect((await lines('changing.ndjson')).map(({ id }) => id)).toEqual(before.orders.map(({ id }) => id))

    const other = await stocked(operator, 2)
    const gone = [other]
    const change = async () => {
      await receive(operator, skus[0]!, 1)
      const sku = gone.pop()
      if (sku !== undefined) await operator.api.retireProduct({ params: { sku } })
    }
    expect(await killedUntilWhole(asked('movements', 'moving.ndjson'), change)).toMatchObject({ code: 0 })
    const rows: MovementOfSku[] = await lines('moving.ndjson')
    const names = rows.map(({ sku, id }) => `${sku} ${id}`)
    expect(new Set(names).size).toBe(names.length)
    expect(names).toEqual(expect.arrayContaining(before.movements.map(({ sku, id }) => `${sku} ${id}`)))
    expect(rows.filter(({ sku }) => sku === other)).toHaveLength(1)
  })

  it('waits where the API has no time, and ends with its problem for anything else', async () => {
    const answers = [
      new Response('', { status: 503, headers: { 'retry-after': '1' } }),
      new Response('', { status: 429 }),
      Response.json(
        { code: 'internal_error', detail: 'Something is broken.' },
        { status: 500, headers: { 'content-type': 'application/problem+json' } },
      ),
    ]
    const api = await between(async () => answers.shift())
    const broken = await run(asked('movements', 'waited.csv'), { url: api.url })
    expect(broken.code).toBe(1)
    expect(broken.stderr).toMatch(/The API answers 503: waiting 1 s\.[^]*The API answers 429: waiting 1 s\./)
    expect(broken.stderr).toMatch(
      /500 internal_error: Something is broken\.\n\S+waited\.csv\.part stays: the same command/,
    )
    const other = await run([...asked('movements', 'waited.csv'), '--format', 'ndjson'], { url: api.url })
    expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining('is of another export: --what movements') })
    expect(await run(asked('movements', 'waited.csv'), { url: api.url })).toMatchObject({ code: 0 })
    api.close()
    expect(await run(asked('movements', 'compared.csv'))).toMatchObject({ code: 0 })
    expect(await file('waited.csv')).toBe(await file('compared.csv'))
  })

  it('is for those who see what is of everybody: an operator, or a key with the scope', async () => {
    const { email, password } = accounts.customer
    const own = await run(asked('orders', 'own.csv'), { env: { HOLDFAST_EMAIL: email, HOLDFAST_PASSWORD: password } })
    expect(own).toMatchObject({ code: 1, stderr: `${email} lacks orders:read: name an operator or a key.\n` })
    const wrong = await run(asked('orders', 'own.csv'), { env: { HOLDFAST_PASSWORD: 'Wrong-1!' } })
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('401 wrong_credentials') })
    const { key } = await operator.api.createApiKey({ body: { name: unique('export'), scopes: ['orders:read'] } })
    const env = { HOLDFAST_API_KEY: key }
    expect(await run(asked('orders', 'by-key.ndjson'), { env })).toMatchObject({ code: 0 })
    const found: OrderSummary[] = await lines('by-key.ndjson')
    expect(found.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
    expect(await run(asked('movements', 'by-key.csv'), { env })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('403 forbidden'),
    })
  })

  it('refuses arguments by name, and a file that is there', async () => {
    expect(await run(['--what', 'orders', '--from', '2026-02-30', '--to', day, '--out', join(folder, 'x')])).toEqual({
      code: 2,
      stdout: '',
      stderr: '--from needs a day that there is: 2026-02-30 is none.\nnpm run export -- --help names every argument.\n',
    })
    expect(await run(['--all'])).toMatchObject({ code: 2, stderr: expect.stringContaining("'--all'") })
    await writeFile(join(folder, 'there.csv'), 'mine')
    const there = await run(asked('orders', 'there.csv'))
    expect(there).toMatchObject({ code: 1, stderr: expect.stringContaining('let --force replace it') })
    expect(await file('there.csv')).toBe('mine')
    expect(await run(asked('orders', 'there.csv', ['--force']))).toMatchObject({ code: 0 })
    expect(await file('there.csv')).toMatch(/^id,number,/)
  })
})
