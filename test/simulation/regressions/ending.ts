import { operator } from '../workload/workload.ts'
import { Scene, hours, minutes, seconds } from './scene.ts'
import { type Regression, same } from './regression.ts'

const cup = [{ sku: 'cup', quantity: 1 }]

/** Holds that end twice, never, or in the wrong place. */
export const ending: readonly Regression[] = [
  {
    name: 'an order whose hold has run out cannot be paid (woocommerce#67931)',
    catches: ['orders are approved after their time'],
    play: async () => {
      const scene = await Scene.open({ cup: { main: 1 } }, { 'lost timer': 1 })
      scene.world.storm = 'orders-sweep'
      const order = await scene.place('ann', cup, { holdSeconds: 120 })
      await scene.pass(130 * seconds)
      same(await scene.status(order), 'reserved', 'while nobody has looked')
      const reply = await scene.ask('orders', { route: 'POST /orders/{id}/approve', params: { id: order } })
      same([reply?.status, reply?.body['code']], [409, 'order_closed'], 'approval')
      await scene.pass(5 * seconds)
      const next = await scene.place('bob', cup)
      await scene.pass(5 * seconds)
      same(await scene.status(next), 'reserved', 'the next buyer')
    },
  },
  {
    name: 'a cancellation and its echoes give units back once (magento2#9969)',
    catches: ['what is released is released again', 'moved units do not arrive'],
    play: async () => {
      const scene = await Scene.open({ cup: { main: 3 } })
      const orders = [await scene.place('ann', cup), await scene.place('bob', cup)]
      await scene.pass(5 * seconds)
      for (const id of orders) await scene.approve(id)
      await scene.pass(5 * seconds)
      same(await scene.levels('cup'), { main: '1/0/2' }, 'both sold')
      const [id] = orders as [string, string]
      const cancelling = { route: 'POST /orders/{id}/cancel', params: { id } }
      const cancels = [{ sub: 'ann' }, operator, operator].map((as) => scene.send('orders', { ...cancelling, as }))
      await scene.answer(Promise.all(cancels))
      await scene.pass(5 * seconds)
      await scene.cancel(id)
      scene.world.streams.rewind('orders')
      await scene.pass(5 * seconds)
      scene.world.bus.replay(0, Infinity)
      await scene.pass(10 * minutes)
      same(await scene.levels('cup'), { main: '2/0/1' }, 'one sold')
    },
  },
  {
    name: 'a release finds the hold of its order (Synkro: a hold was keyed by a temporary id)',
    catches: ['a release names the event, not the order'],
    play: async () => {
      const scene = await Scene.open({ cup: { main: 1 } })
      const order = await scene.place('ann', cup)
      await scene.pass(5 * seconds)
      same(await scene.levels('cup'), { main: '0/1/0' }, 'held')
      await scene.cancel(order)
      await scene.pass(5 * seconds)
      same(await scene.levels('cup'), { main: '1/0/0' }, 'released')
    },
  },
  {
    name: 'a release gives back to the warehouse that it took from (Synkro: to every one)',
    catches: ['moved units arrive in every warehouse'],
    play: async () => {
      const scene = await Scene.open({ cup: { main: 2, side: 2 } })
      const order = await scene.place('ann', [{ sku: 'cup', quantity: 3 }])
      await scene.pass(5 * seconds)
      await scene.cancel(order)
      await scene.pass(5 * seconds)
      same(await scene.levels('cup'), { main: '2/0/0', side: '2/0/0' }, 'after a split hold')
      await scene.cancel(await scene.place('ann', cup))
      await scene.pass(5 * seconds)
      same(await scene.levels('cup'), { main: '2/0/0', side: '2/0/0' }, 'after a hold in one')
    },
  },
  {
    name: 'a release before its hold fails nobody, and refuses the hold (a Kafka saga: it threw for ever)',
    catches: ['a release needs a reservation'],
    play: async () => {
      const scene = await Scene.open({ cup: { main: 1 } }, { delay: 1 }, 2)
      const order = await scene.place('ann', cup)
      await scene.pass(1 * seconds)
      scene.faults.delay = 0
      // With this seed the hold takes hours.
      same(scene.ledger.reservations.get(order), undefined, 'the hold on its way')
      await scene.cancel(order)
      await scene.pass(30 * seconds)
      same(scene.ledger.reservations.get(order)?.status, 'released', 'before the hold has come')
      await scene.pass(26 * hours)
      same(scene.deadLetters(), [], 'dead letters')
      same(await scene.levels('cup'), { main: '1/0/0' }, 'level')
    },
  },
  {
    name: 'a time that was promised is kept without an order, too (SynasisHouse, Synkro: `expires_at` was only stored)',
    catches: ['a hold is committed after its time', 'nobody looks after holds without an order'],
    play: async () => {
      const scene = await Scene.open({ cup: { main: 1 } })
      scene.world.storm = 'inventory-sweep'
      const held = await scene.done('inventory', {
        route: 'POST /reservations',
        body: { lines: cup, holdSeconds: 60 },
      })
      await scene.pass(2 * minutes)
      const params = { id: String(held['id']) }
      const reply = await scene.ask('inventory', { route: 'POST /reservations/{id}/commit', params })
      same([reply?.status, reply?.body['code']], [409, 'reservation_ended'], 'commit')
      scene.world.storm = undefined
      await scene.pass(5 * minutes)
      const again = await scene.done('inventory', {
        route: 'POST /reservations',
        body: { lines: cup, holdSeconds: 60 },
      })
      await scene.pass(6 * minutes)
      same(scene.ledger.reservations.get(String(again['id']))?.status, 'released', 'with a sweeper')
      same(await scene.levels('cup'), { main: '1/0/0' }, 'level')
    },
  },
  {
    name: 'a hold ends within five minutes when its timer is lost (SynasisHouse: it leaked)',
    catches: ['nobody looks for lost timers', 'the sweeper does not expire'],
    play: async () => {
      const scene = await Scene.open({ cup: { main: 1 } }, { 'lost timer': 1 })
      const order = await scene.place('ann', cup, { holdSeconds: 120 })
      await scene.pass(2 * minutes + 5 * minutes)
      same(await scene.status(order), 'expired', 'status')
      same(await scene.levels('cup'), { main: '1/0/0' }, 'level')
    },
  },
]
