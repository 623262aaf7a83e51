import { api } from '../../schemas/client.ts'
import type { LiveFrame } from '../../schemas/live.ts'
import type { Narrator } from './narrator.ts'
import { Receiver } from '../replay/receiver.ts'
import { type DemoStack, onSale } from './shop.ts'

const sku = 'DEMO-DESK-LAMP'
/** How long the news are waited for, in milliseconds. */
const patienceMs = 20_000

/** A parcel is scanned: its customer learns of it in the inbox and on an open page, another system by its webhook. */
export async function parcelNews(stack: DemoStack, narrator: Narrator): Promise<void> {
  const { control, options } = stack
  narrator.title('News of a parcel')
  await onSale(stack, { sku, name: 'Lamp', price: 4_200 }, 5)
  const account = { email: 'customer-of-lamps@holdfast.test', password: 'Customer-1!' }
  const open = api({ baseUrl: options.baseUrl })
  const { id: userId } = await open.register({ body: account })
  const { accessToken: token } = await open.signIn({ body: account })
  const mine = api({ baseUrl: options.baseUrl, token })
  await control.settle()
  await stack.api.depositToWallet({
    params: { id: userId },
    body: { amount: { amount: 10_000, currency: 'GBP' } },
    idempotencyKey: 'demo-lamp-deposit',
  })
  const receiver = new Receiver()
  const body = { url: await receiver.listen(), events: ['shipment.*'] }
  narrator.asked('POST /webhooks', body)
  const webhook = await stack.api.createWebhook({ body })
  const order = { lines: [{ sku, quantity: 1 }], payment: { method: 'wallet' as const } }
  const { id } = await mine.placeOrder({ body: order, idempotencyKey: 'demo-lamp' })
  await control.settle()
  const { ticket } = await mine.createLiveTicket({})
  const frames: { readonly type: string; readonly at: number }[] = []
  const socket = new WebSocket(`${options.baseUrl.replace(/^http/, 'ws')}/live?ticket=${ticket}`)
  socket.addEventListener('message', ({ data }) => {
    const frame = JSON.parse(String(data)) as LiveFrame
    frames.push({ type: frame.type === 'event' ? frame.event.type : frame.type, at: performance.now() })
  })
  socket.addEventListener('open', () => {
    socket.send(JSON.stringify({ action: 'subscribe', orderId: id }))
  })
  const follows = await arrived(async () => frames.find(({ type }) => type === 'subscribed'))
  narrator.answered(`the page follows ${id}:`, follows ? 'its state has come first' : 'no answer')

  const [parcel] = (await mine.listShipments({ params: { id } })).items
  const scanned = { carrier: 'Royal Mail', trackingNumber: 'RM 42 GB' }
  narrator.asked(`POST /shipments/${parcel?.id}/dispatch`, scanned)
  const start = performance.now()
  await stack.api.dispatchShipment({ params: { id: parcel?.id ?? '' }, body: scanned })
  const [page, hook, inbox] = await Promise.all([
    arrived(async () => frames.find(({ type }) => type === 'order.shipped')),
    arrived(async () => receiver.got.find(({ type }) => type === 'shipment.dispatched')),
    arrived(async () => {
      const { items } = await mine.listNotifications({})
      const message = items.find(({ kind }) => kind === 'parcel_shipped')
      return message && { ...message, at: performance.now() }
    }),
  ])
  const after = (news: { readonly at: string | number } | undefined): string =>
    news === undefined ? 'never' : `${Math.round(Number(news.at) - start)} ms`
  narrator.answered(
    `from the scan to the open page ${after(page)}, to the webhook ${after(hook)}, to the inbox ${after(inbox)}`,
  )
  if (inbox) narrator.answered(inbox.title, inbox.text)
  socket.close()
  receiver.close()
  await stack.api.deleteWebhook({ params: { id: webhook.id } })
  narrator.promise('the open page shows the last state, and then that the parcel has left', Boolean(follows && page))
  narrator.promise('the webhook has the event', hook !== undefined)
  narrator.promise('the inbox names carrier and number', Boolean(inbox?.text.includes('RM 42 GB')))
}

/** What is looked for, once it is there; undefined when it does not come. */
async function arrived<News>(look: () => Promise<News | undefined>): Promise<News | undefined> {
  const end = performance.now() + patienceMs
  while (performance.now() < end) {
    const news = await look()
    if (news !== undefined) return news
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return undefined
}
