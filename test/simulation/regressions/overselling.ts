import { Scene, hours, minutes, seconds } from './scene.ts'
import { type Regression, same } from './regression.ts'

/** Units that were promised twice, or lost. */
export const overselling: readonly Regression[] = [
  {
    name: 'two lines with one sku do not pass one by one (medusa#16502)',
    catches: ['lines with one sku are not merged'],
    play: async () => {
      const scene = await Scene.open({ cup: { main: 3 } })
      const two = { sku: 'cup', quantity: 2 }
      const order = await scene.place('ann', [two, two])
      await scene.pass(10 * seconds)
      const refused = await scene.done('orders', { route: 'GET /orders/{id}', params: { id: order } })
      same(refused['status'], 'rejected', 'four of three units')
      const shortages = [{ sku: 'cup', requested: 4, available: 3 }]
      same(refused['reason'], { code: 'insufficient_stock', shortages }, 'reason')
      const fitting = await scene.place('ann', [two, { sku: 'cup', quantity: 1 }])
      await scene.pass(10 * seconds)
      same(await scene.status(fitting), 'reserved', 'three of three units')
      same(await scene.levels('cup'), { main: '0/3/0' }, 'level')
    },
  },
  {
    name: 'orders at one moment do not drift a counter (medusa#16569)',
    catches: ['stock is written over whatever is there', 'moved units stay where they were'],
    play: async () => {
      // With this seed transactions have their real size: one takes many orders.
      const scene = await Scene.open({ cup: { main: 10 } }, {}, 3)
      const lines = [{ sku: 'cup', quantity: 1 }]
      const orders = Array.from({ length: 12 }, (_, buyer) => scene.send('orders', scene.placing(`b${buyer}`, lines)))
      const checkouts = Array.from({ length: 4 }, () =>
        scene.send('inventory', { route: 'POST /reservations', body: { lines } }),
      )
      const replies = await scene.answer(Promise.all(orders))
      const holds = await scene.answer(Promise.all(checkouts))
      await scene.pass(20 * seconds)
      const ids = replies.map((reply) => String(reply?.body['id']))
      const statuses = []
      for (const id of ids) statuses.push(await scene.status(id))
      const held = holds.filter((reply) => reply?.status === 201).length
      const reserved = statuses.filter((status) => status === 'reserved').length
      same(held + reserved, 10, 'units promised')
      same(await scene.levels('cup'), { main: '0/10/0' }, 'level')
      for (const [index, id] of ids.entries()) if (statuses[index] === 'reserved') await scene.cancel(id)
      await scene.pass(20 * seconds)
      same(await scene.levels('cup'), { main: `${reserved}/${held}/0` }, 'level after all orders are cancelled')
    },
  },
  {
    name: 'nothing comes between the check and the allocation (vendure#4930)',
    catches: ['what lost a race is written all the same'],
    play: async () => {
      const ends = new Set<string>()
      // The clerk takes the only unit away while the order is on its way, each time a little later.
      for (let later = 0; later < 80; later += 1) {
        const scene = await Scene.open({ cup: { main: 1 } }, {}, later)
        const placing = scene.send('orders', scene.placing('ann', [{ sku: 'cup', quantity: 1 }]))
        await scene.pass(later / 2)
        const body = { warehouseId: 'main', delta: -1, reason: 'broken' }
        const taken = await scene.ask('inventory', {
          route: 'POST /inventory/{sku}/adjustments',
          params: { sku: 'cup' },
          body,
        })
        const order = String((await scene.answer(placing))?.body['id'])
        await scene.pass(20 * seconds)
        const wasTaken = taken?.status === 201
        same(await scene.status(order), wasTaken ? 'rejected' : 'reserved', `try ${later}`)
        same(await scene.levels('cup'), { main: wasTaken ? '0/0/0' : '0/1/0' }, `level at try ${later}`)
        ends.add(String(wasTaken))
      }
      same(ends.size, 2, 'who can win the race')
    },
  },
  {
    name: 'a slow database shows no oversell (saleor#543)',
    catches: ['stock is written over whatever is there'],
    play: async () => {
      for (let seed = 1; seed <= 10; seed += 1) {
        const scene = await Scene.open({ cup: { main: 2 } }, { slow: 0, stale: 0 }, seed)
        Object.assign(scene.faults, { slow: 0.3, stale: 1 })
        const lines = [{ sku: 'cup', quantity: 1 }]
        const checkouts = Array.from({ length: 4 }, () =>
          scene.send('inventory', { route: 'POST /reservations', body: { lines } }),
        )
        for (let buyer = 0; buyer < 4; buyer += 1) await scene.place(`buyer-${buyer}`, lines)
        await scene.answer(Promise.all(checkouts))
        await scene.pass(2 * minutes)
        Object.assign(scene.faults, { slow: 0, stale: 0 })
        await scene.pass(2 * hours)
        same(await scene.levels('cup'), { main: '0/2/0' }, 'level')
      }
    },
  },
]
