import { beforeAll, describe, expect, it } from 'vitest'
import type { StockRowResult } from '../../schemas/stock-imports.ts'
import { advance, died, killAt } from './control.ts'
import { postTo, resultsAt } from './form.ts'
import { type SignedIn, isLocal, signIn, stocked, unique, until } from './target.ts'

let operator: SignedIn
beforeAll(async () => {
  operator = await signIn('operator')
})

type Input = NonNullable<Parameters<SignedIn['api']['createStockImport']>[0]['body']>
const begin = (more: Partial<Input> = {}) => operator.api.createStockImport({ body: { kind: 'adjustments', ...more } })
const over = (id: string) =>
  until(
    () => operator.api.getStockImport({ params: { id } }),
    ({ state }) => state !== 'waiting' && state !== 'reading',
  )
async function imported(file: string, more: Partial<Input> = {}) {
  const begun = await begin(more)
  expect(await postTo(begun.upload, file)).toBe(204)
  const done = await over(begun.id)
  return { done, results: await resultsAt<StockRowResult>(done.resultsUrl) }
}
const onHand = async (sku: string): Promise<number | undefined> => {
  const { items } = await operator.api.getLevels({ params: { sku } })
  return items.find(({ warehouseId }) => warehouseId === 'main')?.onHand
}
const movementsOf = async (sku: string) => (await operator.api.listMovements({ params: { sku } })).items
const outcome = (row: StockRowResult) => ('code' in row ? row.code : row.result)

describe('an import of stock', () => {
  it('does the right rows among wrong ones of every kind, in their order, and names who imported them', async () => {
    const sku = await stocked(operator, 5)
    const key = unique('k')
    const file = [
      'key;sku;warehouseId;delta;set;expected;reason;reference',
      `${key}-1;${sku};main;-5;;;"sold ""here""";PO-77`,
      `${key}-2;${sku};main;-1;;;sold;`,
      `${key}-3;${sku};main;;7;0;counted;`,
      `${key}-4;${sku};main;;8;6;counted;`,
      `;${unique('none')};main;1;;;found;`,
      `;${sku};nowhere;1;;;found;`,
      `;${sku};main;1;1;;found;`,
      `;${sku};main;0;;;found;`,
      `;${sku};main;1,5;;;found;`,
      `;${sku};main;1;;;;`,
      `;8.5E+12;main;1;;;found;`,
      `;${sku};main`,
      `${key}-1;${sku};main;-4;;;sold;`,
      `;${sku};main;2;;;found;`,
      '',
    ].join('\r\n')
    const { done, results } = await imported(`\uFEFF${file}`)
    expect(results.map(outcome)).toEqual([
      'done',
      'insufficient_stock',
      'done',
      'level_changed',
      'product_not_found',
      'unknown_warehouse',
      ...Array.from({ length: 6 }, () => 'refused'),
      'idempotency_key_reused',
      'done',
    ])
    expect(done).toMatchObject({ state: 'done', rows: { read: 14, done: 3, refused: 11 } })
    expect(await onHand(sku)).toBe(9)
    const { id: by } = await operator.api.getMe()
    expect(done.createdBy).toBe(by)
    expect(await movementsOf(sku)).toContainEqual(
      expect.objectContaining({ by, delta: { available: -5 }, reason: 'sold "here"', reference: 'PO-77' }),
    )
    const { items } = await operator.api.listStockImports({ query: { limit: 100 } })
    expect(items).toContainEqual(expect.objectContaining({ id: done.id, state: 'done' }))
  })

  it('counts a keyed row once, when the same file comes as another import, and a row without a key again', async () => {
    const sku = await stocked(operator, 1)
    const row = { sku, warehouseId: 'main', delta: 3, reason: 'found' }
    const file = [{ key: unique('k'), ...row }, row].map((each) => JSON.stringify(each)).join('\n')
    const first = await imported(file, { format: 'ndjson' })
    expect(await onHand(sku)).toBe(7)
    const second = await imported(file, { format: 'ndjson' })
    expect(second.results[0]).toEqual(first.results[0])
    expect(second.results.map(outcome)).toEqual(['done', 'done'])
    expect(await onHand(sku)).toBe(10)
  })

  it('is read no more once it is cancelled', async () => {
    const begun = await begin()
    await operator.api.cancelStockImport({ params: { id: begun.id } })
    expect(await over(begun.id)).toMatchObject({ state: 'cancelled', rows: { read: 0 } })
  })

  it.runIf(isLocal).each(['before', 'after'] as const)(
    'goes on where its reader was killed, %s its results were kept, without a row lost, doubled or named a conflict',
    async (when) => {
      const sku = await stocked(operator, 0)
      const rows = Array.from({ length: 600 }, (_, index) => `${sku},main,1,${index},found`)
      const begun = await begin()
      // The second part of three.
      await killAt({ function: 'inventory-Imports', operation: 's3:PutObject', nth: 2, when })
      await postTo(begun.upload, ['sku,warehouseId,delta,expected,reason', ...rows].join('\n'))
      await died()
      await advance('6m')
      const done = await over(begun.id)
      expect(done.rows).toEqual({ read: 600, done: 600, refused: 0 })
      const results = await resultsAt<{ level: { onHand: number } }>(done.resultsUrl)
      expect(results.map(({ level }) => level.onHand)).toEqual(rows.map((_, index) => index + 1))
      expect(await onHand(sku)).toBe(600)
    },
  )
})
