import { hash } from 'node:crypto'
import { type Guest, guest as guestId } from '../../../schemas/guest.ts'
import type { Clock } from '../../runtime/clock.ts'
import { emailHash } from '../../runtime/email-hash.ts'
import { canonical, digest } from '../../runtime/ids.ts'
import { type Item, type Key, type Store, type Write, first, next, over } from '../../runtime/store.ts'
import type { OrderDeps } from '../deps.ts'
import type { Stored } from './order-item.ts'
import { orderKey, placeOf } from './order-keys.ts'

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

const guestKey = ({ pk, hash: request }: Stored['item']): Key => ({ pk, sk: `guest#${request}` })
/** 256 bits of chance are kept as their SHA-256, without salt: nobody searches them. */
const linkKey = (token: string): Key => ({ pk: `guest_${hash('sha256', token, 'base64url')}`, sk: 'guest' })

/** The write that keeps a guest; goes ahead of the order, and is harmless without it. */
export const writeOfGuest = ({ item }: Stored, { name, email }: Guest): Write => ({
  put: first({ ...guestKey(item), name, email }),
  if: 'absent',
})

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
}

const listOf = (provenEmail: string): string => `email_${provenEmail}`

/** Where an order stands in the list of an address. */
export const listedKey = (provenEmail: string, { state }: Stored): Key => ({
  pk: listOf(provenEmail),
  sk: placeOf(state),
})

/** Lists an order under the address of its guest. */
export const listGuest = async (store: Store, { email }: Guest, stored: Stored): Promise<void> => {
  await store.write({ put: first({ ...listedKey(emailHash(email), stored), orderId: stored.state.id }), if: 'any' })
}

export interface Listed {
  /** Of these orders, the newest first. */
  readonly headers: readonly Item[]
  /** The place of the last one, where more may follow. */
  readonly end?: string | undefined
}

/** The orders that were placed for the address with this hash, in that range of places. */
export async function guestOrders(
  store: Store,
  provenEmail: string,
  range: { readonly from: string; readonly to: string; readonly limit: number },
): Promise<Listed> {
  const { items, cursor } = await store.query({ partition: listOf(provenEmail), descending: true, ...range })
  const listed = items as readonly ListedItem[]
  const found = await store.getMany(
    listed.map(({ orderId }) => orderKey(orderId)),
    { consistent: true },
  )
  const byId = new Map(found.map((header) => [header.pk, header]))
  const headers = listed.flatMap(({ orderId }) => byId.get(orderId) ?? [])
  return { headers, ...(cursor !== undefined && { end: listed.at(-1)?.sk }) }
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
