import type { StockRowResult } from '../../../schemas/stock-imports.ts'
import { isSame } from '../invariants/is-same.ts'
import { Violation } from '../invariants/violation.ts'
import { type Workload, operator } from './workload.ts'

interface Row {
  readonly key?: string
  /** A row without one is refused. */
  readonly sku?: string
  readonly warehouseId: string
  readonly delta?: number
  readonly set?: number
  readonly expected?: number
  readonly reason: string
}

/** A clerk sends files of adjustments, some of them once more as another import; two readers may meet at one. */
export async function sendFiles(workload: Workload): Promise<void> {
  const { fileChance: chance } = workload.world
  for (let left = chance.between(1, 2); left > 0; left -= 1) {
    await workload.world.sleep(chance.below(60_000))
    const rows = Array.from({ length: chance.between(1, 6) }, () => rowOf(workload))
    const first = await send(workload, rows)
    const again = first && chance.maybe(0.5) ? await send(workload, rows) : undefined
    if (first && again) checkAgain(rows, first, again)
  }
}

function rowOf(workload: Workload): Row {
  const { fileChance: chance } = workload.world
  const change = chance.pick([
    { delta: chance.pick([-2, -1, 1, 2]) },
    { set: chance.below(6) },
    { delta: 1, expected: 3 },
  ])
  const sku = chance.maybe(0.9) ? { sku: chance.pick(workload.skus) } : {}
  return {
    ...(chance.maybe(0.5) && { key: workload.newKey() }),
    ...sku,
    ...change,
    warehouseId: chance.pick(workload.warehouses),
    reason: 'counted',
  }
}

const columns = ['key', 'sku', 'warehouseId', 'delta', 'set', 'expected', 'reason'] as const
const written = {
  csv: (rows: readonly Row[]) =>
    [columns.join(), ...rows.map((row) => columns.map((name) => row[name] ?? '').join())].join('\n'),
  ndjson: (rows: readonly Row[]) => rows.map((row) => JSON.stringify(row)).join('\n'),
}

/** Sends a file, and lets readers have it until it is read; the results, undefined where that did not come about. */
async function send(workload: Workload, rows: readonly Row[]): Promise<readonly StockRowResult[] | undefined> {
  const { world } = workload
  const { fileChance: chance, files } = world
  const format = chance.pick(['csv', 'ndjson'] as const)
  const body = { kind: 'adjustments', format }
  const begun = await workload.ask('inventory', {
    as: operator,
    route: 'POST /stock-imports',
    body,
    key: workload.newKey(),
  })
  if (begun?.status !== 201) return undefined
  const id = String(begun.body['id'])
  files.sent.set(id, Buffer.from(written[format](rows)))
  for (let deliveries = 0; deliveries < 20; deliveries += 1) {
    const readers = chance.maybe(0.3) ? [id, id] : [id]
    await Promise.all(readers.map((each) => world.readFile(each)))
    const seen = await workload.ask('inventory', { as: operator, route: 'GET /stock-imports/{id}', params: { id } })
    if (seen?.body['state'] === 'done') return checked(workload, id, rows, seen.body['rows'])
    await world.sleep(chance.between(1_000, 300_000))
  }
  return undefined
}

/** Each row has one result, and the import counts them. */
function checked(workload: Workload, id: string, rows: readonly Row[], counts: unknown): readonly StockRowResult[] {
  const lines = (workload.world.files.results.get(id) ?? '').split('\n').filter((line) => line !== '')
  const results = lines.map((line) => JSON.parse(line) as StockRowResult)
  const violated = (): never => {
    throw new Violation('each row of a file has its result', `${id}: ${JSON.stringify([rows, counts, results])}`)
  }
  if (
    !isSame(
      results.map(({ row, sku }) => [row, sku]),
      rows.map(({ sku }, index) => [index + 1, sku]),
    )
  )
    violated()
  const done = results.filter(({ result }) => result === 'done')
  if (!isSame(counts, { read: rows.length, done: done.length, refused: rows.length - done.length })) violated()
  for (const result of results)
    if ('code' in result && result.code === 'idempotency_key_reused')
      throw new Violation('no row of a file is in the way of another', `${id}: ${JSON.stringify(result)}`)
  for (const { sku = '', key = '' } of done) workload.acknowledged.push({ what: 'adjusted', sku, key, isRow: true })
  return results
}

/** Rows with keys have the results that they had, as far as they were done. */
function checkAgain(rows: readonly Row[], first: readonly StockRowResult[], again: readonly StockRowResult[]): void {
  for (const [index, { key }] of rows.entries())
    if (key !== undefined && first[index]?.result === 'done' && !isSame(first[index], again[index]))
      throw new Violation('one key, one row', `${JSON.stringify(first[index])}, then ${JSON.stringify(again[index])}`)
}
