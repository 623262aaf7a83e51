import type { Labels } from '../../../schemas/labels.ts'
import { digest } from '../../runtime/ids.ts'
import { labelsIn } from '../../runtime/labels.ts'
import { type Item, type Key, type Store, type Write, first, over } from '../../runtime/store.ts'
import { marksIn, requestIn } from './order-marks.ts'
import { orderKey, placeOf } from './order-keys.ts'
import type { Stored } from './order-item.ts'

/** The labels of an order, beside it: named by the request that placed it, so that no other request under its key changes them. */
export interface LabelsItem extends Item, Labels {}

const labelsKey = ({ pk, hash }: Stored['item']): Key => ({ pk, sk: `labels#${requestIn(hash)}` })

/** An order in the list of those with one reference, in the order of placing. */
interface ListedItem extends Item {
  readonly orderId: string
}

/** References may be of any length and in any script; a key is neither. */
const listOf = (reference: string): string => `reference_${digest(reference)}`
const entryKey = (reference: string, { state }: Stored): Key => ({ pk: listOf(reference), sk: placeOf(state) })

const writeOfEntry = (reference: string, stored: Stored): Write => ({
  put: first({ ...entryKey(reference, stored), orderId: stored.state.id }),
  if: 'any',
})

/** The writes that keep the labels of a new order, in the transaction that places it, whose condition is theirs too. */
export const writesOfLabels = (stored: Stored, labels: Labels): readonly Write[] => [
  { put: first({ ...labelsKey(stored.item), ...labels }), if: 'any' },
  // mutant: reference-listed
  ...(labels.reference === undefined ? [] : [writeOfEntry(labels.reference, stored)]),
]

/** The writes that replace labels, in the transaction of the order's own write, whose condition is theirs too. */
export function writesOfRelabelling(stored: Stored, before: LabelsItem | undefined, after: Labels): readonly Write[] {
  const [was, { reference }] = [before?.reference, after]
  const version = (before?.version ?? 0) + 1
  const put: Write = { put: { ...labelsKey(stored.item), ...after, version }, if: over(before) }
  if (was === reference) return [put]
  return [
    put,
    ...(reference === undefined ? [] : [writeOfEntry(reference, stored)]), // mutant: reference-moved
    ...(was === undefined ? [] : [{ delete: entryKey(was, stored), if: 'any' } as const]),
  ]
}

/** The labels of an order, if there are any; read as of now. */
export async function findLabels(store: Store, { item }: Stored): Promise<LabelsItem | undefined> {
  if (!marksIn(item.hash).hasLabels) return undefined
  return store.get(labelsKey(item), { consistent: true })
}

/** The labels of those orders that have some, by the ids of the orders. */
export async function findAllLabels(store: Store, orders: readonly Stored[]): Promise<ReadonlyMap<string, Labels>> {
  const keys = orders.filter(({ item }) => marksIn(item.hash).hasLabels).map(({ item }) => labelsKey(item))
  const found = keys.length > 0 ? ((await store.getMany(keys, { consistent: true })) as readonly LabelsItem[]) : []
  return new Map(found.map((each) => [each.pk, labelsIn(each)]))
}

export interface Listed {
  /** The headers of these orders, the newest first. */
  readonly headers: readonly Item[]
  /** The place of the last one, where more may follow. */
  readonly end?: string | undefined
}

/** The orders that may have the reference, in that range of places; who reads their labels knows. */
export async function ordersWithReference(
  store: Store,
  reference: string,
  range: { readonly from: string; readonly to: string; readonly limit: number },
): Promise<Listed> {
  const partition = listOf(reference)
  const { items, cursor } = await store.query({ partition, descending: true, consistent: true, ...range })
  return headersOf(store, items as readonly ListedItem[], cursor)
}

/** The headers behind entries of a list, in its order. */
export async function headersOf(
  store: Store,
  entries: readonly ListedItem[],
  cursor: string | undefined,
): Promise<Listed> {
  const found = await store.getMany(
    entries.map(({ orderId }) => orderKey(orderId)),
    { consistent: true },
  )
  const byId = new Map(found.map((header) => [header.pk, header]))
  // A request that is sent again has another place, and is not what placed the order.
  const headers = entries
    .flatMap(({ orderId, sk }) => ({ sk, header: byId.get(orderId) }))
    .flatMap(({ sk, header }) => (header && header['daySk'] === sk ? [header] : []))
  return { headers, ...(cursor !== undefined && { end: entries.at(-1)?.sk }) }
}
