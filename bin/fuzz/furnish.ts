import { pngOf } from '../photos/png.ts'
import { sendPhoto } from '../photos/send-photo.ts'
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
  if (stack.control) {
    const { id, token } = await guestOrder(stack, skus[0] ?? '', `${prefix}-stays`)
    shop.put('guestOrders', { id })
    shop.put('guestLinks', { id: token })
    const over = await guestOrder(stack, skus[0] ?? '', `${prefix}-leaves`)
    await stack.api.cancelOrder({ params: { id: over.id } })
    await stack.control.settle()
    shop.put('guestLinksToErase', { id: over.token })
    // Another link is mailed a minute after the first.
    await stack.control.advance('1m')
  }
  await publishedPhoto(stack, shop)
  progress.stop()
  return shop
}

/** A photo that everybody sees, where the target checks it soon. */
async function publishedPhoto({ api: operator, clock }: Stack, shop: Shop): Promise<void> {
  const sku = shop.skus[0] ?? ''
  const { id, upload } = await operator.addPhoto({ params: { sku }, body: { contentType: 'image/png' } })
  if (upload)
    await sendPhoto(
      upload,
      pngOf(2, 2, () => [200, 40, 40, 255]),
    )
  for (let tries = 0; tries < 100; tries += 1) {
    const { items } = await operator.listPhotos({ params: { sku } })
    const [, file] = /\/photos\/[^/]+\/([^/]+)$/.exec(items.find((each) => each.id === id)?.urls?.['320'] ?? '') ?? []
    if (file !== undefined) return shop.put('photoFiles', { id, of: file })
    await clock.sleep(100)
  }
}

/** An order of a guest, and the token that the guest finds in the mail about it. */
async function guestOrder({ api: operator, options, control }: Stack, sku: string, prefix: string) {
  const email = `${prefix}-guest@holdfast.test`
  const { id } = await operator.placeOrder({
    idempotencyKey: `${prefix}-guest`,
    body: {
      lines: [{ sku, quantity: 1 }],
      payment: { method: 'manual' },
      customerId: 'guest',
      guest: { name: 'Guest', email },
    },
  })
  await control?.settle()
  const answer = await fetch(`${options.baseUrl}/_local/mail`)
  const { items } = (await answer.json()) as {
    readonly items: readonly { readonly to: string; readonly text: string }[]
  }
  const text = items.find(({ to }) => to === email)?.text ?? ''
  return { id, token: /guest-orders\/([\w-]{43})/.exec(text)?.[1] ?? '' }
}

/** Signs everybody in again: tokens end before a long run does. */
export async function renew(
  { operator, customers }: Pick<Shop, 'operator' | 'customers'>,
  baseUrl: string,
): Promise<void> {
  const open = api({ baseUrl })
  for (const person of [operator, ...customers]) {
    const { token, refreshToken } = await personOf(open, { email: person.email, password: person.password })
    Object.assign(person, { token, refreshToken })
  }
}

async function personOf(open: Api, body: Credentials): Promise<Person> {
  const { accessToken: token, refreshToken, user } = await open.signIn({ body })
  return { ...body, id: user.id, token, refreshToken }
}
