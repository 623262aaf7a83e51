import { describe, expect, it } from 'vitest'
import { advance, alarmsOn, enqueue, forgetFaults, holdingBack, killAt, purge, settle } from './control.ts'
import { anonymous, isLocal, raw, signIn, stocked, unique } from './target.ts'

const ready = () => raw({ method: 'GET', path: '/health/ready' })

describe('readiness', () => {
  it('says the age of the oldest message and of the last sweep', async () => {
    // Messages that another test held back stay in what is measured for ten minutes.
    if (isLocal) await advance('11m')
    const answer = await anonymous.readiness()
    expect(answer).toMatchObject({ status: 'ready' })
    expect(answer.queues.map(({ service }) => service)).toContain('inventory')
    expect(answer.sweeps.map(({ service }) => service)).toEqual([
      'catalog',
      'inventory',
      'orders',
      'payments',
      'users',
      'notifications',
    ])
    expect(answer.lastSweepSeconds).toBeLessThan(300)
  })
})

describe.runIf(isLocal)('an operator sees', () => {
  it('that messages wait: by the readiness, and by an alarm', async () => {
    await advance('2m')
    expect(await alarmsOn()).not.toContainEqual(expect.stringMatching(/^catalog-EventsAge/))
    await holdingBack('catalog', async () => {
      await enqueue('catalog', { id: unique('event') })
      await advance('8m')
      const { status, body } = await ready()
      expect([status, body]).toMatchObject([503, { code: 'not_ready', detail: expect.stringContaining('catalog') }])
      expect(await alarmsOn()).toContainEqual(expect.stringMatching(/^catalog-EventsAge/))
      await purge('catalog')
    })
    await advance('1m')
    expect(await ready()).toMatchObject({ status: 200 })
    expect(await alarmsOn()).not.toContainEqual(expect.stringMatching(/^catalog-EventsAge/))
  })

  it('that a message is retried, though its queue leaves it out: by the readiness, and by an alarm', async () => {
    await advance('10m')
    expect(await alarmsOn()).not.toContainEqual(expect.stringMatching(/^catalog-Unfinished/))
    // Of a release that is not here: it waits for one that knows it.
    await enqueue('catalog', { source: 'holdfast.inventory', 'detail-type': 'stock.painted.v1', detail: {} })
    try {
      await advance('14m')
      const on = await alarmsOn()
      expect(on).toContainEqual(expect.stringMatching(/^catalog-Unfinished/))
      expect(on).not.toContainEqual(expect.stringMatching(/^catalog-EventsAge/))
      const { status, body } = await ready()
      expect([status, body]).toMatchObject([
        503,
        { code: 'not_ready', detail: expect.stringContaining('a message of catalog is not finished after') },
      ])
    } finally {
      await purge('catalog')
    }
    await advance('11m')
    expect(await ready()).toMatchObject({ status: 200 })
    expect(await alarmsOn()).not.toContainEqual(expect.stringMatching(/^catalog-Unfinished/))
  })

  it('the orders that do not go on, and what they wait for', async () => {
    const [operator, buyer] = await Promise.all([signIn('operator'), signIn('customer')])
    const sku = await stocked(operator, 1)
    const stuckIds = async () => {
      const { items } = await operator.api.listStuckOrders({ query: { limit: 100 } })
      return items.map(({ id, pending }) => `${id} ${pending.join()}`)
    }
    const stuck = await holdingBack('inventory', async () => {
      const body = { lines: [{ sku, quantity: 1 }], payment: { method: 'manual' as const } }
      const { id } = await buyer.api.placeOrder({ body, idempotencyKey: unique('key') })
      expect(await stuckIds()).not.toContain(`${id} order.placed`)
      await advance('16m')
      expect(await stuckIds()).toContain(`${id} order.placed`)
      return `${id} order.placed`
    })
    await settle()
    expect(await stuckIds()).not.toContain(stuck)
  })

  it('that a sweeper is silent: by the readiness, and by an alarm', async () => {
    await advance('1m')
    expect(await alarmsOn()).not.toContainEqual(expect.stringMatching(/^inventory-SweepSilence/))
    for (let minute = 0; minute < 7; minute += 1) {
      for (let nth = 1; nth <= 3; nth += 1) await killAt({ function: 'inventory-SweepHandler', nth, when: 'before' })
      await advance('1m')
    }
    const { status, body } = await ready()
    expect([status, body]).toMatchObject([503, { code: 'not_ready', detail: expect.stringContaining('inventory') }])
    expect(await alarmsOn()).toContainEqual(expect.stringMatching(/^inventory-SweepSilence/))
    await forgetFaults()
    // The retries of the runs that failed are over too.
    await advance('4m')
    expect(await ready()).toMatchObject({ status: 200 })
    expect(await alarmsOn()).not.toContainEqual(expect.stringMatching(/^inventory-SweepSilence/))
  })
})
