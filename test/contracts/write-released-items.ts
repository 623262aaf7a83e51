import { DynamoDBClient, paginateListTables, paginateScan } from '@aws-sdk/client-dynamodb'
import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { fillShop } from '../../bin/demo/small-shop.ts'
import { settingsOf } from '../../bin/place.ts'
import { signedIn } from '../../bin/replay/stack.ts'
import { systemClock } from '../../functions/runtime/clock.ts'
import type { Attributes } from '../../functions/runtime/item-codec.ts'
import { localLogins } from '../../lib/local-logins.ts'
import type { OrderInput } from '../../schemas/order-input.ts'

// node test/contracts/write-released-items.ts URL fills the fresh local stack of the release that comes, started in a checkout of it, and
// keeps what it has written: one item for each kind and for each of the events that items carry, with what these are read together with.
const [url = ''] = process.argv.slice(2)
const client = new DynamoDBClient(await settingsOf({ url, aws: false }))
/** By service, then by kind. */
const kept = new Map<string, Map<string, Attributes>>()

const filling = { isOver: false }
const filled = fill().finally(() => (filling.isOver = true))
while (!filling.isOver) await keep()
await filled
await keep()
const items = Object.fromEntries(
  [...kept].toSorted(([a], [b]) => a.localeCompare(b)).map(([service, kinds]) => [service, [...kinds.values()]]),
)
writeFileSync(new URL('released-items.json', import.meta.url), `${JSON.stringify(items, undefined, 1)}\n`)

async function fill(): Promise<void> {
  await fillShop(url)
  const [operator, customer] = await Promise.all(
    localLogins.map(({ email, password }) => signedIn(url, { email, password }, systemClock)),
  )
  if (!operator?.control || !customer) throw new Error(`${url} is not a fresh local stack.`)
  const skus = Array.from({ length: 120 }, (_, index) => `MANY-${index}`)
  const price = { amount: 100, currency: 'GBP' }
  for (const sku of skus) await operator.api.createProduct({ body: { sku, name: sku, price } })
  await operator.control.settle()
  for (const sku of skus) {
    const body = { warehouseId: 'main', delta: 2, reason: 'opening stock' }
    await operator.api.adjustStock({ params: { sku }, idempotencyKey: sku, body })
  }
  const lines = skus.map((sku) => ({ sku, quantity: 1 }))
  await customer.api.placeOrder({ idempotencyKey: 'many', body: { lines, payment: { method: 'manual' } } })
  await operator.control.settle()
  await operator.api.updateProduct({ params: { sku: 'CARDS' }, body: { name: 'Cards', attributes: { size: 'A6' } } })
  await operator.api.retireProduct({ params: { sku: 'CARDS' } })
  // A payment is written as requested for some milliseconds: of many, one is seen.
  for (const token of ['tok_declined', ...Array.from({ length: 30 }, () => 'tok_accepted')]) {
    const payment = { method: 'card', token } as const
    const body = { lines: [{ sku: 'NOTEBOOK', quantity: 1 }], payment }
    await customer.api.placeOrder({ idempotencyKey: randomUUID(), body })
  }
  await operator.api.updateProduct({ params: { sku: 'LANTERN' }, body: { lowStockAt: 20 } })
  await operator.control.settle()
  const low: OrderInput = {
    lines: [
      { sku: 'LANTERN', quantity: 5 },
      { sku: 'PLANTER', quantity: 1 },
    ],
    payment: { method: 'manual' },
  }
  const { id } = await customer.api.placeOrder({ idempotencyKey: 'low', body: low })
  await operator.control.settle()
  await operator.api.approveOrder({ params: { id } })
  await operator.control.settle()
  const [first, second] = (await operator.api.listShipments({ params: { id } })).items
  if (!first || !second) throw new Error('The order has one parcel only.')
  await operator.api.dispatchShipment({ params: { id: first.id }, body: { carrier: 'Royal Mail' } })
  await operator.api.failShipment({ params: { id: first.id }, body: { reason: 'nobody in' } })
  await keep()
  await operator.api.failShipment({ params: { id: second.id }, body: { reason: 'broken' } })
  await operator.api.retireProduct({ params: { sku: 'POSTER' } })
  await keep()
  await customer.api.updateMe({ body: { phone: '+44 1904 000000' } })
  await operator.control.settle()
}

async function keep(): Promise<void> {
  for await (const { TableNames = [] } of paginateListTables({ client }, {})) {
    for (const TableName of TableNames) {
      const service = TableName.split('-')[2] ?? ''
      for await (const { Items = [] } of paginateScan({ client }, { TableName })) {
        for (const item of Items) keepOne(service, item)
      }
    }
  }
}

function keepOne(service: string, item: Attributes): void {
  const { pk, sk, outbox, status } = item
  // Of a kind are items of the same keys but for ids, that carry the same events; an order also has its lines and its reason.
  const isBeside = sk?.S?.startsWith('lines#') || sk?.S === 'reason'
  const shape = isBeside ? `${pk?.S} ${sk?.S}` : `${pk?.S?.split('_')[0]} ${sk?.S?.replaceAll(/[\dA-Z]{3,}|\d+/g, '')}`
  const kind = `${shape} ${outbox?.S ?? ''} ${status?.S ?? ''}`
  const kinds = kept.get(service) ?? new Map<string, Attributes>()
  kept.set(service, kinds)
  if (!kinds.has(kind)) kinds.set(kind, item)
}
