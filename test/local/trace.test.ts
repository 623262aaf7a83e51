import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { linesOf } from '../../bin/trace/tree.ts'
import { settle, traceShare, tracesOf } from './control.ts'
import { costLines } from './one-order.ts'
import { type SignedIn, baseUrl, isLocal, newcomer, place, signIn, stocked } from './target.ts'

let operator: SignedIn
let customer: SignedIn
let sku: string

describe.runIf(isLocal)('a trace', () => {
  beforeAll(async () => {
    operator = await signIn('operator')
    customer = await newcomer()
    sku = await stocked(operator, 20)
  })

  afterAll(() => traceShare(1))

  async function approved(): Promise<string> {
    const { id } = await place(customer, { [sku]: 1 })
    await operator.api.approveOrder({ params: { id } })
    await settle()
    return id
  }

  it('shows what an order has set off, over the bus: functions, calls and causes', async () => {
    const id = await approved()
    const lines = linesOf(id, await tracesOf(id), { brief: false })
    const depthOf = (text: string, below = 0): number => {
      const at = lines.findIndex((line, index) => index >= below && line.includes(text))
      expect(at, `${text}\n${lines.join('\n')}`).not.toBe(-1)
      return at
    }
    const placing = depthOf('POST /orders  orders-Http')
    const placed = depthOf('→ order.placed.v1', placing)
    const reserving = depthOf('inventory-Events', placed)
    depthOf('· dynamodb.TransactWriteItems', reserving)
    const reserved = depthOf('→ stock.reserved.v1 after', reserving)
    expect(lines[reserved]).toContain('put by inventory-Relay')
    const taken = depthOf('orders-Events', reserved)
    depthOf('· scheduler.CreateSchedule', taken)
    const approving = depthOf('POST /orders/{id}/approve  orders-Http')
    const confirmed = depthOf('→ order.confirmed.v1', approving)
    depthOf('→ shipment.created.v1', confirmed)
  })

  it('is printed by one command', async () => {
    const id = await approved()
    const trace = (...more: readonly string[]) =>
      promisify(execFile)(process.execPath, ['bin/trace.ts', ...more, '--url', baseUrl])
    const { stdout } = await trace(id, '--brief')
    expect(stdout).toContain('POST /orders  orders-Http')
    expect(stdout).not.toContain('dynamodb')
    await expect(trace('ord_nobody')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Place an order'),
    })
  })

  it('is of whole orders, or there is none', async () => {
    await traceShare(0)
    const without = await approved()
    await traceShare(1)
    expect(await tracesOf(without)).toEqual([])
    // Placed untraced, approved traced: what the approval sets off is there.
    await traceShare(0)
    const { id } = await place(customer, { [sku]: 1 })
    await settle()
    await traceShare(1)
    await operator.api.approveOrder({ params: { id } })
    await settle()
    const lines = linesOf(id, await tracesOf(id), { brief: true })
    expect(lines.filter((line) => !line.startsWith(' '))).toEqual([
      expect.stringContaining('POST /orders/{id}/approve  orders-Http'),
    ])
  })

  it('costs what docs/costs.md lists', async () => {
    const published = costLines.find((line) => line.includes('an order that is approved by hand and allocated is '))
    const counts: string[] = []
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const id = await approved()
      const traces = new Set((await tracesOf(id)).map(({ traceId }) => traceId)).size
      counts.push(`is ${traces} traces`)
      if (published?.includes(`is ${traces} traces`)) break
    }
    expect(published, counts.join('\n')).toContain(counts.at(-1))
  })
})
