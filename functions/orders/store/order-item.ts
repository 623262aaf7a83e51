import type { Origin } from '../../../schemas/origin.ts'
import type { Reason } from '../../../schemas/order-reason.ts'
import type { PaymentMethod } from '../../../schemas/payment.ts'
import { dueAt } from '../../runtime/due.ts'
import { canonical, digest } from '../../runtime/ids.ts'
import { type Item, type Key, type Store, type Write, first } from '../../runtime/store.ts'
import { type Change, type Codec, type Loaded, load, revisionOf } from '../../runtime/update.ts'
import { nextSweepAt } from '../core/next-sweep.ts'
import { type Contents, type Forgetting, type Order, goneSteps } from '../core/order.ts'
import { pending } from '../core/pending.ts'
import { isClosed } from '../core/status.ts'
import { partitionOf } from '../../runtime/sharded.ts'
import { itemSize, writeUnitBytes } from '../../runtime/item-size.ts'
import { type StoredContents, chunkCount, chunks, contentsOf, inline } from './order-contents.ts'
import { type StoredEntry, readHistory, storedHistory } from './order-history.ts'
import { asideKey, dayOf, orderKey, placeOf, reasonKey } from './order-keys.ts'
import { changedAtIn, listPlaces } from './order-lists.ts'
import { marked, marksIn, requestIn } from './order-marks.ts'

/** Facts in the order of `factNames`, with spaces between. */
const factNames = ['stock', 'payment', 'closing', 'fulfilment'] as const

/**
 * The header of an order, small enough for every update to cost one write unit. Customer, id and time of placing stand in the keys of
 * its indexes only.
 */
export interface Header extends Item, StoredContents {
  readonly customerPk: string
  readonly customerSk: string
  readonly dayPk: string
  readonly daySk: string
  readonly duePk?: string
  readonly dueSk?: string
  readonly statePk?: string
  readonly changedPk?: string
  readonly changedSk?: string
  /** Digest of the request that placed it, `guest_` before it where that names a guest, marks behind it. */
  readonly hash: string
  readonly hold: number
  /** How long it may wait for stock, in seconds. */
  readonly wait?: number
  readonly payAt?: 'placing'
  /** When that is expected or promised, and how many estimates came before. */
  readonly estimated?: number
  readonly estimate?: number
  readonly count: number
  readonly amount: number
  readonly currency: string
  readonly method: PaymentMethod
  readonly token?: string
  readonly facts: string
  /** The `PaymentSnapshot`: version, `captured` as 0 or 1, what is kept, what went back for returns. */
  readonly told?: readonly [number, 0 | 1, number, number]
  readonly returns?: Readonly<Record<string, number>>
  readonly expiresAt?: number
  /** `aside` when its details are in the item `reason`. */
  readonly reason?: Reason & { readonly aside?: true }
  /** Its `Forgetting`: since when, until when its addresses stay, and the step of what is gone. */
  readonly forget?: readonly [number, number, number]
  readonly history: readonly StoredEntry[]
  /** The name of the items that hold the contents, where the header does not. */
  readonly aside?: string
  /** The number and the id of the last change of its address, which stands in the header then, wherever its lines lie. */
  readonly to?: readonly [number, string]
}

/** An order, and the header that it was read from. */
export type Stored = Loaded<Order, Header>

export const orderItem: Codec<Order, Header> = {
  noun: 'the order',
  key: orderKey,
  read: (item) => readOrder(item as Header),
  writes: writesOfChange,
}

export const findOrder = (
  store: Store,
  id: string,
  options?: { readonly consistent: boolean },
): Promise<Stored | undefined> => load(store, orderItem, id, options)

/** Whether an item is an order: indexes of the table have limits of customers and erased users among them. */
export const isOrder = (item: Item): item is Header => item.sk === 'order'

/** The order in a header item. */
export function readOrder(item: Header): Stored {
  const placedAt = Number.parseInt(item.daySk, 10)
  const facts = item.facts.split(' ')
  const { told = [0, 0, 0, 0] } = item
  const { numbersTime, isListed, hasLabels } = marksIn(item.hash)
  const history = readHistory(item, placedAt)
  return {
    item,
    state: {
      id: item.pk,
      customerId: item.customerPk,
      placedAt,
      holdSeconds: item.hold,
      ...(item.wait !== undefined && { waitSeconds: item.wait }),
      ...(item.payAt && { payAt: item.payAt }),
      ...(item.estimated !== undefined && { estimatedAt: item.estimated }),
      ...(item.estimate !== undefined && { estimate: item.estimate }),
      lineCount: item.count,
      total: { amount: item.amount, currency: item.currency },
      method: item.method,
      ...(item.token !== undefined && { token: item.token }),
      ...((item.address ?? item.aside) !== undefined && { hasAddress: true }),
      ...(item.to && item.address && { addressed: { number: item.to[0], id: item.to[1], address: item.address } }),
      facts: Object.fromEntries(factNames.map((name, index) => [name, facts[index]])) as Order['facts'],
      payment: { version: told[0], captured: told[1] === 1, kept: told[2], refundedForReturns: told[3] },
      returns: new Map(Object.entries(item.returns ?? {})),
      ...(item.expiresAt !== undefined && { expiresAt: item.expiresAt }),
      ...(item.reason && { reason: readReason(item.reason) }),
      ...(item.forget && { forgetting: readForgetting(item.forget) }),
      ...(numbersTime && { numbersTime }),
      ...(hasLabels && { hasLabels }),
      ...(isListed && { changedAt: changedAtIn(item) ?? history.at(-1)?.at ?? placedAt }),
      history,
    },
  }
}

const readForgetting = ([since, addressUntil, step]: readonly [number, number, number]): Forgetting => ({
  since,
  addressUntil,
  gone: goneSteps[step] ?? 'nothing',
})

/** The reason in one order of its fields, whatever the table made of it, without the mark that its details are aside. */
const readReason = ({ code, message, payment, shortages }: Reason): Reason => ({
  code,
  ...(payment && { payment }),
  ...(message !== undefined && { message }),
  ...(shortages && { shortages }),
})

/**
 * The outbox that leads services which lost events to this order: with what is pending, and with the address of one that was confirmed,
 * which no archive has.
 */
export function outboxAgain(item: Item): readonly string[] {
  const names = item.outbox ?? []
  if (!isOrder(item)) return names
  const { state: order } = readOrder(item)
  const isSent = !isClosed(order.facts) && order.history.some((entry) => entry.status === 'confirmed')
  const isForgotten = (order.forgetting?.gone ?? 'nothing') !== 'nothing'
  if (isForgotten) return [...new Set([...names, ...pending(order), 'order.forgotten'])]
  return [...new Set([...names, ...pending(order), ...(isSent && order.hasAddress ? ['order.address'] : [])])]
}

/** What of a header only another address changes. */
type Fixed = StoredContents & Pick<Header, 'hash' | 'aside'>

/** The header of an order. */
export function headerOf(
  order: Order,
  fixed: Fixed,
  before: Header | undefined,
  emits: readonly string[],
  origin: Origin,
): Header {
  const { id, customerId, placedAt, token, facts, payment, returns, reason, expiresAt, addressed, forgetting } = order
  const due = nextSweepAt(order, origin.at, before?.dueSk === undefined ? undefined : Number(before.dueSk))
  return {
    ...orderKey(id),
    ...revisionOf(before, emits, origin),
    customerPk: customerId,
    customerSk: placeOf(order),
    dayPk: partitionOf(dayOf(placedAt), id),
    daySk: placeOf(order),
    ...(due !== undefined && dueAt(id, due)),
    ...listPlaces(order),
    hold: order.holdSeconds,
    ...(order.waitSeconds !== undefined && { wait: order.waitSeconds }),
    ...(order.payAt && { payAt: order.payAt }),
    ...(order.estimatedAt !== undefined && { estimated: order.estimatedAt }),
    ...(order.estimate !== undefined && { estimate: order.estimate }),
    count: order.lineCount,
    amount: order.total.amount,
    currency: order.total.currency,
    method: order.method,
    // Once payments have answered they know it themselves.
    ...(token !== undefined && payment.version === 0 && { token }),
    facts: factNames.map((name) => facts[name]).join(' '),
    ...(payment.version > 0 && {
      told: [payment.version, payment.captured ? 1 : 0, payment.kept, payment.refundedForReturns] as const,
    }),
    ...(returns.size > 0 && { returns: Object.fromEntries(returns) }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(reason && { reason }),
    ...(forgetting && {
      forget: [forgetting.since, forgetting.addressUntil, goneSteps.indexOf(forgetting.gone)] as const,
    }),
    history: storedHistory(order),
    ...fixed,
    hash: marked(fixed.hash, order),
    ...(addressed && { to: [addressed.number, addressed.id] as const, address: addressed.address }),
  }
}

/** Bytes that a header grows by until its order is paid, sent in two parcels, completed, and one of them came back. */
const lifeBytes = 340
/** Bytes that it grows by while an order waits for stock. */
const waitBytes = 100

/**
 * The writes that place an order, for one transaction: the header, whose condition decides, and `aside`, the contents that do not fit it, under
 * a name made from themselves.
 */
export function writesOfPlacing(
  order: Order,
  contents: Contents,
  hash: string,
  origin: Origin,
): { readonly aside: readonly Write[]; readonly header: Write; readonly stored: Stored } {
  const whole = headerOf(order, { hash, ...inline(contents) }, undefined, ['order.placed'], origin)
  const growth = order.waitSeconds === undefined ? lifeBytes : lifeBytes + waitBytes
  const fits = itemSize(whole) + growth <= writeUnitBytes
  const name = digest(canonical(contents)).slice(0, 12)
  const item = fits ? whole : headerOf(order, { hash, aside: name }, undefined, ['order.placed'], origin)
  return {
    aside: fits
      ? []
      : chunks(contents).map((chunk, index) => ({
          put: first({ ...asideKey(order.id, name, index), ...chunk }),
          if: 'any',
        })),
    header: { put: item, if: 'absent' }, // mutant: order-placed
    stored: { state: order, item },
  }
}

/**
 * The writes of a change. There is one of one write unit, but for reasons too long for the header (many shortages, a long message):
 * their details go aside in the same transaction.
 */
export function writesOfChange(
  before: Stored | undefined,
  { state, emits }: Change<Order>,
  origin: Origin,
): [Write, ...Write[]] {
  if (!before) throw new Error('An order is placed with its contents.')
  const { item } = before
  const header = headerOf(changedBy(before, state, origin), fixedOf(item), item, emits, origin)
  const condition = { version: item.version } // mutant: order-write
  const { reason } = state
  if (reason === before.state.reason)
    return [{ put: { ...header, ...(item.reason && { reason: item.reason }) }, if: condition }]
  if (reason === undefined || itemSize(header) <= writeUnitBytes) return [{ put: header, if: condition }]
  return [
    { put: { ...header, reason: { code: reason.code, aside: true } }, if: condition },
    { put: first({ ...reasonKey(state.id), reason }), if: 'any' },
  ]
}

/** An order that stands in lists by its change moves in them, unless only its events are emitted again. */
export const changedBy = ({ state: before }: Stored, state: Order, { at }: Origin): Order =>
  state.changedAt === undefined || state === before ? state : { ...state, changedAt: Math.max(state.changedAt, at) } // mutant: order-changed-at

function fixedOf({ hash, lines, address, billing, notes, from, takes, aside }: Header): Fixed {
  return {
    hash: requestIn(hash),
    ...(lines && { lines }),
    ...(address && { address }),
    ...(billing && { billing }),
    ...(notes !== undefined && { notes }),
    ...(from && { from }),
    ...(takes !== undefined && { takes }),
    ...(aside !== undefined && { aside }),
  }
}

/**
 * The order with all that stands beside its header; one read more when something does, and its contents are not `known` already. Throws
 * when that cannot be found.
 */
export async function complete(
  store: Store,
  { state: order, item }: Stored,
  known?: Contents,
): Promise<{ readonly order: Order; readonly contents: Contents }> {
  const { aside } = item
  const keys: Key[] =
    aside === undefined || known
      ? []
      : Array.from({ length: chunkCount(item.count) }, (_, index) => asideKey(item.pk, aside, index))
  if (item.reason?.aside) keys.push(reasonKey(item.pk))
  const found = keys.length > 0 ? await store.getMany(keys, { consistent: true }) : []
  if (found.length < keys.length)
    throw new Error(`Of ${item.pk} ${keys.length - found.length} items aside are missing.`)
  const bySk = new Map(found.map((each) => [each.sk, each]))
  const reason = bySk.get(reasonKey(item.pk).sk)?.['reason'] as Reason | undefined
  const parts = aside === undefined ? [item] : (found as (Item & StoredContents)[]).filter(({ lines }) => lines)
  return {
    order: reason ? { ...order, reason: readReason(reason) } : order,
    contents: known ?? { ...contentsOf(parts), ...(item.address && { shippingAddress: item.address }) },
  }
}
