import { Scene, minutes, seconds } from './scene.ts'
import { type Regression, same } from './regression.ts'

const cup = [{ sku: 'cup', quantity: 1 }]
const adjusting = { route: 'POST /inventory/{sku}/adjustments', params: { sku: 'cup' } }

/** Requests that were carried out twice, or not as they were sent. */
export const repeating: readonly Regression[] = [
  {
    name: 'a duplicate does not undo what its first one locked (powertools#5675)',
    catches: ['an adjustment forgets its idempotency key', 'placing again replaces the order'],
    play: async () => {
      const scene = await Scene.open({ cup: { main: 5 } }, { crash: 0 })
      const body = { warehouseId: 'main', delta: -2, reason: 'broken' }
      const adjustment = { ...adjusting, body, key: 'once' }
      const placing = scene.placing('ann', cup)
      // Three at once, of which some die; then again until each has an answer.
      scene.faults.crash = 0.1
      const first = [1, 2, 3].map(() => scene.send('inventory', adjustment))
      const orders = [1, 2, 3].map(() => scene.send('orders', placing))
      await scene.answer(Promise.all([...first, ...orders]))
      scene.faults.crash = 0
      await scene.done('inventory', adjustment)
      const order = String((await scene.done('orders', placing))['id'])
      await scene.pass(10 * seconds)
      await scene.done('inventory', adjustment)
      same((await scene.done('orders', placing))['id'], order, 'the same order')
      await scene.pass(5 * minutes)
      same(await scene.levels('cup'), { main: '2/1/0' }, 'level')
      same([...scene.ledger.orders.keys()], [order], 'orders')
      same(await scene.status(order), 'reserved', 'status')
    },
  },
  {
    name: 'another request does not complete under the key of the first (powertools#5715)',
    catches: ['a key takes any body', 'an order key takes any body'],
    play: async () => {
      const scene = await Scene.open({ cup: { main: 5 } })
      const reused = [422, 'idempotency_key_reused']
      const body = { warehouseId: 'main', delta: -2, reason: 'broken' }
      await scene.done('inventory', { ...adjusting, body, key: 'one' })
      const other = await scene.ask('inventory', { ...adjusting, body: { ...body, delta: -3 }, key: 'one' })
      same([other?.status, other?.body['code']], reused, 'adjustment')
      const placing = scene.placing('ann', cup)
      const order = String((await scene.done('orders', placing))['id'])
      const more = scene.placing('ann', [{ sku: 'cup', quantity: 2 }])
      const another = await scene.ask('orders', { ...more, key: placing.key })
      same([another?.status, another?.body['code']], reused, 'order')
      const holding = { route: 'POST /reservations', body: { lines: cup, holdSeconds: 600 }, key: 'two' }
      await scene.done('inventory', holding)
      const hold = await scene.ask('inventory', { ...holding, body: { lines: cup, holdSeconds: 900 } })
      same([hold?.status, hold?.body['code']], reused, 'reservation')
      await scene.pass(10 * seconds)
      same(await scene.levels('cup'), { main: '1/2/0' }, 'level')
      same([...scene.ledger.orders.keys()], [order], 'orders')
    },
  },
]
