import type { Origin } from '../../../schemas/origin.ts'
import { type Inbound, type Transfer, maxOpenSupplies } from '../../../schemas/supply.ts'
import { type Item, type Key, type Store, type Write, first } from '../../runtime/store.ts'
import { inPlaceOf, revisionOf } from '../../runtime/update.ts'
import type { Expected } from '../core/under-way.ts'
import { leftOf } from '../core/inbound.ts'
import { inTransitOf } from '../core/transfer.ts'
import { stockKey } from './stock-item.ts'

export type InboundItem = Item & Inbound
export type TransferItem = Item & Transfer

export const inboundKey = (id: string): Key => ({ pk: id, sk: 'inbound' })
export const transferKey = (id: string): Key => ({ pk: id, sk: 'transfer' })

const prefix = 'supply_'
const transit = 'transit'

/** An open supply in a list: the id in a sort key that begins with its time. */
type Entry = Key & { readonly id: string }

/** The write of an inbound in the place of `before`, and those of its place in the list of its sku, which it has while it is open. */
export const writesOfInbound = (before: InboundItem | undefined, after: Inbound, origin: Origin): readonly Write[] => [
  inPlaceOf(before, { ...after, ...inboundKey(after.id), ...revisionOf(before, [], origin) }), // mutant: inbound-write
  ...writesBetween(before ? entriesOf(before) : [], entriesOf(after)),
]

/** The same of a transfer, which is in the list of all that is in transit, too. */
export const writesOfTransfer = (
  before: TransferItem | undefined,
  after: Transfer,
  origin: Origin,
): readonly Write[] => [
  inPlaceOf(before, { ...after, ...transferKey(after.id), ...revisionOf(before, [], origin) }), // mutant: transfer-write
  ...writesBetween(before ? entriesOf(before) : [], entriesOf(after)),
]

function entriesOf(supply: Inbound | Transfer): readonly Entry[] {
  const { id, sku, expectedAt, status } = supply
  const place = `${expectedAt}_${id}`
  const ofSku = { pk: stockKey(sku).pk, sk: `${prefix}${place}`, id }
  if (status === 'expected') return [ofSku]
  return status === 'in_transit' ? [ofSku, { pk: transit, sk: place, id }] : []
}

/** Entries never change: they come and go. */
function writesBetween(before: readonly Entry[], after: readonly Entry[]): readonly Write[] {
  const isAmong = (entries: readonly Entry[], { pk, sk }: Entry): boolean =>
    entries.some((entry) => entry.pk === pk && entry.sk === sk)
  const gone = before.filter((entry) => !isAmong(after, entry)) // mutant: entry-gone
  const come = after.filter((entry) => !isAmong(before, entry))
  return [
    ...gone.map(({ pk, sk }): Write => ({ delete: { pk, sk }, if: { version: 1 } })),
    ...come.map((entry): Write => ({ put: first({ ...entry }), if: 'absent' })),
  ]
}

interface Paging {
  readonly limit: number
  readonly cursor?: string | undefined
}

/** A page of all that is open of a sku, the first to come first. With a version of its stock every open supply comes and goes. */
export async function openSupplies(store: Store, sku: string, paging: Paging) {
  const query = { partition: stockKey(sku).pk, from: prefix, to: `${prefix}~`, consistent: true }
  const { items, cursor } = await store.query({ ...query, ...paging })
  return { ids: items.map((item) => String(item['id'])), cursor }
}

/** All that is on its way of a sku, the first to come first. */
export async function expectedOf(store: Store, sku: string): Promise<readonly Expected[]> {
  const { ids } = await openSupplies(store, sku, { limit: maxOpenSupplies })
  const [inbounds, transfers] = await Promise.all([inboundsOf(store, ids), transfersOf(store, ids)])
  return [
    ...inbounds.map((each) => ({ at: each.expectedAt, warehouseId: each.warehouseId, units: leftOf(each) })),
    ...transfers.map((each) => ({ at: each.expectedAt, warehouseId: each.toWarehouseId, units: inTransitOf(each) })),
  ].toSorted((a, b) => (a.at < b.at ? -1 : 1))
}

/** A page of all that is in transit, the first to come first. */
export async function transfersInTransit(store: Store, paging: Paging) {
  const { items, cursor } = await store.query({ partition: transit, consistent: true, ...paging })
  return { ids: items.map((item) => String(item['id'])), cursor }
}

const isInbound = (id: string): boolean => id.startsWith('inb_')

/** The inbounds among these supplies, in their order. */
export async function inboundsOf(store: Store, ids: readonly string[]): Promise<readonly InboundItem[]> {
  return inOrder(
    ids,
    (await store.getMany(ids.filter(isInbound).map(inboundKey), { consistent: true })) as InboundItem[],
  )
}

/** The transfers among them. */
export async function transfersOf(store: Store, ids: readonly string[]): Promise<readonly TransferItem[]> {
  const keys = ids.filter((id) => !isInbound(id)).map(transferKey)
  return inOrder(ids, (await store.getMany(keys, { consistent: true })) as TransferItem[])
}

const inOrder = <Supply extends Item>(ids: readonly string[], found: readonly Supply[]): readonly Supply[] =>
  found.toSorted((a, b) => ids.indexOf(a.pk) - ids.indexOf(b.pk))

/** The inbound without what only its item has. */
export function readInbound(item: InboundItem): Inbound {
  const { id, sku, warehouseId, quantity, received, refused, expectedAt, reference, status, createdAt } = item
  return {
    id,
    sku,
    warehouseId,
    quantity,
    received,
    refused,
    expectedAt,
    ...(reference !== undefined && { reference }),
    status,
    createdAt,
  }
}

export function readTransfer(item: TransferItem): Transfer {
  const { id, sku, fromWarehouseId, toWarehouseId, quantity, received, missing, returned } = item
  const { expectedAt, reference, status, createdAt } = item
  return {
    id,
    sku,
    fromWarehouseId,
    toWarehouseId,
    quantity,
    received,
    missing,
    returned,
    expectedAt,
    ...(reference !== undefined && { reference }),
    status,
    createdAt,
  }
}
