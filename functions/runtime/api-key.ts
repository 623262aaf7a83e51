import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { KeyScope } from '../../schemas/access.ts'
import type { Item, Key } from './store.ts'

const mark = 'hfk_'
/** 256 bits of chance, then a checksum: nothing is read for text that is no key. */
const form = /^hfk_([A-Za-z0-9_-]{43})([A-Za-z0-9_-]{6})$/
/** Characters that lists show: 48 of the 256 bits. */
const shownLength = mark.length + 8

/** The key of a secret of 32 bytes. */
export function apiKeyOf(secret: Uint8Array): string {
  const text = Buffer.from(secret).toString('base64url')
  return `${mark}${text}${checksum(text)}`
}

/** Whether a token can be nothing but an API key. */
export const isMarked = (token: string): boolean => token.startsWith(mark)

/** Whether a token has the form of an API key, its checksum included. */
export function isApiKey(token: string): boolean {
  const [, text, sum] = form.exec(token) ?? []
  return text !== undefined && checksum(text) === sum
}

export const prefixOf = (apiKey: string): string => apiKey.slice(0, shownLength)

/** What is kept in place of a key: 256 bits of chance need neither salt nor a slow hash. */
export const hashOf = (apiKey: string): string => hash('sha256', apiKey, 'base64url')

function checksum(text: string): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc32(text))
  return bytes.toString('base64url')
}

/** What a good secret of an API key opens: found by the hash of the key, written by the users service alone. */
export interface SecretItem extends Item {
  readonly keyId: string
  readonly scopes: readonly KeyScope[]
  /** The user who made the key. */
  readonly createdBy: string
  /** Milliseconds since 1970; without it the secret is good until it is removed. */
  readonly until?: number
}

export const secretKey = (hashed: string): Key => ({ pk: `secret_${hashed}`, sk: 'secret' })

/** When a key was last used: written by every function that checks keys. */
export interface UsedItem extends Item {
  /** Milliseconds since 1970. */
  readonly usedAt: number
}

/** How the partitions begin that every such function may write to. */
export const usedPrefix = 'used_'
export const usedKey = (keyId: string): Key => ({ pk: `${usedPrefix}${keyId}`, sk: 'used' })
