import { createCipheriv, createDecipheriv, hash, hkdfSync } from 'node:crypto'
import { type Item, type Key, type Write, first } from '../../runtime/store.ts'

/** How long a ticket opens a connection, in milliseconds. */
export const ticketMs = 30_000

/** A ticket: the token that it stands for is sealed with the ticket itself, which is not kept. */
interface TicketItem extends Item {
  readonly sealed: string
  /** Milliseconds since 1970. */
  readonly until: number
}

const ticketKey = (ticket: string): Key => ({ pk: `ticket_${hash('sha256', ticket, 'base64url')}`, sk: 'ticket' })

/** The text of a ticket of 32 random bytes. */
export const ticketOf = (secret: Uint8Array): string => Buffer.from(secret).toString('base64url')

const cipher = 'aes-256-gcm'
// A ticket is random and used once, so is its key: one nonce will do.
const nonce = Buffer.alloc(12)
const tagBytes = 16
const keyOf = (ticket: string): Buffer => Buffer.from(hkdfSync('sha256', ticket, '', 'holdfast live ticket', 32))

export function issued(ticket: string, authorization: string, now: number): Write {
  const seal = createCipheriv(cipher, keyOf(ticket), nonce)
  const sealed = Buffer.concat([seal.update(authorization, 'utf8'), seal.final(), seal.getAuthTag()]).toString('base64')
  const until = now + ticketMs
  return { put: first({ ...ticketKey(ticket), sealed, until, ttl: Math.ceil(until / 1_000) }), if: 'absent' }
}

/** Where a ticket is kept, if it can be one. */
export const placeOfTicket = (ticket: string): Key | undefined =>
  /^[A-Za-z0-9_-]{43}$/.test(ticket) ? ticketKey(ticket) : undefined

/** The `Authorization` behind a ticket that is still good; undefined where it is not. */
export function opened(item: Item | undefined, ticket: string, now: number): string | undefined {
  if (item === undefined) return undefined
  const { sealed, until } = item as TicketItem
  if (until <= now) return undefined
  const bytes = Buffer.from(sealed, 'base64')
  const open = createDecipheriv(cipher, keyOf(ticket), nonce)
  open.setAuthTag(bytes.subarray(-tagBytes))
  return Buffer.concat([open.update(bytes.subarray(0, -tagBytes)), open.final()]).toString('utf8')
}

/** The write that uses it: of several at once one succeeds. */
export const used = ({ pk, sk, version }: Item): Write => ({ delete: { pk, sk }, if: { version } })
