import { pngOf } from '../../bin/photos/png.ts'
import { sendPhoto } from '../../bin/photos/send-photo.ts'
import type { OrderInput } from '../../schemas/order-input.ts'
import type { RouteName } from '../contracts/request-fields.ts'
import { codeFor, mailTo } from './control.ts'
import {
  type SignedIn,
  anonymous,
  deposit,
  newcomer,
  place,
  raw,
  receive,
  receiverUrl,
  signIn,
  stocked,
  unique,
  until,
} from './target.ts'

/** A request with every field of its body, its answer, and what is seen of a field elsewhere: what it should be, and what it is. */
export interface Evidence {
  readonly body: object
  readonly answer: object
  readonly elsewhere?: Readonly<Record<string, readonly [wanted: unknown, seen: unknown]>>
}

const gbp = (amount: number) => ({ amount, currency: 'GBP' })
const address = {
  name: 'Some Body',
  line1: '1 Road',
  line2: 'Second floor',
  city: 'London',
  region: 'Greater London',
  postalCode: 'N1 1AA',
  country: 'GB',
  phone: '+44 1',
} as const

/** An order of three units that is paid by hand, with the shipment that it becomes. */
async function parcelOf(operator: SignedIn, customer: SignedIn, sku: string) {
  const { id } = await place(customer, { [sku]: 3 })
  await operator.api.approveOrder({ params: { id } })
  const { items } = await until(
    () => customer.api.listShipments({ params: { id } }),
    (page) => page.items.length > 0,
  )
  return { orderId: id, params: { id: items[0]!.id } }
}

const signsIn = async (body: { email: string; password: string }): Promise<number> =>
  (
    await raw({
      method: 'POST',
      path: '/sessions',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  ).status

/** How the fields of bodies are seen to have an effect, for each route that has a body. */
export const evidence = (
  operator: SignedIn,
  customer: SignedIn,
): { readonly [Name in RouteName]?: () => Promise<Evidence> } => ({
  register: async () => {
    const body = { email: `${unique('f')}@holdfast.test`, password: 'Somebody-1!', name: 'Some Body' }
    const answer = await anonymous.register({ body })
    return {
      body,
      answer,
      elsewhere: { password: [201, await signsIn({ email: body.email, password: body.password })] },
    }
  },
  signIn: async () => {
    const body = { email: `${unique('f')}@holdfast.test`, password: 'Somebody-1!' }
    await anonymous.register({ body })
    const answer = await anonymous.signIn({ body })
    const other = await signsIn({ ...body, password: 'Different-1!' })
    return { body, answer, elsewhere: { email: [body.email, answer.user.email], password: [401, other] } }
  },
  refreshSession: async () => {
    const account = { email: `${unique('f')}@holdfast.test`, password: 'Somebody-1!' }
    await anonymous.register({ body: account })
    const body = { refreshToken: (await anonymous.signIn({ body: account })).refreshToken }
    return { body, answer: await anonymous.refreshSession({ body }) }
  },
  changePassword: async () => {
    const account = { email: `${unique('f')}@holdfast.test`, password: 'Somebody-1!' }
    await anonymous.register({ body: account })
    const mine = await signIn(account)
    const body = { currentPassword: account.password, newPassword: 'Different-1!' }
    await mine.api.changePassword({ body })
    const again = await mine.api.changePassword({ body }).catch(({ code }: { code: string }) => code)
    const elsewhere = {
      currentPassword: ['wrong_password', again],
      newPassword: [201, await signsIn({ ...account, password: body.newPassword })],
    } as const
    return { body, answer: {}, elsewhere }
  },
  requestEmailCode: async () => {
    const body = { email: `${unique('f')}@holdfast.test`, currentPassword: 'Customer-1!' }
    const { api } = await newcomer()
    await api.requestEmailCode({ body })
    const wrong = { ...body, currentPassword: 'Wrong-1!' }
    const refused = await api.requestEmailCode({ body: wrong }).catch(({ code }: { code: string }) => code)
    return {
      body,
      answer: {},
      elsewhere: {
        email: ['Your code to confirm this address', (await mailTo(body.email))?.subject],
        currentPassword: ['wrong_password', refused],
      },
    }
  },
  verifyEmail: async () => {
    const { api } = await newcomer()
    const body = { code: await codeFor((await api.getMe()).email) }
    await api.verifyEmail({ body })
    return { body, answer: {}, elsewhere: { code: [true, (await api.getMe()).emailVerified] } }
  },
  requestPasswordReset: async () => {
    const body = { email: `${unique('f')}@holdfast.test` }
    await anonymous.register({ body: { ...body, password: 'Somebody-1!' } })
    await anonymous.requestPasswordReset({ body })
    return {
      body,
      answer: {},
      elsewhere: { email: ['Your code for a new password', (await mailTo(body.email))?.subject] },
    }
  },
  confirmPasswordReset: async () => {
    const email = `${unique('f')}@holdfast.test`
    await anonymous.register({ body: { email, password: 'Somebody-1!' } })
    await anonymous.requestPasswordReset({ body: { email } })
    const body = { email, code: await codeFor(email), newPassword: 'Different-1!' }
    await anonymous.confirmPasswordReset({ body })
    const again = await anonymous.confirmPasswordReset({ body }).catch(({ code }: { code: string }) => code)
    const signedIn = await signsIn({ email, password: body.newPassword })
    return {
      body,
      answer: {},
      elsewhere: { email: [201, signedIn], code: ['invalid_code', again], newPassword: [201, signedIn] },
    }
  },
  setRoles: async () => {
    const body = { roles: ['support' as const] }
    const { userId: id } = await newcomer()
    return { body, answer: await operator.api.setRoles({ params: { id }, body }) }
  },
  updateMe: async () => {
    const body = { name: 'Another Name', phone: '+44 2', preferences: { theme: 'dark' } }
    return { body, answer: await (await newcomer()).api.updateMe({ body }) }
  },
  addAddress: async () => {
    const body = { ...address, type: 'billing', default: true } as const
    return { body, answer: await (await newcomer()).api.addAddress({ body }) }
  },
  replaceAddress: async () => {
    const { api } = await newcomer()
    const { id } = await api.addAddress({ body: { ...address, type: 'billing' } })
    const body = { ...address, line1: '2 Road', type: 'shipping', default: true } as const
    return { body, answer: await api.replaceAddress({ params: { id }, body }) }
  },
  createCategory: async () => {
    const { id: parentId } = await operator.api.createCategory({ body: { name: unique('parent') } })
    const body = { name: unique('child'), parentId }
    return { body, answer: await operator.api.createCategory({ body }) }
  },
  updateCategory: async () => {
    const { id: parentId } = await operator.api.createCategory({ body: { name: unique('parent') } })
    const { id } = await operator.api.createCategory({ body: { name: unique('child') } })
    const body = { name: unique('other'), parentId }
    return { body, answer: await operator.api.updateCategory({ params: { id }, body }) }
  },
  createProduct: async () => {
    const { id: categoryId } = await operator.api.createCategory({ body: { name: unique('category') } })
    const body = { sku: unique('f'), ...everythingOf(categoryId), unique: true, active: false }
    return { body, answer: await operator.api.createProduct({ body }) }
  },
  updateProduct: async () => {
    const sku = await stocked(operator, 0)
    const { id: categoryId } = await operator.api.createCategory({ body: { name: unique('category') } })
    const body = { ...everythingOf(categoryId), active: false }
    return { body, answer: await operator.api.updateProduct({ params: { sku }, body }) }
  },
  replaceProduct: async () => {
    const sku = await stocked(operator, 0)
    const { id: categoryId } = await operator.api.createCategory({ body: { name: unique('category') } })
    const body = { ...everythingOf(categoryId), unique: false, active: false }
    return { body, answer: await operator.api.replaceProduct({ params: { sku }, body }) }
  },
  updateProductLabels: async () => {
    const sku = await stocked(operator, 0)
    const body = { reference: 'ITEM 4711', metadata: { erp: '4711' } }
    const answer = await operator.api.updateProductLabels({ params: { sku }, body })
    const read = await operator.api.getProductLabels({ params: { sku } })
    return { body, answer, elsewhere: { reference: [body.reference, read.reference] } }
  },
  createImport: async () => {
    const body = { kind: 'products', format: 'ndjson', encoding: 'windows-1252' } as const
    return { body, answer: await operator.api.createImport({ body }) }
  },
  addPhoto: async () => {
    const sku = await stocked(operator, 0)
    const body = { contentType: 'image/png', alt: 'A heart' } as const
    const first = await operator.api.addPhoto({ params: { sku }, body })
    await sendPhoto(
      first.upload!,
      pngOf(2, 2, () => [200, 40, 40, 255]),
    )
    const list = () => operator.api.listPhotos({ params: { sku } })
    await until(list, ({ items }) => items[0]?.state === 'published')
    const replacing = { ...body, replaces: first.id }
    await operator.api.addPhoto({ params: { sku }, body: replacing })
    return { body: replacing, answer: (await list()).items[1]! }
  },
  updatePhoto: async () => {
    const sku = await stocked(operator, 0)
    const contentType = 'image/png'
    const ids: string[] = []
    for (let index = 0; index < 2; index += 1)
      ids.push((await operator.api.addPhoto({ params: { sku }, body: { contentType } })).id)
    const body = { alt: 'A heart', position: 1 }
    const answer = await operator.api.updatePhoto({ params: { sku, id: ids[1]! }, body })
    const { items } = await operator.api.listPhotos({ params: { sku } })
    return { body, answer, elsewhere: { position: [1, 1 + items.findIndex(({ id }) => id === ids[1])] } }
  },
  createStockImport: async () => {
    const body = { kind: 'adjustments', format: 'ndjson', encoding: 'windows-1252' } as const
    return { body, answer: await operator.api.createStockImport({ body }) }
  },
  createWarehouse: async () => {
    const body = { name: unique('hall'), location: 'Leicester', regions: ['GB'], priority: 900 }
    return { body, answer: await operator.api.createWarehouse({ body }) }
  },
  updateWarehouse: async () => {
    const { id } = await operator.api.createWarehouse({ body: { name: unique('hall'), priority: 900 } })
    const body = { name: unique('other'), location: 'Derby', regions: ['FR'], priority: 901, active: false }
    return { body, answer: await operator.api.updateWarehouse({ params: { id }, body }) }
  },
  adjustStock: async () => {
    const sku = await stocked(operator, 5)
    const adjust = (more: object) =>
      operator.send({
        method: 'POST',
        path: `/inventory/${sku}/adjustments`,
        headers: { 'content-type': 'application/json', 'idempotency-key': unique('f') },
        body: JSON.stringify({
          warehouseId: 'main',
          reason: 'found',
          reference: 'PO-7',
          metadata: { erp: '1' },
          ...more,
        }),
      })
    const added = (await adjust({ delta: 2 })).body as { level: { warehouseId: string; onHand: number } }
    const counted = (await adjust({ set: 9, expected: 7 })).body as { level: { onHand: number } }
    const { status } = await adjust({ set: 9, expected: 8 })
    const movement = await movementOf(operator, sku, 'found')
    return {
      body: {},
      answer: {},
      elsewhere: {
        warehouseId: ['main', added.level.warehouseId],
        delta: [7, added.level.onHand],
        set: [9, counted.level.onHand],
        expected: [409, status],
        reason: ['found', movement?.reason],
        reference: ['PO-7', movement?.reference],
        metadata: [{ erp: '1' }, movement?.metadata],
      },
    }
  },
  adjustMany: async () => {
    const sku = await stocked(operator, 5)
    const row = (more: object) => ({ key: unique('row'), sku, warehouseId: 'main', reason: 'found', ...more })
    const adjust = async (rows: readonly object[], policy: string) => {
      const answer = await operator.send({
        method: 'POST',
        path: '/inventory/adjustments',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ rows, policy }),
      })
      return (answer.body as { rows: { key: string; sku: string; warehouseId: string; level?: { onHand: number } }[] })
        .rows
    }
    const added = row({ delta: 2, reference: 'PO-8', metadata: { erp: '2' } })
    const [done, again, counted, late] = await adjust(
      [added, added, row({ set: 9, expected: 7 }), row({ set: 9, expected: 8 })],
      'row',
    )
    const [together] = await adjust([row({ delta: 1 }), row({ set: 1, expected: 2 })], 'sku')
    const { items: moved } = await operator.api.listMovements({ params: { sku } })
    const movement = moved.find(({ reference }) => reference === 'PO-8')
    return {
      body: {},
      answer: {},
      elsewhere: {
        'rows[].key': [done, again],
        'rows[].sku': [sku, done?.sku],
        'rows[].warehouseId': ['main', done?.warehouseId],
        'rows[].delta': [7, done?.level?.onHand],
        'rows[].set': [9, counted?.level?.onHand],
        'rows[].expected': ['level_changed', (late as { code?: string } | undefined)?.code],
        'rows[].reason': ['found', movement?.reason],
        'rows[].reference': ['PO-8', movement?.reference],
        'rows[].metadata': [{ erp: '2' }, movement?.metadata],
        policy: ['sku_refused', (together as { code?: string } | undefined)?.code],
      },
    }
  },
  transferStock: async () => {
    const sku = await stocked(operator, 5)
    const { id } = await operator.api.createWarehouse({ body: { name: unique('hall'), priority: 900 } })
    const body = { fromWarehouseId: 'main', toWarehouseId: id, quantity: 2, reference: 'TR-7' }
    const answer = await operator.api.transferStock({ params: { sku }, body })
    const movement = await movementOf(operator, sku, 'transfer')
    const expectedAt = '2099-01-02T03:04:05.000Z'
    const sent = await operator.api.transferStock({ params: { sku }, body: { ...body, quantity: 1, expectedAt } })
    return {
      body: { ...body, expectedAt },
      answer,
      elsewhere: {
        fromWarehouseId: ['main', answer.from.warehouseId],
        toWarehouseId: [id, answer.to.warehouseId],
        quantity: [
          [3, 2],
          [answer.from.onHand, answer.to.onHand],
        ],
        expectedAt: [expectedAt, sent.transfer?.expectedAt],
        reference: ['TR-7', movement?.reference],
      },
    }
  },
  moveUnavailable: async () => {
    const sku = await stocked(operator, 5)
    const move = {
      warehouseId: 'main',
      quantity: 2,
      kind: 'quality',
      reason: 'seal broken',
      reference: 'QA-7',
    } as const
    const sent = (way: 'in' | 'writeOff') => ({
      params: { sku },
      idempotencyKey: unique('f'),
      body: { ...move, move: way },
    })
    const aside = await operator.api.moveUnavailable(sent('in'))
    const gone = await operator.api.moveUnavailable(sent('writeOff'))
    const movement = await movementOf(operator, sku, 'seal broken')
    return {
      body: sent('in').body,
      answer: aside,
      elsewhere: {
        warehouseId: ['main', aside.level.warehouseId],
        quantity: [3, aside.level.available],
        kind: [2, aside.level.unavailableByKind.quality],
        move: [
          [5, 3],
          [aside.level.onHand, gone.level.onHand],
        ],
        reason: ['seal broken', movement?.reason],
        reference: ['QA-7', movement?.reference],
      },
    }
  },
  setLevel: async () => {
    const sku = await stocked(operator, 5)
    const body = { keepBack: 2, lowStockAt: 1 }
    const { level } = await operator.api.setLevel({ params: { sku, warehouseId: 'main' }, body })
    return { body, answer: level }
  },
  createInbound: async () => {
    const params = { sku: await stocked(operator, 0) }
    const body = { warehouseId: 'main', quantity: 5, expectedAt: '2099-01-02T03:04:05.000Z', reference: 'PO-7' }
    return { body, answer: await operator.api.createInbound({ params, body, idempotencyKey: unique('f') }) }
  },
  updateInbound: async () => {
    const params = { sku: await stocked(operator, 0) }
    const before = { warehouseId: 'main', quantity: 5, expectedAt: '2099-01-02T03:04:05.000Z' }
    const { id } = await operator.api.createInbound({ params, body: before, idempotencyKey: unique('f') })
    const body = { quantity: 6, expectedAt: '2099-02-02T03:04:05.000Z', reference: 'PO-8' }
    return { body, answer: await operator.api.updateInbound({ params: { id }, body }) }
  },
  receiveInbound: async () => {
    const sku = await stocked(operator, 0)
    const delivery = { warehouseId: 'main', quantity: 5, expectedAt: '2099-01-02T03:04:05.000Z' }
    const { id } = await operator.api.createInbound({ params: { sku }, body: delivery, idempotencyKey: unique('f') })
    const body = { quantity: 3, refused: 1, final: true, reason: 'one came broken' } as const
    const { inbound } = await operator.api.receiveInbound({ params: { id }, body, idempotencyKey: unique('f') })
    const movement = await movementOf(operator, sku, 'one came broken')
    return {
      body,
      answer: inbound,
      elsewhere: {
        quantity: [3, inbound.received],
        refused: [1, inbound.refused],
        final: ['closed', inbound.status],
        reason: ['one came broken', movement?.reason],
      },
    }
  },
  receiveTransfer: async () => {
    const sku = await stocked(operator, 5)
    const { id: toWarehouseId } = await operator.api.createWarehouse({ body: { name: unique('hall'), priority: 900 } })
    const sent = { fromWarehouseId: 'main', toWarehouseId, quantity: 3, expectedAt: '2099-01-02T03:04:05.000Z' }
    const { transfer } = await operator.api.transferStock({ params: { sku }, body: sent })
    const body = { quantity: 1, missing: 2, reason: 'fell off the truck' }
    const params = { id: transfer?.id ?? '' }
    const answer = await operator.api.receiveTransfer({ params, body, idempotencyKey: unique('f') })
    const movement = await movementOf(operator, sku, 'fell off the truck')
    return {
      body,
      answer: answer.transfer,
      elsewhere: {
        quantity: [1, answer.transfer.received],
        reason: ['fell off the truck', movement?.reason],
      },
    }
  },
  createCount: async () => {
    const sku = await stocked(operator, 5)
    const body = { warehouseId: 'main', skus: [sku], reference: 'aisle 7' }
    const answer = await operator.api.createCount({ body, idempotencyKey: unique('f') })
    return { body, answer, elsewhere: { 'skus[]': [sku, answer.lines[0]?.sku] } }
  },
  countLine: async () => {
    const sku = await stocked(operator, 5)
    const sheet = { warehouseId: 'main', skus: [sku] }
    const { id } = await operator.api.createCount({ body: sheet, idempotencyKey: unique('f') })
    const body = { counted: 3 }
    return { body, answer: await operator.api.countLine({ params: { id, sku }, body }) }
  },
  createReservation: async () => {
    const sku = await stocked(operator, 5)
    const hall = async (name: string, regions: string[]): Promise<string> => {
      const { id } = await operator.api.createWarehouse({ body: { name: unique(name), priority: 999, regions } })
      await receive(operator, sku, 2, id)
      return id
    }
    const [near, named] = [await hall('near', ['NZ-AUK']), await hall('named', [])]
    const lines = [{ sku, quantity: 2 }]
    const body = { lines, holdSeconds: 7_200, reference: 'checkout 7', shipTo: 'NZ-AUK', shipFrom: [named] }
    const answer = await operator.api.createReservation({ body, idempotencyKey: unique('f') })
    const anywhere = await operator.api.createReservation({
      body: { lines, shipTo: 'NZ-AUK' },
      idempotencyKey: unique('f'),
    })
    const held = secondsBetween(answer.createdAt, answer.expiresAt) ?? 0
    return {
      body,
      answer,
      elsewhere: {
        holdSeconds: [true, isAbout(held, 7_200)],
        shipTo: [near, anywhere.lines[0]?.warehouseId],
        'shipFrom[]': [named, answer.lines[0]?.warehouseId],
      },
    }
  },
  extendReservation: async () => {
    const held = await heldBy(operator, await stocked(operator, 1), 1)
    const params = { id: held.id }
    const bySeconds = await operator.api.extendReservation({ params, body: { holdSeconds: 172_800 } })
    const expiresAt = new Date(Date.parse(held.createdAt) + 259_200_000).toISOString()
    const untilThen = await operator.api.extendReservation({ params, body: { expiresAt } })
    const seconds = secondsBetween(held.createdAt, bySeconds.expiresAt) ?? 0
    return {
      body: {},
      answer: {},
      elsewhere: {
        holdSeconds: [true, isAbout(seconds, 172_800)],
        expiresAt: [259_200, Math.floor((secondsBetween(held.createdAt, untilThen.expiresAt) ?? 0) / 10) * 10],
      },
    }
  },
  shipReservation: async () => {
    const sku = await stocked(operator, 5)
    const { id } = await heldBy(operator, sku, 3)
    await operator.api.commitReservation({ params: { id } })
    const body = { lines: [{ sku, quantity: 2, warehouseId: 'main' }] }
    const answer = await operator.api.shipReservation({ params: { id }, body, idempotencyKey: unique('f') })
    const [gone] = answer.shippedLines ?? []
    return {
      body,
      answer,
      elsewhere: {
        'lines[].sku': [sku, gone?.sku],
        'lines[].quantity': [2, gone?.quantity],
        'lines[].warehouseId': ['main', gone?.warehouseId],
      },
    }
  },
  placeOrder: async () => {
    const sku = await stocked(operator, 5)
    const body: OrderInput = {
      lines: [{ sku, quantity: 2 }],
      payment: { method: 'card', token: 'tok_accepted' },
      holdSeconds: 7_200,
      shippingAddress: address,
      billingAddress: { ...address, name: 'Another Body' },
      notes: 'ring twice',
      shipFrom: ['main'],
      expectedTotal: gbp(500),
      reference: 'PO 4711',
      metadata: { erp: '0815' },
      customerId: customer.userId,
    }
    const answer = await operator.api.placeOrder({ body, idempotencyKey: unique('f'), prefer: 'wait=8' })
    const hold = await place(customer, { [sku]: 1 }, { holdSeconds: 7_200 })
    const paid = await until(
      () => customer.api.listPayments({ params: { id: answer.id } }),
      ({ items }) => items[0]?.status === 'captured',
    )
    const guest = { name: 'Ann Guest', email: `${unique('g')}@holdfast.test` }
    const of = await operator.api.placeOrder({
      idempotencyKey: unique('f'),
      body: { lines: [{ sku, quantity: 1 }], payment: { method: 'manual' }, customerId: 'guest', guest },
    })
    const held = secondsBetween(hold.placedAt, hold.expiresAt) ?? 0
    const soldOut = await stocked(operator, 0, { backorder: { allowed: true } })
    const waiting = await place(customer, { [soldOut]: 1 }, { backorder: true })
    const backorder = { payAt: 'placing', waitSeconds: 7_200 } as const
    const short = await place(customer, { [soldOut]: 1 }, { backorder })
    const hand = await heldBy(operator, await stocked(operator, 1), 1)
    const taking = { reservationId: hand.id, payment: { method: 'manual' } } as const
    const taker = await operator.api.placeOrder({ body: taking, idempotencyKey: unique('f'), prefer: 'wait=8' })
    const taken = await operator.api.getReservation({ params: { id: hand.id } })
    const waited = secondsBetween(short.placedAt, short.backorder?.waitsUntil) ?? 0
    return {
      body,
      answer,
      elsewhere: {
        'payment.token': ['captured', paid.items[0]?.status],
        'guest.name': [guest.name, of.guest?.name],
        'guest.email': [guest.email, of.guest?.email],
        holdSeconds: [true, isAbout(held, 7_200)],
        'expectedTotal.amount': [body.expectedTotal?.amount, answer.total.amount],
        'expectedTotal.currency': [body.expectedTotal?.currency, answer.total.currency],
        backorder: ['backordered', waiting.status],
        reservationId: [taker.id, taken.orderId],
        'backorder.payAt': [backorder.payAt, short.backorder?.payAt],
        'backorder.waitSeconds': [true, isAbout(waited, backorder.waitSeconds)],
      },
    }
  },
  cancelOrder: async () => {
    const { id } = await place(customer, { [await stocked(operator, 1)]: 1 })
    const body = { reason: 'ordered by mistake' }
    const answer = await customer.api.cancelOrder({ params: { id }, body })
    return { body, answer, elsewhere: { reason: [body.reason, answer.reason?.message] } }
  },
  readAllNotifications: async () => {
    const mine = await newcomer()
    const sku = await stocked(operator, 2)
    for (let count = 0; count < 2; count += 1) await place(mine, { [sku]: 1 })
    const { items } = await until(
      () => mine.api.listNotifications(),
      (page) => page.items.length === 2,
    )
    const body = { upTo: items[1]!.id }
    await mine.api.readAllNotifications({ body })
    const { items: left } = await mine.api.listNotifications({ query: { unread: 'true' } })
    return { body, answer: {}, elsewhere: { upTo: [[items[0]!.id], left.map(({ id }) => id)] } }
  },
  cancelOrderLine: async () => {
    const sku = await stocked(operator, 3)
    const { orderId: id } = await parcelOf(operator, customer, sku)
    const body = { quantity: 3, reason: 'three too many' }
    const answer = await customer.api.cancelOrderLine({ params: { id, sku }, body, idempotencyKey: unique('f') })
    return {
      body,
      answer,
      elsewhere: {
        quantity: [3, answer.cancelledLines?.[0]?.quantity],
        reason: [body.reason, answer.reason?.message],
      },
    }
  },
  updateOrder: async () => {
    const { id } = await place(customer, { [await stocked(operator, 1)]: 1 })
    const body = { shippingAddress: address, reference: 'PO 4712', metadata: { erp: '0816' } }
    return { body, answer: await customer.api.updateOrder({ params: { id }, body }) }
  },
  readdressShipments: async () => {
    const { orderId: id } = await parcelOf(operator, customer, await stocked(operator, 3))
    const body = { changeId: unique('f'), address }
    const answer = await customer.api.readdressShipments({ params: { id }, body })
    const { items } = await customer.api.listShipments({ params: { id } })
    const fields = Object.entries(address).map(([name, value]) => {
      return [
        `address.${name}`,
        [value, (items[0]?.shippingAddress as typeof address | undefined)?.[name as 'name']],
      ] as const
    })
    return { body, answer, elsewhere: { changeId: [body.changeId, answer.id], ...Object.fromEntries(fields) } }
  },
  cancelShipmentLine: async () => {
    const sku = await stocked(operator, 3)
    const { orderId: id } = await parcelOf(operator, customer, sku)
    const body = { sku, quantity: 2 }
    const answer = await customer.api.cancelShipmentLine({ params: { id }, body, idempotencyKey: unique('f') })
    const [item] = answer.items
    return { body, answer, elsewhere: { sku: [sku, item?.sku], quantity: [2, item?.quantity] } }
  },
  payOrder: async () => {
    const { id } = await place(customer, { [await stocked(operator, 1)]: 1 }, { payment: { method: 'card' } })
    const body = { method: 'card', token: 'tok_declined' } as const
    const answer = await until(
      () => customer.api.payOrder({ params: { id }, body, idempotencyKey: 'f' }),
      () => true,
    )
    return { body, answer, elsewhere: { token: ['card_declined', answer.attempts[0]?.reason] } }
  },
  refundOrder: async () => {
    const { id } = await paidByCard(operator, customer, 'tok_accepted')
    const body = { amount: gbp(50), reason: 'a scratch' }
    const answer = await operator.api.refundOrder({ params: { id }, body, idempotencyKey: unique('f') })
    const [refund] = answer.refunds
    return {
      body,
      answer,
      elsewhere: {
        'amount.amount': [50, refund?.amount.amount],
        'amount.currency': ['GBP', refund?.amount.currency],
        reason: [body.reason, refund?.reason],
      },
    }
  },
  updatePayment: async () => {
    const { id: orderId } = await paidByCard(operator, customer, 'tok_accepted')
    const { items } = await customer.api.listPayments({ params: { id: orderId } })
    const body = { reference: 'BACS 4711', metadata: { books: '2026-117' } }
    const answer = await operator.api.updatePayment({ params: { id: items[0]!.id }, body })
    const seen = (await customer.api.listPayments({ params: { id: orderId } })).items[0]
    return { body, answer, elsewhere: { reference: [body.reference, seen?.reference] } }
  },
  closeRefund: async () => {
    const { id } = await paidByCard(operator, customer, 'tok_refund_fails')
    const refunded = await operator.api.refundOrder({ params: { id }, body: {}, idempotencyKey: unique('f') })
    const body = { reference: 'transfer 7', reason: 'paid by the bank' }
    const params = { id: refunded.refunds[0]!.id }
    const answer = await operator.api.closeRefund({ params, body, idempotencyKey: unique('f') })
    const closed = answer.refunds[0]?.closed
    return {
      body,
      answer,
      elsewhere: { reference: [body.reference, closed?.reference], reason: [body.reason, closed?.reason] },
    }
  },
  createWebhook: async () => {
    const body = { url: `${receiverUrl}hook`, events: ['stock.low'], description: 'for the books' }
    const answer = await operator.api.createWebhook({ body })
    await operator.api.deleteWebhook({ params: { id: answer.id } })
    return { body, answer }
  },
  updateWebhook: async () => {
    const made = await operator.api.createWebhook({ body: { url: receiverUrl, events: ['stock.low'] } })
    const params = { id: made.id }
    const body = { url: `${receiverUrl}other`, events: ['order.*'], description: 'other', active: false }
    const answer = await operator.api.updateWebhook({ params, body })
    await operator.api.deleteWebhook({ params })
    return { body, answer }
  },
  rotateWebhookSecret: async () => {
    const made = await operator.api.createWebhook({ body: { url: receiverUrl, events: ['stock.low'] } })
    const params = { id: made.id }
    const body = { overlapSeconds: 3_600 }
    const answer = await operator.api.rotateWebhookSecret({ params, body })
    await operator.api.deleteWebhook({ params })
    const seconds = (Date.parse(answer.overlapUntil ?? '') - Date.parse(made.createdAt)) / 1_000
    return { body, answer, elsewhere: { overlapSeconds: [3_600, Math.round(seconds / 60) * 60] } }
  },
  createApiKey: async () => {
    const body = { name: unique('key'), scopes: ['stock:read' as const], expiresAt: '2099-12-31T00:00:00.000Z' }
    return { body, answer: await operator.api.createApiKey({ body }) }
  },
  renameApiKey: async () => {
    const { id } = await operator.api.createApiKey({ body: { name: unique('key'), scopes: ['stock:read'] } })
    const body = { name: unique('other') }
    return { body, answer: await operator.api.renameApiKey({ params: { id }, body }) }
  },
  rotateApiKey: async () => {
    const made = await operator.api.createApiKey({ body: { name: unique('key'), scopes: ['stock:read'] } })
    const body = { overlapSeconds: 3_600 }
    const answer = await operator.api.rotateApiKey({ params: { id: made.id }, body })
    const seconds = (Date.parse(answer.overlapUntil ?? '') - Date.parse(made.createdAt)) / 1_000
    return { body, answer, elsewhere: { overlapSeconds: [3_600, Math.round(seconds / 60) * 60] } }
  },
  setLimits: async () => {
    const { userId } = await newcomer()
    const body = { openHolds: 7, unitsPerSku: 70 }
    return { body, answer: await operator.api.setLimits({ params: { id: userId }, body }) }
  },
  depositToWallet: async () => {
    const { userId } = await newcomer()
    const body = { amount: gbp(70), reference: 'transfer 7' }
    const answer = await operator.api.depositToWallet({ params: { id: userId }, body, idempotencyKey: unique('f') })
    return {
      body,
      answer,
      elsewhere: {
        'amount.amount': [70, answer.entry.amount],
        'amount.currency': ['GBP', answer.balance.currency],
        reference: [body.reference, answer.entry.reference],
      },
    }
  },
  correctWallet: async () => {
    const buyer = await newcomer()
    await deposit(operator, buyer, 100)
    const body = { amount: gbp(70), reason: 'typing error 7', reference: 'transfer 8' }
    const asked = { params: { id: buyer.userId }, body, idempotencyKey: unique('f') }
    const answer = await operator.api.correctWallet(asked)
    return {
      body,
      answer,
      elsewhere: {
        'amount.amount': [70, -answer.entry.amount],
        'amount.currency': ['GBP', answer.balance.currency],
        reason: [body.reason, answer.entry.reason],
        reference: [body.reference, answer.entry.reference],
      },
    }
  },
  dispatchShipment: async () => {
    const sku = await stocked(operator, 3)
    const { params } = await parcelOf(operator, customer, sku)
    const body = { carrier: 'Snail', trackingNumber: 'S-7', lines: [{ sku, quantity: 1 }] }
    return { body, answer: await operator.api.dispatchShipment({ params, body }) }
  },
  trackShipment: async () => {
    const { params } = await parcelOf(operator, customer, await stocked(operator, 3))
    await operator.api.dispatchShipment({ params, body: { carrier: 'Snail' } })
    const body = { trackingNumber: 'S-8' }
    return { body, answer: await operator.api.trackShipment({ params, body }) }
  },
  failShipment: async () => {
    const { params } = await parcelOf(operator, customer, await stocked(operator, 3))
    await operator.api.dispatchShipment({ params, body: { carrier: 'Snail' } })
    const body = { reason: 'nobody there' }
    const answer = await operator.api.failShipment({ params, body })
    return { body, answer, elsewhere: { reason: [body.reason, answer.failure] } }
  },
  returnShipment: async () => {
    const sku = await stocked(operator, 3)
    const { params } = await parcelOf(operator, customer, sku)
    await operator.api.dispatchShipment({ params, body: { carrier: 'Snail' } })
    const body = { lines: [{ sku, quantity: 2, condition: 'damaged' as const }] }
    const answer = await operator.api.returnShipment({ params, body })
    const levels = await until(
      () => operator.api.getLevels({ params: { sku } }),
      ({ items }) => items.some(({ unavailable }) => unavailable > 0),
    )
    return {
      body,
      answer,
      elsewhere: {
        'lines[].quantity': [2, answer.lines[0]?.returned],
        'lines[].condition': [2, levels.items[0]?.unavailable],
      },
    }
  },
})

const heldBy = ({ api }: SignedIn, sku: string, quantity: number) =>
  api.createReservation({ body: { lines: [{ sku, quantity }] }, idempotencyKey: unique('hold') })

const everythingOf = (categoryId: string) => ({
  name: 'Lamp',
  description: 'It shines.',
  categoryId,
  attributes: { colour: 'red' },
  price: gbp(7),
  weightGrams: 70,
  lowStockAt: 7,
  backorder: { allowed: true, cap: 7, shipBy: '2099-12-31T00:00:00.000Z' },
})

async function paidByCard(operator: SignedIn, customer: SignedIn, token: string) {
  const order = await place(customer, { [await stocked(operator, 1)]: 1 }, { payment: { method: 'card', token } })
  await until(
    () => customer.api.listPayments({ params: { id: order.id } }),
    ({ items }) => items[0]?.status === 'captured',
  )
  return order
}

/** A hold is from when it is held, which may be a moment later, and ends on a whole second. */
const isAbout = (held: number, seconds: number): boolean => held >= seconds - 1 && held < seconds + 60

const secondsBetween = (from: string, to: string | undefined): number | undefined =>
  to === undefined ? undefined : Math.round((Date.parse(to) - Date.parse(from)) / 1_000)

/** A movement of a sku with that reason, as the ledger shows it. */
async function movementOf({ api }: SignedIn, sku: string, reason: string) {
  const { items } = await api.listMovements({ params: { sku } })
  return items.find((item) => item.reason === reason)
}
