import { describe, expect, it, vi } from 'vitest'
import { inOrder } from '../../bin/replay/in-order.ts'
import { type LocalControl, type Usage, usageBetween, usageOf } from '../../bin/replay/local-control.ts'
import { Meter } from '../../bin/replay/meter.ts'
import { eventually, persist, unlessRefused } from '../../bin/replay/persist.ts'
import { progressOn } from '../../bin/replay/progress.ts'
import { ApiProblem } from '../../schemas/client.ts'

describe('work in order', () => {
  it('starts in order, and no more at once than allowed', async () => {
    const started: number[] = []
    let [now, most] = [0, 0]
    await inOrder([1, 2, 3, 4, 5], 2, async (item) => {
      started.push(item)
      now += 1
      most = Math.max(most, now)
      await new Promise((resolve) => setImmediate(resolve))
      now -= 1
    })
    expect({ started, most }).toEqual({ started: [1, 2, 3, 4, 5], most: 2 })
  })

  it('starts no more after a failure, and throws it', async () => {
    const started: number[] = []
    const work = inOrder([1, 2, 3, 4], 2, async (item) => {
      started.push(item)
      if (item === 1) throw new Error('broken')
      await new Promise((resolve) => setImmediate(resolve))
    })
    await expect(work).rejects.toThrow('broken')
    await new Promise((resolve) => setImmediate(resolve))
    expect(started).toEqual([1, 2])
  })
})

const clock = () => {
  let time = 0
  return {
    now: () => time,
    sleep: async (ms: number) => {
      time += ms
    },
  }
}
const problem = (status: number, code: string) =>
  new ApiProblem('call', { status, headers: new Headers(), body: { code } })

describe('a repeated call', () => {
  it.each([
    ['the server is unavailable', problem(503, 'unavailable')],
    ['nobody answers', new TypeError('fetch failed')],
    ['the problem passes by itself', problem(404, 'product_not_found')],
  ])('calls again while %s', async (_, failure) => {
    const call = vi
      .fn<() => Promise<string>>()
      .mockRejectedValueOnce(failure)
      .mockRejectedValueOnce(failure)
      .mockResolvedValue('answer')
    expect(await persist(call, { clock: clock(), forMs: 1_000, passing: ['product_not_found'] })).toBe('answer')
    expect(call).toHaveBeenCalledTimes(3)
  })

  it('ends with the time it was given', async () => {
    const call = vi.fn<() => Promise<string>>().mockRejectedValue(problem(503, 'unavailable'))
    await expect(persist(call, { clock: clock(), forMs: 1_000 })).rejects.toMatchObject({ status: 503 })
    expect(call).toHaveBeenCalledTimes(5)
  })

  it('does not repeat what was refused for good', async () => {
    const call = vi.fn<() => Promise<string>>().mockRejectedValue(problem(422, 'unknown_sku'))
    await expect(persist(call, { clock: clock(), forMs: 1_000 })).rejects.toMatchObject({ code: 'unknown_sku' })
    expect(call).toHaveBeenCalledTimes(1)
  })
})

describe('an answer that is not as wanted yet', () => {
  it('is asked for again until it is', async () => {
    let asked = 0
    const answer = await eventually(
      async () => (asked += 1),
      (count) => count === 3,
      { clock: clock(), deadline: 1_000 },
    )
    expect(answer).toBe(3)
  })

  it('is given as it is when the time is over, and asked for once where there is none', async () => {
    const never = vi.fn<() => Promise<string>>().mockResolvedValue('not yet')
    const wanted = (): boolean => false
    expect(await eventually(never, wanted, { clock: clock(), deadline: 1_000 })).toBe('not yet')
    expect(never).toHaveBeenCalledTimes(6)
    await eventually(never, wanted, { clock: clock(), deadline: 0 })
    expect(never).toHaveBeenCalledTimes(7)
  })
})

describe('a call that may be refused', () => {
  it('gives the answer or the problem, and throws when nobody answers', async () => {
    const retry = { clock: clock(), forMs: 0 }
    expect(await unlessRefused(async () => 'done', retry)).toEqual({ answer: 'done' })
    const refused = unlessRefused(() => Promise.reject(problem(409, 'order_closed')), retry)
    expect(await refused).toEqual({ problem: 'call: 409 order_closed' })
    const broken = unlessRefused(() => Promise.reject(problem(503, 'unavailable')), retry)
    await expect(broken).rejects.toMatchObject({ status: 503 })
  })
})

describe('progress away from a terminal', () => {
  it('is a plain line for each quarter', () => {
    const written: string[] = []
    const progress = progressOn({ write: (line: string) => written.push(line) } as unknown as NodeJS.WriteStream)
    progress.start('trade', 10)
    for (let step = 0; step < 10; step += 1) progress.step()
    progress.stop()
    expect(written).toEqual(['trade: 0/10\n', 'trade: 3/10\n', 'trade: 6/10\n', 'trade: 9/10\n', 'trade: 10/10\n'])
  })
})

describe('what trading costs', () => {
  it('is counted by the service whose function asked for it', () => {
    const tally = (caller: string, calls: number, writeUnits: number) => ({ caller, calls, writeUnits })
    const before = usageOf([tally('Holdfast-local-orders-HttpHandler', 1, 1)])
    const after = usageOf([
      tally('Holdfast-local-orders-HttpHandler', 4, 2),
      tally('Holdfast-local-orders-RelayHandler', 1, 0),
      tally('Holdfast-local-inventory-EventsHandler', 2, 7),
      tally('Holdfast-local-payments-SweepHandler', 3, 4),
      tally('root', 99, 99),
    ])
    expect(usageBetween(before, after).services).toEqual([
      { service: 'catalog', calls: 0, writeUnits: 0 },
      { service: 'inventory', calls: 2, writeUnits: 7 },
      { service: 'orders', calls: 4, writeUnits: 1 },
      { service: 'payments', calls: 3, writeUnits: 4 },
      { service: 'shipping', calls: 0, writeUnits: 0 },
      { service: 'users', calls: 0, writeUnits: 0 },
      { service: 'audit', calls: 0, writeUnits: 0 },
      { service: 'notifications', calls: 0, writeUnits: 0 },
      { service: 'analytics', calls: 0, writeUnits: 0 },
    ])
  })
})

describe('a meter', () => {
  const spent = (calls: number): Usage => ({ services: [{ service: 'orders', calls, writeUnits: 2 * calls }] })

  it('adds up each piece of work with everything that it caused, and nothing between them', async () => {
    let calls = 5
    const control = { usage: async () => spent(calls), settle: async () => void (calls += 10) }
    const meter = new Meter(control as unknown as LocalControl)
    expect(meter.spent).toBeUndefined()
    expect(await meter.during(async () => (calls += 1))).toBe(6)
    calls += 100
    await meter.during(async () => (calls += 2))
    expect(meter.spent).toEqual(spent(23))
  })

  it('does its work also where nothing can be measured', async () => {
    const meter = new Meter(undefined)
    expect(await meter.during(async () => 'done')).toBe('done')
    expect(meter.spent).toBeUndefined()
  })
})
