import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { beginsForMs, endsAfterMs } from '../../functions/catalog/routes/import.ts'
import { csvRows, ndjsonRows } from '../../functions/catalog/routes/import-file.ts'
import { systemClock } from '../../functions/runtime/clock.ts'
import { refuse } from '../../functions/runtime/errors.ts'
import { type Store, StoreUnavailable } from '../../functions/runtime/store.ts'
import { timeouts } from '../../lib/delivery.ts'
import { lamp, overtaken, shop } from './catalog-shop.ts'
import { linesOrNothing, oneLine } from '../../schemas/text.ts'

const lines = (...rows: readonly object[]): string => rows.map((row) => JSON.stringify(row)).join('\n')
const product = (sku: string, more: object = {}) => ({ sku, ...lamp, ...more })
const results = ({ body }: { readonly body: { rows: { result: string }[] } }) => body.rows.map(({ result }) => result)

describe('an import of NDJSON', () => {
  it('creates, updates, leaves and refuses, each row by itself', async () => {
    const { create, load, read } = shop()
    await create('B', { weightGrams: 7 })
    await create('C')
    const { body } = await load(
      `${lines(product('A'), { sku: 'B', name: 'Lantern' }, product('C'), product('D', { price: 3 }))}\n\n{broken\n"text"\n`,
    )
    expect(body.counts).toEqual({ created: 1, updated: 1, unchanged: 1, refused: 3 })
    expect(body.rows).toMatchObject([
      { row: 1, sku: 'A', result: 'created' },
      { row: 2, sku: 'B', result: 'updated' },
      { row: 3, sku: 'C', result: 'unchanged' },
      { row: 4, sku: 'D', result: 'refused', errors: [{ path: 'price' }] },
      { row: 5, result: 'refused', errors: [{ path: '', message: 'not JSON' }] },
      { row: 6, result: 'refused', errors: [{ path: '' }] },
    ])
    expect((await read('B')).body).toMatchObject({ name: 'Lantern', weightGrams: 7, version: 2 })
  })

  it('emits the events of products, as if they came one by one', async () => {
    const { create, load, product } = shop()
    await create('B')
    await load(lines({ ...lamp, sku: 'A' }, { sku: 'B', active: false }))
    expect(product('A')).toMatchObject({ outbox: ['product.created'], cause: 'request-2' })
    expect(product('B')).toMatchObject({ outbox: ['product.updated'], cause: 'request-2' })
  })

  it('names what a new product lacks', async () => {
    const { body } = await shop().load(lines({ sku: 'A', description: 'no name, no price' }))
    expect(body.rows[0].errors.map(({ path }: { path: string }) => path)).toEqual(['name', 'price'])
  })

  it('refuses a sku that comes a second time, and names the row that stands', async () => {
    const { load, read } = shop()
    const { body } = await load(lines(product('A', { name: 'First' }), product('A', { name: 'Second' })))
    expect(body.rows[1]).toMatchObject({
      result: 'refused',
      errors: [{ path: 'sku', message: 'comes in row 1 already' }],
    })
    expect((await read('A')).body.name).toBe('First')
  })

  it('does not change what is unique', async () => {
    const { create, load } = shop()
    await create('A', { unique: true })
    const { body } = await load(lines({ sku: 'A', unique: false }))
    expect(body.rows[0]).toMatchObject({ result: 'refused', errors: [{ path: 'unique' }] })
    expect(results(await load(lines({ sku: 'A', unique: true, name: 'X' })))).toEqual(['updated'])
  })

  it('creates again what was deleted', async () => {
    const { create, retire, load, read } = shop()
    await create('A')
    await retire('A', 1)
    expect(results(await load(lines(product('A'))))).toEqual(['created'])
    expect((await read('A')).body.version).toBe(3)
  })

  it('moves products between categories and keeps their counts, whatever the number', async () => {
    const { category, load, members, table } = shop()
    for (const name of ['A', 'B', 'C']) await category(name)
    const rows = (to: (index: number) => string | null) =>
      lines(...Array.from({ length: 250 }, (_, index) => product(`S${index}`, { categoryId: to(index) })))
    const made = await load(rows((index) => `cat_${(index % 2) + 1}`))
    expect(made.body.counts.created).toBe(250)
    expect([members('cat_1'), members('cat_2'), members('cat_3')]).toEqual([125, 125, 0])
    const moved = await load(rows((index) => (index < 100 ? 'cat_3' : index < 200 ? null : 'cat_9')))
    expect(moved.body.counts).toMatchObject({ updated: 200, refused: 50 })
    expect(moved.body.rows[249]).toMatchObject({ errors: [{ path: 'categoryId' }] })
    expect([members('cat_1'), members('cat_2'), members('cat_3')]).toEqual([25, 25, 100])
    for (const id of ['cat_1', 'cat_2', 'cat_3']) {
      expect(table.items().filter((item) => item['categoryId'] === id).length).toBe(members(id))
    }
  })

  it('enters a category with as many products at once as a transaction holds', async () => {
    let transactions = 0
    const counting = (store: Store): Store => ({
      ...store,
      write: (...writes) => {
        transactions += 1
        return store.write(...writes)
      },
    })
    const { category, load } = shop(counting)
    await category('Lamps')
    transactions = 0
    await load(lines(...Array.from({ length: 250 }, (_, index) => product(`S${index}`, { categoryId: 'cat_1' }))))
    expect(transactions).toBe(8)
  })

  it('decides a row again whose product another writer changes at that moment', async () => {
    const { around, arm } = overtaken(() => catalog.patch('A', { active: false, categoryId: 'cat_2' }))
    const catalog = shop(around)
    await catalog.category('One')
    await catalog.category('Two')
    await catalog.create('A')
    arm()
    expect(results(await catalog.load(lines({ sku: 'A', categoryId: 'cat_1' })))).toEqual(['updated'])
    expect((await catalog.read('A')).body).toMatchObject({ active: false, categoryId: 'cat_1', version: 3 })
    expect([catalog.members('cat_1'), catalog.members('cat_2')]).toEqual([1, 0])
  })

  it('refuses the rows of a category that goes at that moment, and no other', async () => {
    const { around, arm } = overtaken(() => catalog.deleteCategory('cat_1'))
    const catalog = shop(around)
    await catalog.category('One')
    await catalog.category('Two')
    arm()
    const rows = lines(product('A', { categoryId: 'cat_1' }), product('B', { categoryId: 'cat_2' }))
    expect(results(await catalog.load(rows))).toEqual(['refused', 'created'])
    expect(catalog.members('cat_2')).toBe(1)
  })

  it('goes on with the other rows when the answer to one write is lost', async () => {
    const failing = (store: Store): Store => ({
      ...store,
      write: async (...writes) => {
        if (writes.some((write) => 'put' in write && write.put.pk === 'product_B')) throw new StoreUnavailable('lost')
        return store.write(...writes)
      },
    })
    expect(results(await shop(failing).load(lines(product('A'), product('B'), product('C'))))).toEqual([
      'created',
      'refused',
      'created',
    ])
  })

  it('takes 2,000 rows and not one more, and hints at parts', async () => {
    const rows = Array.from({ length: 2_001 }, (_, index) => product(`S${index}`))
    const catalog = shop()
    expect(await catalog.load(lines(...rows))).toMatchObject({
      status: 422,
      body: { code: 'too_many_rows', detail: expect.stringContaining('Split the file.') },
    })
    expect(catalog.table.items()).toEqual([])
    expect((await catalog.load(lines(...rows.slice(1)))).body.counts.created).toBe(2_000)
  })

  it('takes no other media type', async () => {
    expect(await shop().load('{}', 'application/json')).toMatchObject({ status: 415 })
  })
})

describe('an import that takes long', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 0 }))
  afterEach(() => void vi.useRealTimers())

  const file = lines(...Array.from({ length: 200 }, (_, index) => product(`S${index}`)))

  /** A shop by the fake timers, with another way to write or read. */
  const slowed = (change: (store: Store) => Partial<Store>) =>
    shop((store) => ({ ...store, ...change(store) }), systemClock)

  /** The answer at that time, in milliseconds after the request. */
  async function answerAt<Answer>(time: number, asked: Promise<Answer>): Promise<Answer | undefined> {
    let answer: Answer | undefined
    void asked.then((answered) => (answer = answered))
    await vi.advanceTimersByTimeAsync(time)
    return answer
  }

  it('begins no row after half of its time, reports every row, and goes on when the file is sent again', async () => {
    let writeMs = 700
    const { load, product: found } = slowed((store) => ({
      write: async (...writes) => {
        await systemClock.sleep(writeMs)
        return store.write(...writes)
      },
    }))
    const first = await answerAt(5_600, load(file))
    expect(first?.body).toMatchObject({
      counts: { created: 128, refused: 0, notTried: 72 },
      detail: expect.stringContaining('72 of 200 rows. Send the file again'),
    })
    for (const [index, { row, sku, result }] of first?.body.rows.entries() ?? []) {
      expect([row, sku]).toEqual([index + 1, `S${index}`])
      expect(found(sku) !== undefined).toBe(result === 'created')
    }
    writeMs = 1
    expect((await answerAt(100, load(file)))?.body.counts).toEqual({
      created: 72,
      updated: 0,
      unchanged: 128,
      refused: 0,
    })
  })

  it('begins no batch of moves after half of its time', async () => {
    const { category, load, members } = slowed((store) => ({
      write: async (...writes) => {
        if (writes.length > 1) await systemClock.sleep(5_000)
        return store.write(...writes)
      },
    }))
    await category('Lamps')
    const rows = Array.from({ length: 150 }, (_, index) => product(`S${index}`, { categoryId: 'cat_1' }))
    const answer = await answerAt(5_000, load(lines(...rows)))
    expect(answer?.body.counts).toMatchObject({ created: 33, notTried: 117 })
    expect(members('cat_1')).toBe(33)
  })

  it('waits for no write beyond eight seconds, and does not guess what became of it', async () => {
    const { load } = slowed((store) => ({
      write: async (...writes) => {
        if (writes.some((write) => 'put' in write && write.put.pk === 'product_S7')) await systemClock.sleep(60_000)
        return store.write(...writes)
      },
    }))
    const answer = await answerAt(8_000, load(file))
    expect(answer?.body.counts).toEqual({ created: 199, updated: 0, unchanged: 0, refused: 1 })
    expect(answer?.body.rows[7]).toMatchObject({ errors: [{ message: expect.stringContaining('not known whether') }] })
  })

  it('has tried no row when the products cannot be read in time', async () => {
    const { load, table } = slowed((store) => ({
      getMany: async (...asked) => {
        await systemClock.sleep(60_000)
        return store.getMany(...asked)
      },
    }))
    expect((await answerAt(8_000, load(file)))?.body.counts).toMatchObject({ created: 0, notTried: 200 })
    expect(table.items()).toEqual([])
  })

  it('reports every row, also those whose categories cannot be read', async () => {
    const { load } = slowed((store) => ({
      getMany: async (keys, options) => {
        if (keys.some(({ sk }) => sk === 'category')) throw new StoreUnavailable('throttled')
        return store.getMany(keys, options)
      },
    }))
    const answer = await answerAt(0, load(lines(product('A'), product('B', { categoryId: 'cat_1' }))))
    expect(answer?.body.rows).toMatchObject([{ result: 'created' }, { result: 'refused' }])
  })

  it('has half of the time of an API function', () => {
    expect(beginsForMs).toBe((timeouts.http * 1_000) / 2)
    expect(endsAfterMs).toBeLessThan(timeouts.http * 1_000 - 1_000)
  })
})

describe('an import of CSV', () => {
  it('reads every column', async () => {
    const { category, load, read } = shop()
    await category('Lamps')
    const { body } = await load(
      '\uFEFFsku,name,description,categoryId,price,currency,weightGrams,unique,active,lowStockAt,attributes.colour\r\n' +
        '85123A,"Heart, ""white""",Two\u00A0candles,cat_1,255,GBP,420,TRUE,false,1,white\r\n',
      'text/csv; charset=utf-8',
    )
    expect(body.counts.created).toBe(1)
    expect((await read('85123A')).body).toMatchObject({
      name: 'Heart, "white"',
      categoryId: 'cat_1',
      price: { amount: 255, currency: 'GBP' },
      weightGrams: 420,
      unique: true,
      active: false,
      lowStockAt: 1,
      attributes: { colour: 'white' },
    })
  })

  it.each([
    ['semicolons', 'sku;name;price;currency\n007;Cup, large;250;GBP\n'],
    ['tabs', 'sku\tname\tprice\tcurrency\r\n007\tCup, large\t250\tGBP'],
    ['a first line that names what parts its cells', 'sep=;\r\nsku;name;price;currency\r\n007;Cup, large;250;GBP\r\n'],
    ['such a line behind a byte order mark', '\uFEFF"sep=;"\nsku;name;price;currency\n007;Cup, large;250;GBP\n'],
    ['such a line and one column', 'sep=,\nsku,name,price,currency\n007,"Cup, large",250,GBP\n'],
    ['names of columns in other letters', 'SKU;Name;Price;CURRENCY\n007;Cup, large;250;GBP\n'],
  ])('is read with %s', async (_, file) => {
    const { load, read } = shop()
    expect(results(await load(file, 'text/csv'))).toEqual(['created'])
    expect((await read('007')).body).toMatchObject({ name: 'Cup, large', price: { amount: 250, currency: 'GBP' } })
  })

  it('keeps the letters of attributes, and counts a column that comes in two kinds of letters as there twice', async () => {
    const { load, read } = shop()
    await load('sku,name,price,currency,categoryID,Attributes.Colour\nA,Cup,250,GBP,,Red\n', 'text/csv')
    expect((await read('A')).body).toMatchObject({ attributes: { Colour: 'Red' } })
    expect(await load('sku,SKU\nA,B\n', 'text/csv')).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'sku', message: 'the column is there twice' }] },
    })
  })

  it.each(['sep=|\nsku|name\nA|B\n', 'sep=\nsku,name\nA,B\n'])('refuses what cannot part cells: %j', async (file) => {
    expect(await shop().load(file, 'text/csv')).toMatchObject({ status: 400, body: { code: 'unknown_columns' } })
  })

  it('leaves the fields of empty cells as they are', async () => {
    const { create, load, read } = shop()
    await create('A', { weightGrams: 5, attributes: { colour: 'white', height: 3 } })
    const text = 'sku,name,weightGrams,attributes.colour,attributes.height\nA,New,,red,\n'
    expect(results(await load(text, 'text/csv'))).toEqual(['updated'])
    expect((await read('A')).body).toMatchObject({
      name: 'New',
      weightGrams: 5,
      attributes: { colour: 'red', height: 3 },
    })
  })

  it('refuses a bad row by itself', async () => {
    const text = [
      'sku,name,price,currency,unique',
      'A,Good,1,GBP,',
      'B,Pounds,2.55,GBP,',
      'C,Half a price,1,,',
      'D,Short',
      'E,Maybe,1,GBP,maybe',
      'F,3" nail,1,GBP,',
    ].join('\n')
    const { body } = await shop().load(text, 'text/csv')
    expect(
      body.rows.map(({ result, errors }: { result: string; errors?: [{ path: string }] }) => [
        result,
        errors?.map(({ path }) => path),
      ]),
    ).toEqual([
      ['created', undefined],
      ['refused', ['price.amount']],
      ['refused', ['price.currency']],
      ['refused', ['']],
      ['refused', ['unique']],
      ['created', undefined],
    ])
  })

  it('refuses a row with a text that nobody can see, or with control characters, by its field', async () => {
    const rows = [
      'A,\u200B\u2060,,',
      'B,a\u0001b,,',
      'C,Cup,\u3164,',
      'D,Cup,,a\u0000b',
      'E,"Cup\nand saucer","two\nlines",Zoë\u00A0X',
    ]
    const { body } = await shop().load(
      ['sku,name,description,attributes.by,price,currency', ...rows.map((row) => `${row},1,GBP`)].join('\n'),
      'text/csv',
    )
    const seen = 'with at least one character that can be seen'
    expect(body.rows).toMatchObject([
      { result: 'refused', errors: [{ path: 'name', message: seen }] },
      { result: 'refused', errors: [{ path: 'name', message: expect.stringContaining('no control') }] },
      { result: 'refused', errors: [{ path: 'description', message: `empty, or ${seen}` }] },
      { result: 'refused', errors: [{ path: 'attributes.by', message: expect.stringContaining('no control') }] },
      { result: 'created' },
    ])
    const lines = [
      '{"sku":"A","name":"\\u200b","price":{"amount":1,"currency":"GBP"}}',
      '{"sku":"B","attributes":{"\\u3164":1}}',
    ]
    expect((await shop().load(lines.join('\n'))).body.rows).toMatchObject([
      { result: 'refused', errors: [{ path: 'name', message: seen }] },
      { result: 'refused', errors: [{ path: 'attributes.\u3164', message: seen }] },
    ])
  })

  it('refuses columns that it does not know or that come twice, and names them', async () => {
    const header = 'sku,colour,name,name,attributes.,attributes.\u200B'
    const { status, body } = await shop().load(`${header}\nA,red,B,B,x,y\n`, 'text/csv')
    expect([status, body.code]).toEqual([400, 'unknown_columns'])
    expect(body.errors).toEqual([
      { path: 'colour', message: 'unknown column' },
      { path: 'name', message: 'the column is there twice' },
      { path: 'attributes.', message: 'unknown column' },
      { path: 'attributes.\u200B', message: 'unknown column' },
    ])
  })

  it('refuses a file whose quote never ends', async () => {
    expect(await shop().load('sku,name\nA,"open\nB,x\n', 'text/csv')).toMatchObject({
      status: 400,
      body: { code: 'invalid_csv' },
    })
  })

  it.each([
    ['', 'text/csv'],
    ['\r\n \n', 'text/csv'],
    ['', 'application/x-ndjson'],
    ['\n \n', 'application/x-ndjson'],
  ])('is refused when it has no line: %j as %s', async (text, mediaType) => {
    const answer = await shop().load(text, mediaType)
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed', errors: [{ path: '' }] } })
    expect(answer.body.detail).toBe('The request has an empty body.')
  })

  it('is done at once when it has no row', async () => {
    expect(await shop().load('sku,name\n\n', 'text/csv')).toMatchObject({ status: 200, body: { rows: [] } })
    expect(csvRows('', refuse)).toEqual([])
    expect(csvRows('sku,name\n\n', refuse)).toEqual([])
    expect(ndjsonRows('\n \n', refuse)).toEqual([])
  })
})

describe('a row with text that is none', () => {
  it('is refused by its field, and the others are written', async () => {
    const { load, read } = shop()
    const rows = [
      '{"name":"cut \\ud83d"}',
      '{"attributes":{"a":{"b":"\\udc00"}}}',
      '{"attributes":{"\\ud800":1}}',
      '{}',
    ]
    const { body, status } = await load(
      rows.map((more, index) => JSON.stringify({ ...product(`S${index}`), ...JSON.parse(more) })).join('\n'),
    )
    expect(status).toBe(200)
    expect(results({ body })).toEqual(['refused', 'refused', 'refused', 'created'])
    const paths = body.rows.map(({ errors = [] }: { errors?: { path: string }[] }) => errors[0]?.path)
    expect(paths).toEqual(['name', 'attributes.a.b', 'attributes.\uFFFD', undefined])
    expect((await read('S0')).status).toBe(404)
  })

  it('is shown well-formed and short', async () => {
    const { body } = await shop().load(`{"sku":"\\ud83d${'x'.repeat(100_000)}"}`)
    expect(body.rows[0].sku.length).toBeLessThanOrEqual(64)
    expect(body.rows[0].sku.isWellFormed()).toBe(true)
  })
})

describe('the answer to an import', () => {
  /** As Lambda hands it on: JSON in a field of JSON. */
  const handedOn = (body: unknown): number => Buffer.byteLength(JSON.stringify({ body: JSON.stringify(body) }))
  const lambdaLimit = 6_291_556

  it.each([
    ['many bad fields in each row', () => Array.from({ length: 2_000 }, () => `{${fields(25)}}`).join('\n'), 'ndjson'],
    [
      'bad cells in each column',
      () => {
        const header = 'sku,name,categoryId,price,currency,weightGrams,unique,active,lowStockAt,"attributes.""x"""'
        const row = `${'-'.repeat(40)},x,"\u0001",a,b,c,d,e,f,${'\u0001'.repeat(100)}`
        return `${header}\n${Array.from({ length: 2_000 }, () => row).join('\n')}`
      },
      'csv',
    ],
    [
      'rows of skus that cannot be',
      () => Array.from({ length: 2_000 }, () => `{"sku":"${'\\\\'.repeat(64)}"}`).join('\n'),
      'ndjson',
    ],
  ])('stays below what Lambda hands on: %s', async (_, file, kind) => {
    const text = file()
    expect(Buffer.byteLength(text)).toBeLessThan(1_048_576)
    const { body } = await shop().load(text, kind === 'csv' ? 'text/csv' : 'application/x-ndjson')
    expect(body.counts.refused).toBe(2_000)
    expect(handedOn(body)).toBeLessThan(lambdaLimit)
    expect(body.rows[0].errors.length).toBeGreaterThan(0)
  })

  it('counts the errors of a row that it does not list', async () => {
    const { body } = await shop().load(`{${fields(500)}}`)
    const [{ errors, moreErrors }] = body.rows
    // With the sku that is missing.
    expect(errors.length + moreErrors).toBe(501)
  })

  const fields = (count: number) => Array.from({ length: count }, (_, index) => `"k${index}":1`).join()
})

describe('a CSV file of very many columns', () => {
  it('is refused by its header where an attribute cannot be called so', async () => {
    const names = Array.from({ length: 90 }, (_, index) => `attributes.${index}${'\u0001'.repeat(190)}`)
    const file = `${names.join()}\n${Array.from({ length: 2_000 }, () => names.map(() => 'x').join()).join('\n')}`
    const { status, body } = await shop().load(file, 'text/csv')
    expect({ status, code: body.code, errors: body.errors.length }).toEqual({
      status: 400,
      code: 'unknown_columns',
      errors: 90,
    })
  })

  it('is refused at once', async () => {
    const header = Array.from({ length: 150_000 }, (_, index) => index.toString(36)).join()
    const began = performance.now()
    const { status, body } = await shop().load(header, 'text/csv')
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'too_many_columns' })
    expect(performance.now() - began).toBeLessThan(8_000)
  })

  it('has room for all attributes of a product', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `attributes.a${index}`)
    const file = `sku,name,price,currency,${names.join()}\nA,Lamp,100,GBP,${names.join()}`
    expect(results(await shop().load(file, 'text/csv'))).toEqual(['created'])
  })
})

describe('the same file again', () => {
  it('changes nothing where a number is minus zero', async () => {
    const { load, read } = shop()
    const row = JSON.stringify(product('A')).replace(/\}$/, ',"attributes":{"offset":-0},"weightGrams":-0}')
    expect([results(await load(row)), results(await load(row))].flat()).toEqual(['created', 'unchanged'])
    expect(Object.is((await read('A')).body.attributes.offset, 0)).toBe(true)
  })

  it('changes nothing where its text is in another form of Unicode', async () => {
    const { load } = shop()
    const row = JSON.stringify(product('A', { name: 'Caf\u00e9', attributes: { 'Gr\u00f6\u00dfe': '\u00e9' } }))
    const again = await (await load(row), load(row.normalize('NFD')))
    expect(results(again)).toEqual(['unchanged'])
  })

  it('changes nothing the second time, whatever a row has', async () => {
    const anything = fc.string({ unit: 'grapheme', maxLength: 20 })
    const text = anything.filter((each) => linesOrNothing(20).safeParse(each).success)
    const number = fc.oneof(fc.constant(-0), fc.integer(), fc.double({ min: 1e-90, max: 1e15, noNaN: true }))
    const name = anything.map((each) => `Lamp ${each}`).filter((each) => oneLine(50).safeParse(each).success)
    const more = fc.record(
      {
        description: fc.option(text),
        attributes: fc.dictionary(name, fc.oneof(text, number, fc.boolean()), { maxKeys: 3 }),
        weightGrams: fc.option(fc.constantFrom(-0, 7)),
        lowStockAt: fc.option(fc.constantFrom(-0, 7)),
        unique: fc.boolean(),
        active: fc.boolean(),
      },
      { requiredKeys: [] },
    )
    const row = fc.tuple(name, more, fc.constantFrom(-0, 255))
    await fc.assert(
      fc.asyncProperty(row, async ([name, more, amount]) => {
        const { load, table } = shop()
        // As programs other than JavaScript write a negative zero.
        const file = JSON.stringify(
          { sku: 'A', name, price: { amount, currency: 'GBP' }, ...more },
          (_, value: unknown) => (Object.is(value, -0) ? '-0!' : value),
        ).replaceAll('"-0!"', '-0.0')
        expect(results(await load(file))).toEqual(['created'])
        const before = table.items()
        expect(results(await load(`\uFEFF${file.normalize('NFD')}`))).toEqual(['unchanged'])
        expect(table.items()).toEqual(before)
      }),
    )
  })

  it('keeps attributes that are named like properties of objects, and refuses __proto__ by its name', async () => {
    const { load, read } = shop()
    const names = ['constructor', 'toString', 'valueOf', 'hasOwnProperty']
    const attributes = Object.fromEntries(names.map((name) => [name, `a ${name}`]))
    const row = JSON.stringify(product('A', { attributes }))
    expect([results(await load(row)), results(await load(row))].flat()).toEqual(['created', 'unchanged'])
    expect((await read('A')).body.attributes).toEqual(attributes)
    const file = 'sku,name,price,currency,attributes.__proto__\nB,Lamp,100,GBP,oak'
    const { body } = await load(file, 'text/csv')
    expect(body.rows[0]).toMatchObject({ result: 'refused', errors: [{ path: 'attributes.__proto__' }] })
  })
})
