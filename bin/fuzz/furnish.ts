import { type Api, api } from '../../schemas/client.ts'
import { inOrder } from '../replay/in-order.ts'
import type { Credentials, Stack } from '../replay/stack.ts'
import type { Progress } from '../replay/progress.ts'
import { type Person, Shop } from './shop.ts'

const customerCount = 12
const stockedCount = 20

export interface FurnishOptions {
  readonly operator: Credentials
  readonly atOnce: number
  readonly progress: Progress
}

/** A shop with customers who have money, and products that are in stock. */
export async function furnished(
  stack: Stack,
  { operator, atOnce, progress }: FurnishOptions,
  prefix: string,
): Promise<Shop> {
  const { baseUrl } = stack.options
  const open = api({ baseUrl })
  progress.start('furnish the shop', customerCount + stockedCount)
  const people = await Promise.all(
    Array.from({ length: customerCount }, async (_, index) => {
      const account = { email: `${prefix}-${index}@holdfast.test`, password: 'Customer-1!' }
      await open.register({ body: account })
      const person = await personOf(open, account)
      await stack.api.depositToWallet({
        params: { id: person.id },
        idempotencyKey: `${prefix}-wallet-${index}`,
        body: { amount: { amount: 1_000_000_000, currency: 'GBP' } },
      })
      progress.step()
      return person
    }),
  )
  const shop = new Shop(prefix, await personOf(open, operator), people)
  const annexes = ['annex', 'attic'].map((name) => ({ name: `${prefix} ${name}` }))
  for (const body of annexes) shop.put('warehouses', { id: (await stack.api.createWarehouse({ body })).id })
  const skus = Array.from({ length: stockedCount }, (_, index) => `${prefix}-s${index}`)
  const rows = skus.map((sku) => JSON.stringify({ sku, name: sku, price: { amount: 100, currency: 'GBP' } }))
  await stack.api.importProducts({ text: rows.join('\n'), mediaType: 'application/x-ndjson' })
  // Nothing is ready before the first sweeps, a minute after the start.
  await stack.control?.advance('1m')
  await stack.control?.settle()
  await inOrder(skus, atOnce, async (sku) => {
    const body = { warehouseId: 'main', delta: 10_000_000, reason: 'fuzz' }
    await stack.api.adjustStock({ params: { sku }, idempotencyKey: `${prefix}-${sku}`, body })
    shop.put('products', { id: sku })
    shop.skus.push(sku)
    progress.step()
  })
  progress.stop()
  return shop
}

/** Signs everybody in again: tokens end before a long run does. */
export async function renew({ operator, customers }: Shop, baseUrl: string): Promise<void> {
  const open = api({ baseUrl })
  for (const person of [operator, ...customers])
    person.token = (await open.signIn({ body: { email: person.email, password: person.password } })).accessToken
}

async function personOf(open: Api, body: Credentials): Promise<Person> {
  const { accessToken: token, refreshToken, user } = await open.signIn({ body })
  return { ...body, id: user.id, token, refreshToken }
}
