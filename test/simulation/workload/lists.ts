import type { AdjustmentResult } from '../../../schemas/bulk-adjustment.ts'
import { isSame } from '../invariants/is-same.ts'
import { Violation } from '../invariants/violation.ts'
import { type Workload, operator } from './workload.ts'

interface Row {
  readonly key: string
  readonly sku: string
  readonly warehouseId: string
  readonly reason: string
}

/** A clerk enters lists of adjustments, some rows twice, and enters a list once more with other rows behind it. */
export async function enterLists(workload: Workload): Promise<void> {
  const { chance } = workload.world
  for (let left = workload.times(1, 3); left > 0; left -= 1) {
    await workload.pause(60_000)
    const rows = Array.from({ length: chance.between(1, 5) }, () => rowOf(workload))
    const twice = chance.maybe(0.4) ? [...rows, chance.pick(rows)] : rows
    const first = await enter(workload, twice, chance.pick(['row', 'sku']))
    if (first === undefined) continue
    if (chance.maybe(0.5)) {
      await workload.pause(60_000)
      const again = await enter(workload, [...rows, rowOf(workload)], 'row')
      for (const result of first) checkAgain(result, again)
    }
    const done = first.find(({ result }) => result === 'done')
    const misused = rows.find(({ key }) => key === done?.key)
    if (misused && chance.maybe(0.3)) await misuse(workload, { ...misused, reason: 'found' })
  }
}

function rowOf(workload: Workload): Row {
  const { chance } = workload.world
  const change = chance.pick([
    { delta: chance.pick([-3, -2, -1, 1, 2, 3]) },
    { delta: chance.pick([-1, 1]) },
    { set: chance.below(6) },
    { delta: 2, expected: chance.below(6) },
  ])
  const place = { sku: chance.pick(workload.skus), warehouseId: chance.pick(workload.warehouses) }
  return { key: workload.newKey(), ...place, ...change, reason: 'counted' }
}

async function enter(
  workload: Workload,
  rows: readonly Row[],
  policy: string,
): Promise<readonly AdjustmentResult[] | undefined> {
  const asked = { as: operator, route: 'POST /inventory/adjustments', body: { rows, policy } }
  const reply = await workload.askOnceOrTwice('inventory', asked)
  if (reply?.status !== 200) return undefined
  const results = reply.body['rows'] as readonly AdjustmentResult[]
  if (!isSame(results.map(nameOf), rows.map(nameOf)))
    throw new Violation('each row has its result', JSON.stringify(results))
  for (const { result, sku, key } of new Map(results.map((each) => [each.key, each])).values())
    if (result === 'done') workload.acknowledged.push({ what: 'adjusted', sku, key, isRow: true })
  for (const result of results)
    checkAgain(
      result,
      results.filter(({ key }) => key === result.key),
    )
  if (policy === 'sku') checkTogether(results)
  return results
}

const nameOf = ({ key, sku, warehouseId }: Row | AdjustmentResult): string => `${key} ${sku} ${warehouseId}`

/** What is done stays done, as it was. */
function checkAgain(first: AdjustmentResult, again: readonly AdjustmentResult[] = []): void {
  if (first.result !== 'done') return
  const other = again.find((each) => each.key === first.key && each.result !== 'not_tried' && !isSame(each, first))
  if (other) throw new Violation('one key, one row', `${JSON.stringify(first)}, then ${JSON.stringify(other)}`)
}

function checkTogether(results: readonly AdjustmentResult[]): void {
  for (const [sku, ofSku] of Map.groupBy(results, (result) => result.sku))
    if (new Set(ofSku.map(({ result }) => result === 'done')).size > 1)
      throw new Violation('all rows of a sku or none', `${sku}: ${JSON.stringify(ofSku)}`)
}

/** Another row under a key that was answered is refused. */
async function misuse(workload: Workload, row: Row): Promise<void> {
  const [result] = (await enter(workload, [row], 'row')) ?? []
  if (result && result.result !== 'not_tried' && result.code !== 'idempotency_key_reused')
    throw new Violation('one key, one row', `${row.key} with another row: ${JSON.stringify(result)}`)
}
