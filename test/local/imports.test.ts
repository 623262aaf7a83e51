import { beforeAll, describe, expect, it } from 'vitest'
import { advance, died, killAt, settle } from './control.ts'
import { postTo, resultsAt } from './form.ts'
import { type SignedIn, isLocal, signIn, unique, until } from './target.ts'

let operator: SignedIn
beforeAll(async () => {
  operator = await signIn('operator')
})

type Input = NonNullable<Parameters<SignedIn['api']['createImport']>[0]['body']>
const begin = (more: Partial<Input> = {}) => operator.api.createImport({ body: { kind: 'products', ...more } })

const upload = ({ upload: form }: Awaited<ReturnType<typeof begin>>, ...sent: Tail<Parameters<typeof postTo>>) =>
  postTo(form, ...sent)
type Tail<All extends readonly unknown[]> = All extends [unknown, ...infer More] ? More : never
const over = (id: string) =>
  until(
    () => operator.api.getImport({ params: { id } }),
    ({ state }) => state !== 'waiting' && state !== 'reading',
  )

describe('an import of a file', () => {
  it('reads what its form has brought, and gives a result for each row', async () => {
    const [one, other] = [unique('0'), unique('sku')]
    const begun = await begin()
    expect(begun).toMatchObject({ state: 'waiting', format: 'csv', encoding: 'utf-8' })
    expect(
      await upload(
        begun,
        `sku;name;price;currency\r\n${one};"A ""cup""\r\nof two lines";250;GBP\r\n${other};;1;GBP\r\n`,
      ),
    ).toBe(204)
    const done = await over(begun.id)
    expect(done).toMatchObject({ state: 'done', rows: { read: 2, created: 1, refused: 1 } })
    expect(await resultsAt(done.resultsUrl)).toEqual([
      { row: 1, sku: one, result: 'created' },
      expect.objectContaining({ row: 2, sku: other, result: 'refused' }),
    ])
    expect(await operator.api.getProduct({ params: { sku: one } })).toMatchObject({ name: 'A "cup"\r\nof two lines' })
    const { items } = await operator.api.listImports({ query: { limit: 100 } })
    expect(items).toContainEqual(expect.objectContaining({ id: begun.id, state: 'done' }))
  })

  it('reads lines of JSON, and Windows-1252 where that is named', async () => {
    const sku = unique('sku')
    const begun = await begin({ format: 'ndjson', encoding: 'windows-1252' })
    const line = `{"sku":"${sku}","name":"Caf\u00e9","price":{"amount":1,"currency":"GBP"}}`
    expect(await upload(begun, new Uint8Array(Buffer.from(line, 'latin1')))).toBe(204)
    expect(await over(begun.id)).toMatchObject({ state: 'done', rows: { created: 1 } })
    expect(await operator.api.getProduct({ params: { sku } })).toMatchObject({ name: 'Caf\u00e9' })
  })

  it('takes no file under another name, of another type or without its signature', async () => {
    const begun = await begin()
    const wrong: Record<string, string>[] = [
      { key: 'files/imp_OTHER' },
      { 'content-type': 'text/html' },
      { 'X-Amz-Signature': '0' },
    ]
    for (const changed of wrong) expect(await upload(begun, 'sku', changed)).toBe(403)
    expect(await upload(begun, '')).toBe(400)
    const { fields, url } = begun.upload!
    expect((await fetch(`${url}${url.endsWith('/') ? '' : '/'}${fields['key']}`)).ok).toBe(false)
    expect(await operator.api.getImport({ params: { id: begun.id } })).toMatchObject({ state: 'waiting' })
    await operator.api.cancelImport({ params: { id: begun.id } })
  })

  it('is read no more once it is cancelled, and its form brings nothing back', async () => {
    const sku = unique('sku')
    const begun = await begin()
    await operator.api.cancelImport({ params: { id: begun.id } })
    await upload(begun, `sku,name,price,currency\n${sku},Cup,1,GBP\n`)
    if (isLocal) await settle()
    expect(await operator.api.getImport({ params: { id: begun.id } })).toMatchObject({
      state: 'cancelled',
      rows: { read: 0 },
    })
  })

  it.runIf(isLocal).each(['before', 'after'] as const)(
    'goes on where its reader was killed, %s its results were kept, without a row lost, doubled or named a conflict',
    async (when) => {
      const skus = Array.from({ length: 600 }, (_, index) => `${unique('k')}-${index}`)
      const begun = await begin()
      // The second part of three.
      await killAt({ function: 'catalog-Imports', operation: 's3:PutObject', nth: 2, when })
      await upload(begun, ['sku,name,price,currency', ...skus.map((sku) => `${sku},Cup,1,GBP`)].join('\n'))
      await died()
      await advance('6m')
      const done = await over(begun.id)
      expect(done.rows).toEqual({ read: 600, created: 600, updated: 0, unchanged: 0, refused: 0 })
      const results = await resultsAt<{ sku: string }>(done.resultsUrl)
      expect(results.map(({ sku }) => sku)).toEqual(skus)
      expect(await operator.api.getProduct({ params: { sku: skus[300]! } })).toMatchObject({ version: 1 })
    },
  )

  it('fails where its file is none, and keeps what it had read', async () => {
    const begun = await begin()
    await upload(begun, 'sku,colour\nA,red\n')
    expect(await over(begun.id)).toMatchObject({ state: 'failed', failure: { code: 'unknown_columns' } })
  })
})
