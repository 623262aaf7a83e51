import { DescribeTableCommand, type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import { timeOf } from '../../functions/runtime/clock.ts'
import { itemOf } from '../../functions/runtime/item-codec.ts'
import { type Item, type Write, maxWrites } from '../../functions/runtime/store.ts'
import { type UpdateDeps, untilWritten } from '../../functions/runtime/update.ts'
import { listedAgain as productsAgain } from '../../functions/catalog/store/product-item.ts'
import { listedAgain as inventoryAgain } from '../../functions/inventory/store/listed-again.ts'
import { listedAgain as ordersAgain } from '../../functions/orders/store/listed-again.ts'
import { listedAgain as shipmentsAgain } from '../../functions/shipping/store/shipments-item.ts'
import { listedAgain as usersAgain } from '../../functions/users/store/user-item.ts'
import type { Service } from '../../schemas/contract.ts'
import type { Progress } from '../replay/progress.ts'

/** The writes that bring an item into the lists that it is found in; the item is the first of them. None where it stands there. */
const writesOf = {
  catalog: productsAgain,
  inventory: inventoryAgain,
  orders: ordersAgain,
  shipping: shipmentsAgain,
  users: usersAgain,
} as const satisfies Readonly<
  Partial<Record<Service, (item: Item, why: { cause: string; at: string }) => readonly Write[]>>
>

/** The services whose lists can be made again. */
export type Listing = keyof typeof writesOf
export const listing = Object.keys(writesOf) as readonly Listing[]

/** How many items are written at the same time. */
const concurrency = 16

interface Table {
  readonly client: DynamoDBClient
  readonly name: string
}

/** Brings all items of a service into its lists. Returns how many did not stand there. */
export async function listAgain(
  deps: UpdateDeps,
  { client, name: TableName }: Table,
  service: Listing,
  progress: Progress,
): Promise<number> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }))
  progress.start(service, Table?.ItemCount ?? 0)
  let count = 0
  for await (const { Items = [] } of paginateScan({ client }, { TableName })) {
    const waiting = Items.values()
    const work = async () => {
      for (const attributes of waiting) {
        if (await listItem(deps, service, itemOf(attributes))) count += 1
        progress.step()
      }
    }
    await Promise.all(Array.from({ length: concurrency }, work))
  }
  progress.stop()
  return count
}

/** Brings one item into its lists, as other writers leave it. Whether it had to be. */
export function listItem(deps: UpdateDeps, service: Listing, item: Item): Promise<boolean> {
  let found: Item | undefined = item
  return untilWritten(deps, 'the item', async () => {
    const why = { cause: 'list-again', at: timeOf(deps.clock.now()) }
    const writes = found === undefined ? [] : writesOf[service](found, why)
    if (writes.length === 0) return { result: false }
    const outcome = await deps.store.write(...writes.slice(0, maxWrites))
    // An item with more places than that has no condition on those behind.
    for (const write of outcome.ok ? writes.slice(maxWrites) : []) await deps.store.write(write)
    if (outcome.ok) return { result: true }
    found = outcome.failed.find(({ write }) => write === 0)?.found
    return undefined
  })
}
