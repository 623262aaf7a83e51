import type { Sender } from '../../runtime/http.ts'
import { digest } from '../../runtime/ids.ts'
import { networkOf } from '../../runtime/network.ts'
import type { Item, Key, Store, Write } from '../../runtime/store.ts'
import { inPlaceOf } from '../../runtime/update.ts'
import { type KnownAddresses, isKnown, knownMs, remembered } from '../core/known-addresses.ts'

/** The addresses of an account, under its email: they are read before anybody knows whether there is such an account. */
export interface KnownAddressesItem extends Item {
  readonly addresses: KnownAddresses
}

const keyOf = (email: string): Key => ({ pk: `addresses#${digest(email)}`, sk: 'known' })

/** An address is kept as a hash that is another one for each account. */
const hashOf = (email: string, { ip }: Sender): string => digest('known-address', email, networkOf(ip))

export const readKnownAddresses = async (store: Store, email: string): Promise<KnownAddressesItem | undefined> =>
  (await store.get(keyOf(email))) as KnownAddressesItem | undefined

export const isKnownAt = (item: KnownAddressesItem | undefined, email: string, sender: Sender, now: number): boolean =>
  isKnown(item?.addresses ?? {}, hashOf(email, sender), now)

/** Forgets from where the account has signed in. */
export const forgetAddresses = (email: string): Write => ({ delete: keyOf(email), if: 'any' })

/** Remembers that the account has signed in from the address. Where another sign-in is noted at the same moment, that one alone is. */
export async function rememberAddress(
  store: Store,
  item: KnownAddressesItem | undefined,
  email: string,
  sender: Sender,
  now: number,
): Promise<void> {
  const before = item?.addresses ?? {}
  const addresses = remembered(before, hashOf(email, sender), now)
  if (addresses === before) return
  const ttl = Math.ceil((now + knownMs) / 1_000)
  await store.write(inPlaceOf(item, { ...keyOf(email), addresses, ttl, version: (item?.version ?? 0) + 1 }))
}
