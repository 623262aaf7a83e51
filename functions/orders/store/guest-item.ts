import { hash } from 'node:crypto'
import { type Guest, guest as guestId } from '../../../schemas/guest.ts'
import type { Clock } from '../../runtime/clock.ts'
import { emailHash } from '../../runtime/email-hash.ts'
import { canonical, digest } from '../../runtime/ids.ts'
import { type Item, type Key, type Store, type Write, first, next, over } from '../../runtime/store.ts'
import type { OrderDeps } from '../deps.ts'
import { type Listed, headersOf } from './labels-item.ts'
import type { Stored } from './order-item.ts'
import { placeOf } from './order-keys.ts'
import { requestIn } from './order-marks.ts'

/** Who a guest is, beside the order: named by the request that placed it, so that no other request under its key changes it. */
export interface GuestItem extends Item, Guest {
  /** When a link was mailed last, or refused for good, in milliseconds since 1970. */
  readonly mailedAt?: number
  /** Nothing of the guest is left; it stays, so that no repeated request puts the guest back. */
  readonly forgotten?: true
}

/** Which order a link opens, until its `ttl`. */
interface LinkItem extends Item {
  readonly orderId: string
}

/** How long a link is good: longer than goods come back. Another one can be mailed at any time. */
export const linkDays = 90

const guestKey = ({ pk, hash }: Stored['item']): Key => ({ pk, sk: `guest#${requestIn(hash)}` })
/** 256 bits of chance are kept as their SHA-256, without salt: nobody searches them. */
const linkKey = (token: string): Key => ({ pk: `guest_${hash('sha256', token, 'base64url')}`, sk: 'guest' })

/** The writes that keep a guest and list the order under the address, in the transaction that places it, whose condition is theirs too. */
export const writesOfGuest = ({ state, item }: Stored, { name, email }: Guest): readonly Write[] => [
  { put: first({ ...guestKey(item), name, email }), if: 'any' },
  {
    put: first({
      pk: listOf(emailHash(email)), // mutant: guest-listed
      sk: placeOf(state),
      orderId: state.id,
      request: requestIn(item.hash),
    }),
    if: 'any',
  },
]

/** Begins the digest of a request that names a guest: others have none to be read. */
const named = 'guest_'
export const digestOf = (body: { readonly guest?: Guest | undefined }): string =>
  `${body.guest ? named : ''}${digest(canonical(body))}`

export async function findGuest(store: Store, { item }: Stored): Promise<GuestItem | undefined> {
  if (!item.hash.startsWith(named)) return undefined
  const found = (await store.get(guestKey(item), { consistent: true })) as GuestItem | undefined
  return found?.forgotten ? undefined : found
}

/** An order in the list of those that were placed for an address, under its hash and in the order of placing. */
interface ListedItem extends Item {
  readonly orderId: string
  /** The request that named the guest; that of the order, unless another one under its key was faster. */
  readonly request?: string
}

const listOf = (addressHash: string): string => `email_${addressHash}`

/** Where an order stands in the list of an address. */
export const listedKey = (addressHash: string, { state }: Stored): Key => ({
  pk: listOf(addressHash),
  sk: placeOf(state),
})

/** The orders that were placed for the address with this hash, in that range of places. */
export async function guestOrders(
  store: Store,
  addressHash: string,
  range: { readonly from: string; readonly to: string; readonly limit: number },
): Promise<Listed> {
  const { items, cursor } = await store.query({ partition: listOf(addressHash), descending: true, ...range })
  const entries = items as readonly ListedItem[]
  const { headers, end } = await headersOf(store, entries, cursor)
  const requestOf = new Map(entries.map(({ orderId, request }) => [orderId, request]))
  const own = headers.filter(({ pk, hash }) => [undefined, requestIn(String(hash))].includes(requestOf.get(pk)))
  return { headers: own, end }
}

/** Whether the order was placed for the address with this hash. */
export async function isForEmail(store: Store, stored: Stored, provenEmail: string | undefined): Promise<boolean> {
  if (provenEmail === undefined || stored.state.customerId !== guestId) return false
  const guest = await findGuest(store, stored)
  return guest !== undefined && emailHash(guest.email) === provenEmail
}

/** Keeps a link for `linkDays`. */
export const keepLink = async ({ store, clock }: LinkDeps, token: string, orderId: string): Promise<void> => {
  const ttl = secondsOf(clock) + linkDays * 86_400
  await store.write({ put: first({ ...linkKey(token), orderId, ttl }), if: 'absent' })
}

/** The id of the order that a link opens; a link that is over may still be in the table. */
export async function orderBehind({ store, clock }: LinkDeps, token: string): Promise<string | undefined> {
  const link = (await store.get(linkKey(token))) as LinkItem | undefined
  return link && (link.ttl ?? 0) > secondsOf(clock) ? link.orderId : undefined
}

/** Another request that mails at the same moment may be first. */
export const keepMailed = async ({ store, clock }: LinkDeps, guest: GuestItem): Promise<void> => {
  await store.write({ put: next(guest, { mailedAt: clock.now() }), if: over(guest) })
}

type LinkDeps = Pick<OrderDeps, 'store' | 'clock'>
const secondsOf = (clock: Clock): number => Math.ceil(clock.now() / 1_000)
