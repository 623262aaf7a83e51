import { Scene, minutes, seconds } from './scene.ts'
import { type Regression, same } from './regression.ts'

const cup = [{ sku: 'cup', quantity: 1 }]

/** News that were dropped on the way. */
export const publishing: readonly Regression[] = [
  {
    name: 'what is written late is published all the same (kamu-cli#1398: an outbox with offsets skipped it)',
    catches: ['the relay goes on behind what it could not publish', 'events that the bus did not take are forgotten'],
    play: async () => {
      const scene = await Scene.open({ cup: { main: 9 } }, { slow: 1 })
      const placing = scene.placing('ann', cup)
      const late = scene.send('orders', placing)
      await scene.pass(40)
      scene.faults.slow = 0
      const early = await scene.place('bob', cup)
      await scene.pass(400)
      same(await scene.status(early), 'reserved', 'what was written early')
      same(scene.ledger.orders.size, 1, 'orders so far')
      await scene.answer(late)
      const id = String((await scene.done('orders', placing))['id'])
      await scene.pass(5 * seconds)
      same(await scene.status(id), 'reserved', 'what was written late')
      // Of what waits for the relay, the bus takes some and refuses some, in no order. No sweeper reminds anybody that soon.
      scene.world.storm = 'orders-relay'
      const orders: string[] = []
      for (const buyer of ['c', 'd', 'e', 'f', 'g', 'h']) orders.push(await scene.place(buyer, cup))
      scene.faults['partial put'] = 0.5
      scene.world.storm = undefined
      await scene.pass(90 * seconds)
      for (const order of orders) same(await scene.status(order), 'reserved', order)
    },
  },
  {
    name: 'a bus that takes events and forgets them stops no order (aws-cli#9186: a bus that does not exist)',
    catches: [
      'nobody reminds of what is pending',
      'the sweeper publishes nothing again',
      'nothing is pending of a placed order',
      'nothing is pending of a confirmed order',
      'nothing is pending of a closed order',
    ],
    play: async () => {
      const scene = await Scene.open({ cup: { main: 9 } })
      const confirmed = await scene.place('ann', cup)
      const cancelled = await scene.place('bob', cup)
      await scene.pass(5 * seconds)
      const { bus } = scene.world
      const rules = bus.rules()
      for (const { name } of rules) bus.deleteRule(name)
      const placed = await scene.place('cid', cup)
      await scene.approve(confirmed)
      await scene.cancel(cancelled)
      await scene.pass(30 * seconds)
      same(await scene.levels('cup'), { main: '7/2/0' }, 'while the bus forgets')
      for (const rule of rules) bus.putRule(rule)
      await scene.pass(15 * minutes)
      same(await scene.levels('cup'), { main: '7/1/1' }, 'afterwards')
      const { reservations } = scene.ledger
      const ends = [placed, confirmed, cancelled].map((id) => reservations.get(id)?.status)
      same(ends, ['held', 'committed', 'released'], 'reservations')
    },
  },
  {
    name: 'an approval before stock is known confirms as soon as it is (a Kafka saga: acknowledged and dropped)',
    catches: ['an approval before stock is forgotten'],
    play: async () => {
      const scene = await Scene.open({ cup: { main: 1 } })
      scene.world.deployed.inventory.consumer.stop()
      const order = await scene.place('ann', cup)
      await scene.approve(order)
      same(await scene.status(order), 'placed', 'before stock')
      scene.world.deployed.inventory.consumer.start()
      await scene.pass(20 * seconds)
      same(await scene.status(order), 'confirmed', 'after stock')
      same(await scene.levels('cup'), { main: '0/0/1' }, 'level')
    },
  },
]
