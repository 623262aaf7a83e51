import { beforeEach, describe, expect, it } from 'vitest'
import { productImports } from '../../functions/catalog/on/upload.ts'
import { readUpload } from '../../functions/runtime/import-reader.ts'
import type { Store } from '../../functions/runtime/store.ts'
import type { ImportInput } from '../../schemas/product-imports.ts'
import type * as z from 'zod'
import { shop } from './catalog-shop.ts'
import { dying } from './dying.ts'

type Shop = ReturnType<typeof shop>
interface Result {
  readonly row: number
  readonly sku?: string
  readonly result: string
  readonly errors?: readonly { readonly path: string; readonly message: string }[]
}

/** How much later it is for readers. */
let laterMs = 0
let catalog: Shop
beforeEach(() => {
  laterMs = 0
  catalog = shop()
})

const operator = { as: 'operator' } as const
const begin = async (input: Partial<z.infer<typeof ImportInput>> = {}): Promise<string> =>
  (await catalog.call('POST /imports', { ...operator, body: { kind: 'products', ...input } })).body.id
function read(id: string, until = Infinity, around = (store: Store) => store): Promise<boolean> {
  const clock = { ...catalog.deps.clock, now: () => catalog.deps.clock.now() + laterMs }
  const deps = { ...catalog.deps, clock, random: Math.random, store: around(catalog.deps.store) }
  return readUpload(deps, productImports(deps), id, until)
}
const seen = async (id: string) => (await catalog.call('GET /imports/{id}', { ...operator, params: { id } })).body
const resultsOf = (id: string): readonly Result[] =>
  (catalog.files.results.get(id) ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Result)
const short = ({ row, sku, result }: Result) => `${row} ${sku ?? '-'} ${result}`
async function imported(file: string | Buffer, input: Partial<z.infer<typeof ImportInput>> = {}) {
  const id = await begin(input)
  catalog.files.sent.set(id, Buffer.from(file))
  expect(await read(id)).toBe(false)
  return { id, import: await seen(id), results: resultsOf(id) }
}
const nameOf = async (sku: string) => (await catalog.call('GET /products/{sku}', { params: { sku } })).body.name
const many = (count: number) =>
  ['sku,name,price,currency', ...Array.from({ length: count }, (_, index) => `S${index},Name ${index},5,GBP`)].join(
    '\n',
  )

describe('the file of an import', () => {
  it('has a result for each row', async () => {
    const file = 'sku,name,price,currency\nA,Cup,250,GBP\nB,,250,GBP\nA,Mug,1,GBP\n'
    const { import: seenImport, results } = await imported(file)
    expect(seenImport).toMatchObject({
      state: 'done',
      rows: { read: 3, created: 1, updated: 0, unchanged: 0, refused: 2 },
      resultsUrl: expect.stringContaining('https://'),
    })
    expect(results.map(short)).toEqual(['1 A created', '2 B refused', '3 A refused'])
    expect(results[2]?.errors).toEqual([{ path: 'sku', message: 'comes in row 1 already' }])
  })

  it.each([
    ['a byte order mark and line ends of Windows', '\uFEFFsku,name,price,currency\r\n007,Cup,250,GBP\r\n', {}],
    ['semicolons', 'sku;name;price;currency\n007;Cup;250;GBP\n', {}],
    ['tabs', 'sku\tname\tprice\tcurrency\n007\tCup\t250\tGBP', {}],
    ['a first line that names what parts its cells', 'sep=;\r\nsku;name;price;currency\r\n007;Cup;250;GBP\r\n', {}],
    ['names of columns in other letters', 'SKU,Name,PRICE,Currency\n007,Cup,250,GBP\n', {}],
    ['quotes', '"sku","name","price","currency"\n"007","Cup","250","GBP"\n', {}],
    [
      'a line for each product',
      '{"sku":"007","name":"Cup","price":{"amount":250,"currency":"GBP"}}\n\n',
      { format: 'ndjson' },
    ],
  ] as const)('is read with %s', async (_, file, input) => {
    const { results } = await imported(file, input)
    expect(results.map(short)).toEqual(['1 007 created'])
    expect(await nameOf('007')).toBe('Cup')
  })

  it('may have line breaks, delimiters and quotes within quotes', async () => {
    await imported('sku;name;description;price;currency\nA;"3"" nail; long";"one\r\ntwo";5;GBP\n')
    expect((await catalog.call('GET /products/{sku}', { params: { sku: 'A' } })).body).toMatchObject({
      name: '3" nail; long',
      description: 'one\r\ntwo',
    })
  })

  it('is Windows-1252 where that is named, and fails where it is not', async () => {
    const file = Buffer.concat([
      Buffer.from('sku,name,price,currency\nA,Caf'),
      Buffer.from([0xe9, 0x20, 0x80]),
      Buffer.from(',5,GBP\n'),
    ])
    expect((await imported(file)).import).toMatchObject({ state: 'failed', failure: { code: 'invalid_encoding' } })
    await imported(file, { encoding: 'windows-1252' })
    expect(await nameOf('A')).toBe('Café €')
  })

  it('refuses what a spreadsheet has made of long skus', async () => {
    const { results } = await imported('sku,name,price,currency\n8.50E+12,Cup,250,GBP\n8E12,Cup,250,GBP\n')
    expect(results.map(short)).toEqual(['1 - refused', '2 8E12 created'])
    expect(results[0]?.errors?.[0]?.message).toContain('scientific notation')
  })

  it.each([
    ['an unknown column', 'sku,colour\nA,red\n', 'unknown_columns'],
    ['a quote that never ends', 'sku,name\nA,"red\n', 'invalid_csv'],
    ['another file sent in its place', undefined, 'file_changed'],
  ])('fails with %s', async (_, file, code) => {
    const id = await begin()
    catalog.files.sent.set(id, Buffer.from(file ?? many(600)))
    expect(await read(id, file ? Infinity : 1)).toBe(file === undefined)
    if (file === undefined) {
      catalog.files.sent.set(id, Buffer.from(many(601)))
      await read(id)
    }
    expect(await seen(id)).toMatchObject({ state: 'failed', failure: { code, detail: expect.stringMatching(/./) } })
  })
})

describe('a reader of imports', () => {
  it.each([1, 2, 40, 251, 252, 253, 400, 503, 504, 1_100])(
    'that is killed at write %i leaves no row out, does none twice, and gives each the result that it had',
    { timeout: 60_000 },
    async (at) => {
      for (const before of [true, false]) {
        catalog = shop()
        laterMs = 0
        await catalog.call('POST /products', {
          ...operator,
          body: { sku: 'S300', name: 'Old', price: { amount: 5, currency: 'GBP' } },
        })
        const id = await begin()
        catalog.files.pieceLength = 5_000
        catalog.files.sent.set(id, Buffer.from(`${many(600)}\nS7,Again,5,GBP\n`))
        await read(id, Infinity, dying(at, before)).catch((error: unknown) => expect(String(error)).toContain('killed'))
        laterMs = 360_000
        expect(await read(id)).toBe(false)
        expect((await seen(id)).rows).toEqual({ read: 601, created: 599, updated: 1, unchanged: 0, refused: 1 })
        const results = resultsOf(id)
        expect(results.map(({ row }) => row)).toEqual(Array.from({ length: 601 }, (_, index) => index + 1))
        expect(results.filter(({ result }) => result !== 'created').map(short)).toEqual([
          '301 S300 updated',
          '601 S7 refused',
        ])
        const versions = catalog.table
          .items()
          .filter(({ sk }) => sk === 'product')
          .map(({ version }) => version)
        expect(new Set(versions)).toEqual(new Set([1, 2]))
        expect(versions.filter((version) => version === 2)).toHaveLength(1)
      }
    },
  )

  it('hands the rest on when its time is over', async () => {
    const id = await begin()
    catalog.files.sent.set(id, Buffer.from(many(600)))
    expect(await read(id, 0)).toBe(true)
    expect(await seen(id)).toMatchObject({ state: 'reading', rows: { read: 0 } })
    expect(await read(id)).toBe(false)
    expect(await seen(id)).toMatchObject({ state: 'done', rows: { created: 600 } })
  })

  it('stops where the import is cancelled, and comes back where another one has the file', async () => {
    const id = await begin()
    catalog.files.sent.set(id, Buffer.from(many(600)))
    let cancelled = false
    const meanwhile = (store: Store): Store => ({
      ...store,
      write: async (...asked) => {
        if (!cancelled) {
          cancelled = true
          const answer = await catalog.call('DELETE /imports/{id}', { ...operator, params: { id } })
          expect(answer.status).toBe(204)
        }
        return store.write(...asked)
      },
    })
    expect(await read(id, Infinity, meanwhile)).toBe(false)
    expect(await seen(id)).toMatchObject({ state: 'cancelled' })
    const other = await begin()
    catalog.files.sent.set(other, Buffer.from(many(600)))
    const readers = await Promise.allSettled([read(other), read(other), read(other)])
    expect(readers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
    expect(await seen(other)).toMatchObject({ state: 'done', rows: { read: 600 } })
  })

  /** The table, in which the import is cancelled right before the write of that number. */
  const cancelling = (id: string, number: number) => {
    let writes = 0
    return (store: Store): Store => ({
      ...store,
      write: async (...asked) => {
        if ((writes += 1) === number) await catalog.call('DELETE /imports/{id}', { ...operator, params: { id } })
        return store.write(...asked)
      },
    })
  }

  it('shows what was written before it was cancelled', async () => {
    const id = await begin()
    catalog.files.sent.set(id, Buffer.from(many(600)))
    const meanwhile = cancelling(id, 30)
    expect(await read(id, Infinity, meanwhile)).toBe(false)
    const rows = { read: 250, created: 250, updated: 0, unchanged: 0, refused: 0 }
    expect(await seen(id)).toMatchObject({ state: 'cancelled', rows, resultsUrl: expect.any(String) })
    expect(resultsOf(id)).toHaveLength(250)
  })

  it('counts all that was written before it was cancelled', async () => {
    const id = await begin()
    catalog.files.sent.set(id, Buffer.from(many(600)))
    const meanwhile = cancelling(id, 400)
    for (const _ of [1, 2]) {
      expect(await read(id, Infinity, meanwhile)).toBe(false)
      expect(await seen(id)).toMatchObject({ state: 'cancelled', rows: { read: 500, created: 500 } })
    }
    expect(resultsOf(id)).toHaveLength(500)
    expect(catalog.table.items().filter(({ sk }) => sk === 'product')).toHaveLength(500)
  })

  it.each([251, 502])(
    'counts what a reader has kept that died at write %i, before it counted that, also where the import is cancelled by then',
    async (at) => {
      const id = await begin()
      catalog.files.sent.set(id, Buffer.from(many(600)))
      // A part is its products, and then its place; before the first one the file is taken.
      await expect(read(id, Infinity, dying(at + 1, true))).rejects.toThrow('killed')
      const read250 = Math.floor(at / 250) * 250
      expect(await seen(id)).toMatchObject({ state: 'reading', rows: { read: read250 - 250 } })
      await catalog.call('DELETE /imports/{id}', { ...operator, params: { id } })
      for (const _ of [1, 2]) {
        expect(await read(id)).toBe(false)
        expect(await seen(id)).toMatchObject({ state: 'cancelled', rows: { read: read250, created: read250 } })
      }
      expect(resultsOf(id)).toHaveLength(read250)
    },
  )

  it('shows what was written before it was cancelled once that is joined, also where nobody was reading', async () => {
    const id = await begin()
    catalog.files.sent.set(id, Buffer.from(many(600)))
    let times = 0
    const { clock } = catalog.deps
    // The time of the reader is over behind the first part.
    const later = { ...clock, now: () => clock.now() + ((times += 1) > 40 ? 1 : 0) }
    const deps = { ...catalog.deps, clock: later, random: Math.random }
    expect(await readUpload(deps, productImports(deps), id, clock.now() + 1)).toBe(true)
    expect(await seen(id)).toMatchObject({ state: 'reading', rows: { read: 250 } })
    await catalog.call('DELETE /imports/{id}', { ...operator, params: { id } })
    expect((await seen(id)).resultsUrl).toBeUndefined()
    for (const _ of [1, 2]) expect(await read(id)).toBe(false)
    expect((await seen(id)).resultsUrl).toEqual(expect.any(String))
    expect(resultsOf(id)).toHaveLength(250)
  })

  it('reads nothing of an import that is not there, not sent, or over', async () => {
    expect(await read('imp_none')).toBe(false)
    const id = await begin()
    expect(await read(id)).toBe(false)
    expect(await seen(id)).toMatchObject({ state: 'waiting' })
    await catalog.call('DELETE /imports/{id}', { ...operator, params: { id } })
    catalog.files.sent.set(id, Buffer.from(many(1)))
    expect(await read(id)).toBe(false)
    expect(await seen(id)).toMatchObject({ state: 'cancelled', rows: { read: 0 } })
  })
})

describe('an import', () => {
  it('shows its form once, and stands in the list', async () => {
    const headers = { 'idempotency-key': 'k' }
    const asked = { ...operator, headers, body: { kind: 'products' } }
    const first = await catalog.call('POST /imports', asked)
    expect(first).toMatchObject({
      status: 201,
      body: { state: 'waiting', format: 'csv', upload: { url: expect.any(String) } },
    })
    const again = await catalog.call('POST /imports', asked)
    expect(again.body).toMatchObject({ id: first.body.id, withheld: ['upload'] })
    expect(again.body.upload).toBeUndefined()
    const { body } = await catalog.call('GET /imports', { ...operator, query: { limit: '10' } })
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual([first.body.id])
  })

  it('that is over cannot be cancelled, and a cancelled one can again', async () => {
    const { id } = await imported('sku,name,price,currency\nA,Cup,250,GBP\n')
    const cancel = (of: string) => catalog.call('DELETE /imports/{id}', { ...operator, params: { id: of } })
    expect(await cancel(id)).toMatchObject({ status: 409, body: { code: 'import_over' } })
    const other = await begin()
    expect([(await cancel(other)).status, (await cancel(other)).status]).toEqual([204, 204])
  })
})
