import { Scene, hours, minutes, seconds } from './scene.ts'
import { type Regression, same } from './regression.ts'

const cup = [{ sku: 'cup', quantity: 1 }]
const card = (token: string) => ({ payment: { method: 'card', token } })

/** Money that was taken twice, too late, for nothing, or never given back. */
export const paying: readonly Regression[] = [
  {
    name: 'a webhook that races the confirmation moves no money of a good order (medusa#13301)',
    catches: ['a payment is written over whatever is there'],
    play: async () => {
      const scene = await Scene.open({ cup: { main: 9 } }, { duplicate: 0.5, reorder: 0.5 })
      const ids: string[] = []
      for (const name of ['ann', 'bob', 'cyd', 'dan', 'eve', 'fay'])
        ids.push(await scene.place(name, cup, card('tok_yes')))
      for (let news = 0; news < 80; news += 1) {
        await scene.pass(11)
        for (const id of ids) scene.world.provider.sendAgain(id)
      }
      await scene.pass(30 * minutes)
      for (const id of ids) {
        same(await scene.status(id), 'confirmed', 'order')
        same(scene.world.provider.balanceOf(id), { captured: 250, refunded: 0 }, 'money')
      }
    },
  },
  {
    name: 'who loses his stock before the order confirms is never charged (vendure#3065)',
    catches: ['money is taken before the order confirms', 'what is set aside for a closed order stays so'],
    play: async () => {
      const scene = await Scene.open({ cup: { main: 1 } })
      const short = await scene.place('bob', [{ sku: 'cup', quantity: 2 }], card('tok_now'))
      await scene.pass(5 * seconds)
      same([await scene.status(short), scene.world.provider.accounts.size], ['rejected', 0], 'an order without stock')
      const order = await scene.place('ann', cup, card('tok_yes'))
      while (scene.ledger.orders.get(order)?.state.facts.stock !== 'held') await scene.pass(1)
      scene.world.deployed.orders.consumer.stop()
      await scene.pass(5 * seconds)
      await scene.cancel(order)
      scene.world.deployed.orders.consumer.start()
      await scene.pass(30 * minutes)
      same(await scene.status(order), 'cancelled', 'order')
      same(scene.world.provider.balanceOf(order), { captured: 0, refunded: 0 }, 'money')
      const states = [...scene.world.provider.accounts.values()].map(({ state }) => state)
      same(states, ['voided'], 'what was set aside')
    },
  },
  {
    name: 'an order whose hold is over takes no money (woocommerce#67931)',
    catches: ['holds that are over can be paid'],
    play: async () => {
      const scene = await Scene.open({ cup: { main: 1 } }, { 'lost timer': 1 })
      scene.world.storm = 'orders-sweep'
      const order = await scene.place('ann', cup, { payment: { method: 'card' }, holdSeconds: 120 })
      await scene.pass(130 * seconds)
      same(await scene.status(order), 'reserved', 'while nobody has looked')
      const reply = await scene.pay('ann', order, 'tok_now')
      same([reply?.status, reply?.body['code']], [409, 'order_closed'], 'payment')
      same(scene.world.provider.accounts.size, 0, 'charges')
    },
  },
  {
    name: 'what was sent, cancelled and sent back is on the shelf once (magento2#9969)',
    catches: ['a return is counted twice', 'what has left goes back all the same'],
    play: async () => {
      const scene = await Scene.open({ cup: { main: 2, side: 1 } })
      const order = await scene.place('ann', [{ sku: 'cup', quantity: 3 }], { payment: { method: 'card' } })
      await scene.pass(5 * seconds)
      scene.world.deployed.payments.consumer.stop()
      await scene.pay('ann', order, 'tok_gone')
      await scene.pass(5 * seconds)
      const params = { id: await scene.shipment(order) }
      await scene.done('shipping', { route: 'POST /shipments/{id}/dispatch', params, body: { carrier: 'Van' } })
      scene.world.deployed.payments.consumer.start()
      await scene.pass(10 * minutes)
      same(await scene.levels('cup'), { main: '0/0/0', side: '1/0/0' }, 'while it is away')
      same(await scene.status(order), 'payment_failed', 'order')
      await scene.done('shipping', { route: 'POST /shipments/{id}/return', params })
      await scene.pass(5 * seconds)
      scene.world.bus.replay(0, Infinity)
      await scene.pass(10 * minutes)
      same(await scene.levels('cup'), { main: '2/0/0', side: '1/0/0' }, 'once it is back')
    },
  },
  {
    name: 'money that comes after the end of the hold goes home, and the next buyer keeps the unit (MultiSafepay/magento2#28)',
    catches: ['money that nobody wants is kept'],
    play: async () => {
      const scene = await Scene.open({ cup: { main: 1 } })
      const late = await scene.place('ann', cup, { ...card('tok_stuck'), holdSeconds: 120 })
      await scene.pass(15 * minutes)
      same(await scene.status(late), 'expired', 'the late order')
      const next = await scene.place('bob', cup)
      await scene.pass(5 * seconds)
      await scene.approve(next)
      scene.world.provider.takeAnyway(late, 1)
      await scene.pass(2 * hours)
      same([await scene.status(late), await scene.status(next)], ['expired', 'confirmed'], 'orders')
      same(scene.world.provider.balanceOf(late), { captured: 250, refunded: 250 }, 'money')
      same(await scene.levels('cup'), { main: '0/0/1' }, 'level')
    },
  },
  {
    name: 'a product that is dearer now costs what the order has (spree#11286)',
    catches: ['money of another amount is taken for it'],
    play: async () => {
      const scene = await Scene.open({ cup: { main: 2 } })
      const order = await scene.place('ann', cup, { payment: { method: 'card' } })
      await scene.pass(5 * seconds)
      const price = { amount: 900, currency: 'GBP' }
      await scene.done('catalog', { route: 'PATCH /products/{sku}', params: { sku: 'cup' }, body: { price } })
      await scene.pass(5 * seconds)
      await scene.pay('ann', order, 'tok_yes')
      await scene.pass(5 * seconds)
      same(scene.world.provider.balanceOf(order), { captured: 250, refunded: 0 }, 'money')
      const other = await scene.place('ann', cup, { payment: { method: 'card', token: 'tok_stuck' } })
      await scene.pass(5 * seconds)
      scene.world.provider.takeAnyway(other, 1, 250)
      await scene.pass(5 * minutes)
      same(await scene.status(other), 'reserved', 'an order for which another sum came')
      same(scene.ledger.money.payments.get(other)?.onHold !== undefined, true, 'on hold for an operator')
    },
  },
  {
    name: 'three clicks on pay are one charge (openfoodnetwork#3925)',
    catches: ['two tabs pay at once', 'a second tab pays again'],
    play: async () => {
      for (const token of ['tok_yes', 'tok_slow', 'tok_now']) {
        const scene = await Scene.open({ cup: { main: 1 } })
        const order = await scene.place('ann', cup, { payment: { method: 'card' } })
        await scene.pass(5 * seconds)
        await scene.answer(Promise.all([1, 2, 3].map(() => scene.send('payments', scene.paying('ann', order, token)))))
        await scene.pay('ann', order, 'tok_yes')
        await scene.pass(3 * hours)
        const taken = [...scene.world.provider.accounts.values()].filter(({ state }) => state !== 'declined')
        if (taken.length > 1) throw new Error(`${taken.length} charges with ${token}`)
      }
    },
  },
  {
    name: 'money of a first tab that comes beside that of a second goes back, and is written down (mollie/WooCommerce#1204)',
    catches: ['money that came twice is kept'],
    play: async () => {
      const scene = await Scene.open({ cup: { main: 1 } })
      const order = await scene.place('ann', cup, card('tok_no'))
      await scene.pass(5 * seconds)
      await scene.pay('ann', order, 'tok_yes')
      await scene.pass(5 * seconds)
      same(await scene.status(order), 'confirmed', 'order')
      scene.world.provider.takeAnyway(order, 1)
      await scene.pass(2 * hours)
      same(await scene.status(order), 'confirmed', 'order')
      same(scene.world.provider.balanceOf(order), { captured: 500, refunded: 250 }, 'money')
      const attempts = scene.ledger.money.payments.get(order)?.attempts.map(({ state }) => state)
      same(attempts, ['captured', 'captured'], 'attempts')
    },
  },
  {
    name: 'a request for money that was lost is made again while the hold lasts',
    catches: ['nobody asks again for money that comes by itself'],
    play: async () => {
      const scene = await Scene.open({ cup: { main: 1 } }, { 'dead letter': 0 })
      const order = await scene.place('ann', cup, card('tok_yes'))
      while (scene.ledger.orders.get(order)?.state.facts.stock !== 'held') await scene.pass(1)
      scene.faults['dead letter'] = 1
      await scene.pass(5 * seconds)
      scene.faults['dead letter'] = 0
      same(await scene.status(order), 'reserved', 'while nobody asks')
      await scene.pass(10 * minutes)
      same(await scene.status(order), 'confirmed', 'after the reminder')
    },
  },
]
