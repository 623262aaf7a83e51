import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Reconciliation } from '../../functions/operations/core/reconcile.ts'
import { planOf, repair } from '../../bin/reconcile/repair.ts'
import { reconcileStage } from '../../bin/reconcile/tables.ts'
import { stageAt } from '../../bin/place.ts'
import { silent } from '../../bin/replay/progress.ts'
import { systemClock } from '../../functions/runtime/clock.ts'
import { attributesOf, itemOf } from '../../functions/runtime/item-codec.ts'
import type { Item } from '../../functions/runtime/store.ts'
import type { Transfer } from '../../schemas/supply.ts'
import { advance, alarmsOn, settle, state } from './control.ts'
import { tables } from './tables.ts'
import { baseUrl, deposit, isLocal, newcomer, place, receive, signIn, stocked, unique, until } from './target.ts'

/** A mistake in a table: what becomes of an item. */
interface Corruption {
  readonly name: string
  readonly in: 'inventory' | 'orders' | 'payments'
  readonly item: () => readonly [pk: string, sk: string]
  readonly to: (item: Item) => Item
  readonly named: { readonly kind: string; readonly of: () => string }
}

describe.runIf(isLocal)('npm run reconcile', () => {
  let client: DynamoDBClient
  let sku = ''
  let reserved = ''
  let paid = ''
  let cancelled = ''
  let inbound = ''
  let transfer: Transfer

  const tableOf = async (service: string): Promise<string> =>
    (await state()).tables.find((name) => name.includes(`-${service}-`))!
  const run = async (more = 3_600_000) => {
    const place = await stageAt({ url: baseUrl, aws: false })
    return reconcileStage({ ...place, now: place.now + more }, silent)
  }
  const write = async (service: string, item: Item) =>
    client.send(new PutItemCommand({ TableName: await tableOf(service), Item: attributesOf(item) }))

  beforeAll(async () => {
    client = await tables()
    const operator = await signIn('operator')
    const customer = await newcomer()
    await deposit(operator, customer, 100_000)
    sku = await stocked(operator, 20)
    for (let times = 0; times < 12; times += 1)
      await operator.api.adjustStock({
        params: { sku },
        idempotencyKey: unique('found'),
        body: { warehouseId: 'main', delta: 1, reason: 'found' },
      })
    const order = async (more: object, status: string) => {
      const { id } = await place(customer, { [sku]: 2 }, more)
      await until(
        () => customer.api.getOrder({ params: { id } }),
        (now) => now.status === status,
      )
      return id
    }
    reserved = await order({}, 'reserved')
    paid = await order({ payment: { method: 'wallet' } }, 'confirmed')
    cancelled = await order({}, 'reserved')
    await customer.api.cancelOrder({ params: { id: cancelled } })
    const expectedAt = '2099-01-01T00:00:00Z'
    const supply = { params: { sku }, idempotencyKey: unique('supply') }
    inbound = (await operator.api.createInbound({ ...supply, body: { warehouseId: 'main', quantity: 40, expectedAt } }))
      .id
    const side = await operator.api.createWarehouse({ body: { name: unique('side'), priority: 900 } })
    const sent = await operator.api.transferStock({
      ...supply,
      idempotencyKey: unique('transfer'),
      body: { fromWarehouseId: 'main', toWarehouseId: side.id, quantity: 3, expectedAt },
    })
    transfer = sent.transfer!
    await settle()
  }, 60_000)

  const level = (change: (level: Record<string, unknown>) => object) => (item: Item) => {
    const { main, ...others } = item['levels'] as Record<string, Record<string, unknown>>
    return { ...item, levels: { ...others, main: { ...main, ...change(main!) } } }
  }
  const stock = { in: 'inventory', item: () => [`stock_${sku}`, 'stock'] as const } as const
  const inMain = () => `${sku} in main`
  const plus = (name: string, units: number) => level((main) => ({ [name]: Number(main[name]) + units }))
  const corruptions: readonly Corruption[] = [
    { name: 'a unit too many', ...stock, to: plus('available', 1), named: { kind: 'ledger', of: inMain } },
    { name: 'fewer than none', ...stock, to: plus('available', -1_000), named: { kind: 'level', of: inMain } },
    { name: 'a reserved unit too few', ...stock, to: plus('reserved', -1), named: { kind: 'held', of: inMain } },
    { name: 'an allocated unit too many', ...stock, to: plus('allocated', 1), named: { kind: 'held', of: inMain } },
    {
      name: 'a movement that is gone',
      ...stock,
      to: level((main) => ({ moves: (main['moves'] as string[]).slice(1) })),
      named: { kind: 'ledger', of: inMain },
    },
    {
      name: 'units that nobody is to bring',
      ...stock,
      to: level((main) => ({ expected: Number(main['expected']) + 5 })),
      named: { kind: 'coming', of: inMain },
    },
    {
      name: 'an inbound that is closed, and still expected',
      in: 'inventory',
      item: () => [inbound, 'inbound'],
      to: (item) => ({ ...item, status: 'closed' }),
      named: { kind: 'coming', of: inMain },
    },
    {
      name: 'a transfer that has lost a unit',
      in: 'inventory',
      item: () => [transfer.id, 'transfer'],
      to: (item) => ({ ...item, received: 1 }),
      named: { kind: 'coming', of: () => `${sku} in ${transfer.toWarehouseId}` },
    },
    {
      name: 'a hold that is gone of an order that stands',
      in: 'inventory',
      item: () => [reserved, 'reservation'],
      to: (item) => ({ ...item, status: 'released' }),
      named: { kind: 'held', of: inMain },
    },
    {
      name: 'a hold of another order',
      in: 'inventory',
      item: () => [reserved, 'reservation'],
      to: (item) => ({ ...item, status: 'committed' }),
      named: { kind: 'order', of: () => reserved },
    },
    {
      name: 'an order that was never cancelled',
      in: 'orders',
      item: () => [cancelled, 'order'],
      to: (item) => ({ ...item, facts: 'held none none none' }),
      named: { kind: 'order', of: () => cancelled },
    },
    {
      name: 'an order that forgets its money',
      in: 'orders',
      item: () => [paid, 'order'],
      to: (item) => ({ ...item, told: [9, 1, 0, 0] }),
      named: { kind: 'money', of: () => paid },
    },
    {
      name: 'a payment that never came',
      in: 'payments',
      item: () => [paid, 'payment'],
      to: (item) => ({ ...item, payment: { ...(item['payment'] as object), attempts: [] } }),
      named: { kind: 'money', of: () => paid },
    },
  ]

  it('finds nothing where nothing is wrong', async () => {
    expect(await run()).toMatchObject({ differences: [], moving: [] })
  })

  const read = async (service: string, [pk, sk]: readonly [string, string]): Promise<Item> => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: await tableOf(service),
        KeyConditionExpression: 'pk = :pk AND sk = :sk',
        ExpressionAttributeValues: { ':pk': { S: pk }, ':sk': { S: sk } },
      }),
    )
    const { outbox: _, ...item } = itemOf(Items[0]!)
    return item
  }

  it.each(corruptions)('names $name', async ({ in: service, item, to, named }) => {
    const before = await read(service, item())
    try {
      await write(service, to(before))
      const { differences } = await run()
      expect(differences).toContainEqual(expect.objectContaining({ kind: named.kind, of: named.of() }))
    } finally {
      await write(service, before)
    }
    expect((await run()).differences).toEqual([])
  })

  it('leaves alone what services are about to tell each other', async () => {
    expect((await run(0)).differences).toEqual([])
  })

  describe('--repair', () => {
    const confirming = async (found: Reconciliation, answer: boolean | undefined): Promise<readonly string[]> => {
      const lines: string[] = []
      const { api } = await signIn('operator')
      const operator =
        answer === undefined
          ? undefined
          : { confirm: () => Promise.resolve(answer), api: () => Promise.resolve(api), clock: systemClock }
      await repair(planOf(found), operator, (line) => lines.push(line))
      return lines
    }
    const corrupted = async (units: number): Promise<Reconciliation> => {
      await write('inventory', plus('available', units)(await read('inventory', stock.item())))
      return run()
    }

    it.each([
      ['units too many', 3],
      ['units too few', -2],
      ['fewer than none', -26],
    ])('posts what an operator confirms: %s', async (_, units) => {
      const found = await corrupted(units)
      expect(await confirming(found, true)).toEqual([
        expect.stringMatching(`^Proposed: .*${-units} of ${sku} in main`),
        'Posted: 25 are available now.',
      ])
      expect(await run()).toMatchObject({ differences: [], oddLevels: [] })
    })

    it('posts nothing that nobody confirms, nor where the level has moved meanwhile', async () => {
      const found = await corrupted(1)
      for (const answer of [false, undefined])
        expect(await confirming(found, answer)).toEqual(expect.arrayContaining([expect.stringMatching('^Proposed')]))
      expect((await run()).differences).toEqual(found.differences)
      await confirming(found, true)
      await receive(await signIn('operator'), sku, 2)
      const again = { ...found, oddLevels: found.oddLevels.map((level) => ({ ...level, version: 0 })) }
      expect(await confirming(again, true)).toContainEqual(expect.stringMatching('^Refused: .*on hand'))
    })

    it('names what a person does where no adjustment mends it', async () => {
      for (const { in: service, item, to, named } of corruptions.slice(2)) {
        const before = await read(service, item())
        await write(service, to(before))
        expect(await confirming(await run(), true)).toContainEqual(
          expect.stringMatching(`^By hand: ${named.kind}: ${named.of()}: .*docs/runbooks.md`),
        )
        await write(service, before)
      }
      expect((await run()).differences).toEqual([])
    })

    it('asks nobody without a terminal, and changes nothing without --yes', async () => {
      const found = await corrupted(1)
      const command = async (...flags: readonly string[]) =>
        promisify(execFile)(process.execPath, ['bin/reconcile.ts', '--url', baseUrl, '--repair', ...flags])
      await expect(command()).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining('Nothing is posted') })
      expect((await run()).differences).toEqual(found.differences)
      expect((await command('--yes')).stdout).toContain('Everything fits together.')
    })
  })

  it(
    'runs every night, and an alarm goes off where something does not fit together',
    { timeout: 180_000 },
    async () => {
      const isOn = async () =>
        (await alarmsOn()).some((name) => name.startsWith('operations-ReconciliationDifferences'))
      await advance('24h')
      await settle()
      expect(await isOn()).toBe(false)
      const before = await read('inventory', [inbound, 'inbound'])
      await write('inventory', { ...before, quantity: 41 })
      await advance('24h')
      await settle()
      await write('inventory', before)
      expect(await isOn()).toBe(true)
      await advance('48h')
      await settle()
      const on = await alarmsOn()
      expect(on.filter((name) => name.startsWith('operations-Reconciliation'))).toEqual([])
    },
  )
})
