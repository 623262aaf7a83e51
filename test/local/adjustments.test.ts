import { beforeAll, describe, expect, it } from 'vitest'
import type { AdjustmentResult } from '../../schemas/bulk-adjustment.ts'
import { settle, state } from './control.ts'
import { type SignedIn, isLocal, signIn, stocked, unique } from './target.ts'

let operator: SignedIn
let skus: readonly string[]

beforeAll(async () => {
  operator = await signIn('operator')
  skus = await Promise.all(Array.from({ length: 5 }, () => stocked(operator, 0)))
})

const row = (sku: string, delta: number) => ({ key: unique('row'), sku, warehouseId: 'main', delta, reason: 'found' })
const adjust = async (rows: readonly ReturnType<typeof row>[]): Promise<readonly AdjustmentResult[]> =>
  (await operator.api.adjustMany({ body: { rows: [...rows] } })).rows
const onHand = async (sku: string) => (await operator.api.getLevels({ params: { sku } })).items[0]?.onHand

describe('many adjustments', () => {
  it('are done once, row by row, when two requests bring them at once and a third one brings them again', async () => {
    const rows = Array.from({ length: 200 }, (_, index) => row(skus[index % skus.length]!, 1))
    const [one, other] = await Promise.all([adjust(rows), adjust(rows)])
    const again = await adjust([...rows, ...rows])
    expect(again).toEqual([...one, ...one])
    expect(other).toEqual(one)
    expect(one.every(({ result }) => result === 'done')).toBe(true)
    expect(await Promise.all(skus.map(onHand))).toEqual(skus.map(() => 40))
  })

  it('are 1,000 in one request', { timeout: 30_000 }, async () => {
    const rows = Array.from({ length: 1_000 }, (_, index) => row(skus[index % skus.length]!, 1))
    const results = await adjust(rows)
    const left = results.filter(({ result }) => result === 'not_tried')
    // A machine with much to do has not the time for all of them: the rest is sent again.
    expect(results.every(({ result }) => result === 'done' || result === 'not_tried')).toBe(true)
    for (let attempt = 0; attempt < 5 && left.length > 0; attempt += 1)
      left.splice(0, left.length, ...(await adjust(rows)).filter(({ result }) => result === 'not_tried'))
    expect(left).toEqual([])
    expect(await Promise.all(skus.map(onHand))).toEqual(skus.map(() => 240))
  })

  it.runIf(isLocal)('cost what docs/costs.md says, by rows and by skus', async () => {
    const sku = await stocked(operator, 0)
    const writtenBy = async (rows: readonly ReturnType<typeof row>[]) => {
      const writes = async () => {
        await settle()
        const { calls } = await state()
        const made = calls.filter(({ caller }) => caller.includes('-inventory-Http'))
        return made.reduce((all, { writeUnits }) => all + writeUnits, 0)
      }
      const before = await writes()
      await adjust(rows)
      return (await writes()) - before
    }
    // The first units of a sku put it on the list of their warehouse.
    expect(await writtenBy([row(sku, 1)])).toBe(7)
    expect(await writtenBy([row(sku, 1)])).toBe(6)
    expect(await writtenBy(Array.from({ length: 50 }, () => row(sku, 1)))).toBeLessThanOrEqual(216)
  })
})
