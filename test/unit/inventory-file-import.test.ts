import { beforeEach, describe, expect, it } from 'vitest'
import { handlers } from '../../functions/inventory/http.ts'
import { stockImports } from '../../functions/inventory/on/upload.ts'
import { readUpload } from '../../functions/runtime/import-reader.ts'
import { isOutage } from '../../functions/runtime/redelivery.ts'
import { type Store, StoreUnavailable } from '../../functions/runtime/store.ts'
import { routes } from '../../schemas/inventory.ts'
import { caller } from './call-route.ts'
import { depot } from './depot.ts'
import { dying } from './dying.ts'

interface Result {
  readonly row: number
  readonly key?: string
  readonly sku?: string
  readonly result: string
  readonly code?: string
  readonly level?: { readonly onHand: number }
  readonly errors?: readonly { readonly path: string; readonly message: string }[]
}
interface Input {
  readonly format?: 'csv' | 'ndjson'
  readonly encoding?: 'utf-8' | 'windows-1252'
}

let inventory: Awaited<ReturnType<typeof depot>>
const open = (units: Record<string, number>) => depot(units)
beforeEach(async () => {
  inventory = await open({ A: 2, B: 1, '007': 0 })
})

const operator = { as: 'operator' } as const
const begin = async (input: Input = {}): Promise<string> =>
  (await inventory.call('POST /stock-imports', { ...operator, body: { kind: 'adjustments', ...input } })).body.id
/** What is waited for until the time of a part is over never is. */
function patient() {
  const { clock } = inventory.deps
  const never = new Promise<void>(() => {})
  return { ...inventory.deps, clock: { ...clock, sleep: (ms: number) => (ms > 5_000 ? never : clock.sleep(ms)) } }
}
function read(id: string, until = Infinity, around = (store: Store) => store): Promise<boolean> {
  const deps = { ...patient(), files: inventory.files, random: Math.random, store: around(inventory.deps.store) }
  return readUpload(deps, stockImports(deps), id, until)
}
const seen = async (id: string) =>
  (await inventory.call('GET /stock-imports/{id}', { ...operator, params: { id } })).body
const resultsOf = (id: string): readonly Result[] =>
  (inventory.files.results.get(id) ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Result)
const short = ({ row, sku, result, code, level }: Result) =>
  `${row} ${sku ?? '-'} ${code ?? result}${level ? ` ${level.onHand}` : ''}`
async function imported(file: string | Buffer, input: Input = {}) {
  const id = await begin(input)
  inventory.files.sent.set(id, Buffer.from(file))
  expect(await read(id)).toBe(false)
  return { id, import: await seen(id), results: resultsOf(id) }
}
const header = 'key,sku,warehouseId,delta,set,expected,reason,reference'
const lines = (...rows: readonly string[]) => [header, ...rows, ''].join('\n')
const movements = async (sku: string) =>
  (await inventory.deps.store.query({ partition: `stock_${sku}`, from: 'movement_', to: 'movement`', limit: 100 }))
    .items
const onHand = async (sku: string): Promise<number> =>
  (await inventory.call('GET /inventory/{sku}/levels', { ...operator, params: { sku } })).body.items[0].onHand

describe('a file of adjustments', () => {
  it('has a result for each row, those of one sku in their order', async () => {
    const { import: seenImport, results } = await imported(
      lines(
        'k1,A,main,-2,,,sold,PO-1',
        'k2,A,main,-1,,,sold,',
        'k3,A,main,,7,0,counted,',
        'k4,A,main,1,,6,found,',
        'k5,none,main,1,,,found,',
        'k6,A,nowhere,1,,,found,',
        'k7,A,main,1,1,,found,',
        'k8,A,main,1.5,,,found,',
        'k9,A,main,1,,,,',
        'k3,A,main,,8,,counted,',
        'k11,8.5E+12,main,1,,,found,',
        'k12,A,main',
        'k1,A,main,-2,,,sold,PO-1',
        ',B,main,4,,,found,',
      ),
    )
    expect(results.map(short)).toEqual([
      '1 A done 0',
      '2 A insufficient_stock',
      '3 A done 7',
      '4 A level_changed',
      '5 none product_not_found',
      '6 A unknown_warehouse',
      '7 A refused',
      '8 A refused',
      '9 A refused',
      '10 A idempotency_key_reused',
      '11 - refused',
      '12 - refused',
      '13 A done 0',
      '14 B done 5',
    ])
    expect(results.map(({ errors }) => errors?.[0]?.path)).toEqual([
      ...Array.from({ length: 6 }, () => undefined),
      'delta',
      'delta',
      'reason',
      undefined,
      'sku',
      '',
      undefined,
      undefined,
    ])
    expect(seenImport).toMatchObject({
      kind: 'adjustments',
      state: 'done',
      createdBy: 'user-1',
      rows: { read: 14, done: 4, refused: 10 },
      resultsUrl: expect.stringContaining('https://'),
    })
    expect([await onHand('A'), await onHand('B')]).toEqual([7, 5])
  })

  it('names who imported it, why and under which reference, in the movements', async () => {
    await imported(lines(',A,main,3,,,delivery,PO-9'))
    expect(await movements('A')).toEqual([
      expect.objectContaining({ by: 'user-1', reason: 'delivery', reference: 'PO-9' }),
    ])
  })

  it('has metadata in columns of its keys, or in lines of JSON, and keeps it in the movements', async () => {
    await imported('sku,warehouseId,delta,reason,metadata.erp,metadata.a b\nA,main,3,delivery,4711,\n')
    const line = { sku: 'B', warehouseId: 'main', delta: 1, reason: 'found', metadata: { erp: '4712' } }
    await imported(`${JSON.stringify(line)}\n`, { format: 'ndjson' })
    expect(await movements('A')).toEqual([expect.objectContaining({ metadata: { erp: '4711' } })])
    expect(await movements('B')).toEqual([expect.objectContaining({ metadata: { erp: '4712' } })])
  })

  it(
    'with as much metadata as can be is written in transactions that the table takes',
    { timeout: 60_000 },
    async () => {
      const metadata = Object.fromEntries(Array.from({ length: 50 }, (_, key) => [`key-${key}`, '語'.repeat(500)]))
      const row = { sku: 'A', warehouseId: 'main', delta: 1, reason: 'found', metadata }
      const text = Array.from({ length: 24 }, () => `${JSON.stringify(row)}\n`).join('')
      const sizes: number[] = []
      const id = await begin({ format: 'ndjson' })
      inventory.files.sent.set(id, Buffer.from(text))
      await read(id, Infinity, (store) => ({
        ...store,
        write: (...writes) => {
          sizes.push(Buffer.byteLength(JSON.stringify(writes)))
          return store.write(...writes)
        },
      }))
      const results = resultsOf(id)
      expect(results.filter(({ result }) => result === 'done')).toHaveLength(24)
      expect(Math.max(...sizes)).toBeLessThan(1_600_000)
    },
  )

  it.each([
    ['a byte order mark and line ends of Windows', `\uFEFFsku,warehouseId,delta,reason\r\n007,main,1,found\r\n`, {}],
    ['semicolons', 'sku;warehouseId;delta;reason\n007;main;1;found\n', {}],
    [
      'a first line that names what parts its cells',
      '"sep=\t"\nsku\twarehouseId\tdelta\treason\n007\tmain\t1\tfound\n',
      {},
    ],
    ['names of columns in other letters', 'SKU,WarehouseID,Delta,Reason,Metadata.From\n007,main,1,found,here\n', {}],
    ['quotes', '"sku","warehouseId","delta","reason"\n"007","main","1","fo""und"\n', {}],
    ['lines of JSON', '{"sku":"007","warehouseId":"main","delta":1,"reason":"found"}\n\n', { format: 'ndjson' }],
  ] as const)('is read with %s', async (_, file, input) => {
    expect((await imported(file, input)).results.map(short)).toEqual(['1 007 done 1'])
  })

  it('is Windows-1252 where that is named, and fails where it is not', async () => {
    const file = Buffer.from('sku,warehouseId,delta,reason\nA,main,1,Caf\u00e9\n', 'latin1')
    expect((await imported(file)).import).toMatchObject({ state: 'failed', failure: { code: 'invalid_encoding' } })
    await imported(file, { encoding: 'windows-1252' })
    expect(await movements('A')).toEqual([expect.objectContaining({ reason: 'Caf\u00e9' })])
  })

  it('refuses a row with a text that nobody can see, or with control characters, by its field', async () => {
    const rows = ['A,main,1,\u200B,', 'A,main,1,a\u0001b,', 'A,main,1,found,\u3164', 'A,main,1,"two\nlines",x']
    const { results } = await imported(['sku,warehouseId,delta,reason,reference', ...rows, ''].join('\n'))
    const seen = 'with at least one character that can be seen'
    expect(results).toMatchObject([
      { result: 'refused', errors: [{ path: 'reason', message: seen }] },
      { result: 'refused', errors: [{ path: 'reason', message: 'no control characters but tabs and line breaks' }] },
      { result: 'refused', errors: [{ path: 'reference', message: seen }] },
      { result: 'done' },
    ])
    const column = await imported('sku,warehouseId,delta,reason,metadata.\u200B\nA,main,1,found,x\n')
    expect(column.import).toMatchObject({ state: 'failed', failure: { code: 'unknown_columns' } })
  })

  it('fails with an unknown column, and with a row too many', async () => {
    expect((await imported('sku,colour\nA,red\n')).import).toMatchObject({ failure: { code: 'unknown_columns' } })
    const row = '{"sku":1}\n'
    inventory.files.pieceLength = 100_000
    const { import: tooLong } = await imported(row.repeat(100_001), { format: 'ndjson' })
    expect(tooLong).toMatchObject({ state: 'failed', failure: { code: 'too_many_rows' }, rows: { read: 100_000 } })
  })
})

describe('the key of a row', () => {
  const keyed = lines('k1,A,main,5,,,found,', 'k2,A,main,,9,7,counted,')

  it('counts once, in another import of the same file and in a request', async () => {
    const first = await imported(keyed)
    const again = await imported(keyed)
    expect(first.results.map(short)).toEqual(['1 A done 7', '2 A done 9'])
    expect(again.results).toEqual(first.results)
    const row = { key: 'k1', sku: 'A', warehouseId: 'main', delta: 5, reason: 'found' }
    const call = caller(routes, handlers(patient()))
    const { body } = await call('POST /inventory/adjustments', { ...operator, body: { rows: [row] } })
    expect(body.rows).toEqual([
      expect.objectContaining({ result: 'done', level: expect.objectContaining({ onHand: 7 }) }),
    ])
    expect(await onHand('A')).toBe(9)
    expect(await movements('A')).toHaveLength(2)
  })

  it('is made of the import and the number of the row where it is left out: another import is another intent', async () => {
    const file = 'sku,warehouseId,delta,reason\nA,main,5,found\nA,main,5,found\n'
    const { id, results } = await imported(file)
    expect(results.map(({ key }) => key)).toEqual([`${id}/1`, `${id}/2`])
    await imported(file)
    expect(await onHand('A')).toBe(22)
  })

  it('is known as long as the import, and a day longer', async () => {
    const { id } = await imported(keyed)
    const [item, kept] = [
      await inventory.deps.store.get({ pk: id, sk: 'import' }),
      inventory.store.items().filter(({ sk }) => sk === 'answer'),
    ]
    expect(kept.filter(({ requestId }) => requestId === id).map(({ ttl }) => ttl)).toEqual(
      [1, 2].map(() => Number(item?.ttl) + 86_400),
    )
  })
})

describe('a reader of adjustments', () => {
  const skus = Array.from({ length: 120 }, (_, index) => `S${index}`)
  /** Each row adds 1 to what it expects, every third of them without a key. */
  const file = lines(
    ...Array.from({ length: 600 }, (_, index) => {
      const round = Math.floor(index / skus.length)
      return `${index % 3 === 0 ? '' : `k${index}`},S${index % skus.length},main,1,,${10 + round},found,`
    }),
    ',S0,main,-100,,,sold,',
  )

  it.each([1, 2, 40, 121, 122, 123, 124, 200, 244, 246, 320, 368, 369, 370])(
    'that is killed at write %i leaves no row out, does none twice, and names none a conflict with itself',
    { timeout: 60_000 },
    async (at) => {
      for (const before of [true, false]) {
        inventory = await open(Object.fromEntries(skus.map((sku) => [sku, 10])))
        const id = await begin()
        inventory.files.pieceLength = 5_000
        inventory.files.sent.set(id, Buffer.from(file))
        await read(id, Infinity, dying(at, before)).catch((error: unknown) => expect(String(error)).toContain('killed'))
        inventory.advance(360_000)
        expect(await read(id)).toBe(false)
        expect((await seen(id)).rows).toEqual({ read: 601, done: 600, refused: 1 })
        const results = resultsOf(id)
        expect(results.map(({ row }) => row)).toEqual(Array.from({ length: 601 }, (_, index) => index + 1))
        expect(results.slice(0, 600).map(({ level }) => level?.onHand)).toEqual(
          Array.from({ length: 600 }, (_, index) => 11 + Math.floor(index / skus.length)),
        )
        expect(results.at(-1)).toMatchObject({ code: 'insufficient_stock' })
        expect(await movements('S7')).toHaveLength(5)
      }
    },
  )

  it('comes back where the table gives no answer', async () => {
    const id = await begin()
    inventory.files.sent.set(id, Buffer.from(lines(',A,main,1,,,found,')))
    const away = (store: Store): Store => ({
      ...store,
      write: (...asked) => (asked.length > 1 ? Promise.reject(new StoreUnavailable('away')) : store.write(...asked)),
    })
    const error: unknown = await read(id, Infinity, away).catch((thrown: unknown) => thrown)
    expect(isOutage(error)).toBe(true)
    expect(await seen(id)).toMatchObject({ state: 'reading', rows: { read: 0 } })
    expect(await read(id)).toBe(false)
    expect(await seen(id)).toMatchObject({ state: 'done', rows: { done: 1 } })
  })

  it('has the file to itself: another one comes back later, and decides nothing otherwise', async () => {
    const id = await begin()
    inventory.files.sent.set(id, Buffer.from(lines(',A,main,-9,,,sold,', ',A,main,8,,,found,')))
    let other: unknown
    const meanwhile = (store: Store): Store => ({
      ...store,
      write: async (...asked) => {
        const outcome = await store.write(...asked)
        if (asked.length > 1) other = await read(id).catch((error: unknown) => error)
        return outcome
      },
    })
    expect(await read(id, Infinity, meanwhile)).toBe(false)
    expect(isOutage(other)).toBe(true)
    expect(await seen(id)).toMatchObject({ state: 'done', rows: { read: 2, done: 1, refused: 1 } })
    expect(resultsOf(id).map(short)).toEqual(['1 A insufficient_stock', '2 A done 10'])
  })

  it('reads nothing of an import whose time is over: what its rows have done is forgotten', async () => {
    const id = await begin()
    inventory.files.sent.set(id, Buffer.from(lines(',A,main,1,,,found,')))
    inventory.advance(30 * 86_400_000 + 1_000)
    expect(await read(id)).toBe(false)
    expect(await onHand('A')).toBe(2)
  })
})
