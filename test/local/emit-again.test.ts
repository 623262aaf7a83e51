import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { SQSClient } from '@aws-sdk/client-sqs'
import { beforeAll, describe, expect, it } from 'vitest'
import { emitAgain } from '../../bin/emit-again/emit-again.ts'
import { stageAt } from '../../bin/place.ts'
import { replayArchive } from '../../bin/replay-events/replay-archive.ts'
import { progressOn } from '../../bin/replay/progress.ts'
import { systemClock } from '../../functions/runtime/clock.ts'
import type { Service } from '../../schemas/contract.ts'
import { holdBack, letGo, purge, settle, state } from './control.ts'
import { type SignedIn, baseUrl, counts, isLocal, place, signIn, stocked, until } from './target.ts'

/** Loses every event that comes to those services meanwhile. */
async function losing(losers: readonly Service[], meanwhile: () => Promise<unknown>): Promise<void> {
  for (const service of losers) await holdBack(service)
  try {
    await meanwhile()
    await settle().catch(() => {})
    for (const service of losers) await purge(service)
  } finally {
    for (const service of losers) await letGo(service)
  }
}

async function again(service: Service, from?: Date): Promise<readonly string[]> {
  const { stage, settings } = await stageAt({ url: baseUrl, aws: false })
  const lines: string[] = []
  const stream = { isTTY: false, write: (line: string) => lines.push(line) > 0 } as unknown as NodeJS.WriteStream
  const clients = { dynamodb: new DynamoDBClient(settings), sqs: new SQSClient(settings) }
  await emitAgain(clients, { stage, service, from }, { clock: systemClock, progress: progressOn(stream) })
  await settle()
  return lines
}

describe.runIf(isLocal)('a service that emits again', () => {
  let operator: SignedIn
  let customer: SignedIn
  beforeAll(async () => {
    ;[operator, customer] = await Promise.all([signIn('operator'), signIn('customer')])
  })
  const orderOf = (id: string) => customer.api.getOrder({ params: { id } })

  it('brings the services that lost its events to agree with it, also of earlier versions, and no further', async () => {
    const sku = await stocked(operator, 5)
    const { id } = await place(customer, { [sku]: 2 })
    await operator.api.approveOrder({ params: { id } })
    const [parcel] = await until(
      async () => (await operator.api.listShipments({ params: { id } })).items,
      (items) => items.length === 1,
    )
    await settle()
    const from = new Date((await state()).now)
    const before = await counts(operator, sku)
    const params = { id: parcel!.id }
    await losing(['orders', 'inventory'], async () => {
      await operator.api.dispatchShipment({ params, body: { carrier: 'Royal Mail' } })
      await operator.api.trackShipment({ params })
      await operator.api.deliverShipment({ params })
    })
    expect(await orderOf(id)).toMatchObject({ status: 'confirmed' })
    expect(await counts(operator, sku)).toEqual(before)

    const lines = await again('shipping', from)
    expect(lines[0]).toMatch(/^shipping: 0\/\d+\n$/)
    const order = await orderOf(id)
    expect(order).toMatchObject({ status: 'completed' })
    const { items } = await operator.api.getLevels({ params: { sku } })
    expect(items).toMatchObject([{ onHand: 3, allocated: 0 }])

    await again('shipping')
    expect(await orderOf(id)).toEqual(order)
    expect((await operator.api.getLevels({ params: { sku } })).items).toEqual(items)
  })

  it('brings shipping the address that no archive has', async () => {
    const sku = await stocked(operator, 5)
    const shippingAddress = { name: 'Ada King', line1: '1 High Street', city: 'Leeds', country: 'GB' }
    const { id } = await place(customer, { [sku]: 2 }, { shippingAddress })
    const found = await stageAt({ url: baseUrl, aws: false })
    // The bus writes times down in whole seconds.
    const from = new Date(Date.parse((await state()).now) - 1_000)
    await losing(['shipping'], () => operator.api.approveOrder({ params: { id } }))
    await replayArchive(
      new EventBridgeClient(found.settings),
      found,
      { from, to: new Date(from.getTime() + 60_000), service: 'shipping' },
      { clock: systemClock, report: () => {} },
    )
    await settle()
    const shipments = async () => (await operator.api.listShipments({ params: { id } })).items
    expect(await shipments()).toEqual([])
    await again('orders', from)
    expect(await shipments()).toMatchObject([{ status: 'created', shippingAddress }])
  })

  it('does so for the products of the catalogue', async () => {
    const sku = await stocked(operator, 5)
    const price = { amount: 4_711, currency: 'GBP' }
    await losing(['orders'], () => operator.api.updateProduct({ params: { sku }, body: { price } }))
    expect((await place(customer, { [sku]: 1 })).lines[0]!.unitPrice).not.toEqual(price)
    await again('catalog')
    expect((await place(customer, { [sku]: 1 })).lines[0]!.unitPrice).toEqual(price)
  })
})
