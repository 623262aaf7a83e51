import { api } from '../../schemas/client.ts'
import type { PersonExport } from '../../schemas/person-export.ts'
import type { Narrator } from './narrator.ts'
import { type DemoStack, onSale } from './shop.ts'
import { problemOf } from './problem-of.ts'

const sku = 'DEMO-DIARY'
const account = { email: 'leaving@customers.holdfast.test', password: 'Leaving-1!' }
const home = { name: 'Ann Leaving', line1: '1 Demo Street', city: 'Leeds', country: 'GB' }
const gbp = (amount: number) => ({ amount, currency: 'GBP' })

/** An account is exported and erased, and the books still balance. */
export async function erasedAccount(stack: DemoStack, narrator: Narrator): Promise<void> {
  const { api: shop, control, options } = stack
  narrator.title('An account is exported and erased')
  await onSale(stack, { sku, name: 'Diary', price: 1_200 }, 3)
  const open = api({ baseUrl: options.baseUrl })
  const { id: userId } = await open.register({ body: { ...account, name: home.name } })
  const { accessToken: token } = await open.signIn({ body: account })
  const own = api({ baseUrl: options.baseUrl, token })
  await control.settle()
  await shop.depositToWallet({
    params: { id: userId },
    body: { amount: gbp(2_400) },
    idempotencyKey: 'demo-diary-money',
  })
  const body = {
    lines: [{ sku, quantity: 2 }],
    payment: { method: 'wallet' as const },
    shippingAddress: home,
    notes: 'ring twice',
  }
  const { id } = await own.placeOrder({ body, idempotencyKey: 'demo-diary' })
  await control.settle()
  narrator.asked('DELETE /users/me, while the order waits to be sent')
  const early = await problemOf(() => own.eraseMe())
  narrator.answered(early ?? 'accepted')
  const { items: parcels } = await shop.listShipments({ params: { id } })
  for (const { id: parcel } of parcels) {
    await shop.dispatchShipment({ params: { id: parcel }, body: { carrier: 'Royal Mail' } })
    await shop.deliverShipment({ params: { id: parcel } })
  }
  await control.settle()

  const pages: PersonExport[] = []
  do {
    const cursor = pages.at(-1)?.cursor
    narrator.asked(`GET /users/me/export${cursor === undefined ? '' : '?cursor=…'}`)
    pages.push(await own.exportMe({ query: { ...(cursor !== undefined && { cursor }) } }))
    narrator.answered(Object.keys(pages.at(-1) ?? {}).join(', '))
  } while (pages.at(-1)?.cursor !== undefined)
  const [exported] = pages.flatMap(({ orders = [] }) => orders)

  narrator.asked('DELETE /users/me')
  const planned = await own.eraseMe()
  narrator.answered(planned)
  await control.advance('5s')
  const refused = await problemOf(() => own.placeOrder({ body, idempotencyKey: 'demo-diary-again' }))
  narrator.answered(`another order: ${refused ?? 'accepted'}`)
  await control.advance('25h')
  await control.settle()
  const signedIn = await problemOf(() => open.signIn({ body: account }))
  const found = await problemOf(() => shop.getUser({ params: { id: userId } }))
  const order = await shop.getOrder({ params: { id } })
  const [payment] = (await shop.listPayments({ params: { id } })).items
  narrator.answered('25 hours later', { 'sign-in': signedIn, profile: found, order: order.status, notes: order.notes })
  const { id: newId } = await open.register({ body: account })
  narrator.promise('what is open is brought to its end first', early === 'orders_open')
  narrator.promise(
    'the document has the order with its address, its payment and its parcel',
    exported?.order.shippingAddress?.line1 === home.line1 &&
      exported.payments[0]?.captured.amount === 2_400 &&
      exported.shipments[0]?.status === 'delivered',
  )
  narrator.promise('an account that is leaving orders nothing', refused === 'account_leaving')
  narrator.promise(
    'nobody signs in, and no profile is left',
    signedIn === 'wrong_credentials' && found === 'user_not_found',
  )
  narrator.promise(
    'the order stays with its lines and its money, without what its customer wrote',
    order.total.amount === 2_400 && order.notes === undefined && payment?.captured.amount === 2_400,
  )
  narrator.promise('the email is free for somebody else', newId !== userId)
}
