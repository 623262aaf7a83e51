import type { Origin } from '../../../schemas/origin.ts'
import type { LedgerEntry } from '../../../schemas/wallet.ts'
import type { Money } from '../../../schemas/shared.ts'
import { timeOf } from '../../runtime/clock.ts'
import { type Item, type Key, type Page, type Store, type Write, first, over } from '../../runtime/store.ts'
import { revisionOf } from '../../runtime/update.ts'
import type { Moved, Wallet } from '../core/wallet.ts'

/** A wallet with the entry that made its balance, which `wallet.changed` carries. */
interface WalletItem extends Item {
  readonly balance: Money
  readonly last: LedgerEntry
  /** Of the entries that an earlier release wrote without one, where it is not that of the balance any more. */
  readonly firstCurrency?: string
}

export interface StoredWallet {
  readonly wallet: Wallet
  readonly item: WalletItem
}

export const walletPrefix = 'wallet_'
const partitionOf = (customerId: string): string => `${walletPrefix}${customerId}`
const walletKey = (customerId: string): Key => ({ pk: partitionOf(customerId), sk: 'wallet' })

export async function findWallet(store: Pick<Store, 'get'>, customerId: string): Promise<StoredWallet | undefined> {
  const item = await store.get(walletKey(customerId), { consistent: true })
  return item && readWallet(item)
}

/** The wallet in its item. */
export function readWallet(found: Item): StoredWallet {
  const item = found as WalletItem
  return { wallet: { customerId: item.pk.slice(walletPrefix.length), balance: item.balance }, item }
}

/** The currency of the entries that an earlier release wrote without one: it let a wallet have one alone. */
export const firstCurrencyOf = ({ item, wallet }: StoredWallet): string => item.firstCurrency ?? wallet.balance.currency

/**
 * The two writes of a movement: the wallet in the place of what was read, and its entry in the ledger, numbered by the wallet's version.
 * The wallet decides: there is one entry for each of its versions.
 */
export function movingWallet(
  before: StoredWallet | undefined,
  customerId: string,
  { balance, entry }: Moved,
  origin: Origin,
): { readonly writes: readonly Write[]; readonly entry: LedgerEntry } {
  const revision = revisionOf(before?.item, ['wallet.changed'], origin)
  const id = `entry_${String(revision.version).padStart(12, '0')}`
  // Payments and refunds are made by the service itself.
  const by = (entry.kind === 'deposit' || entry.kind === 'correction') && { by: origin.by }
  const written: LedgerEntry = { id, ...entry, ...by, at: timeOf(origin.at) }
  const firstCurrency = before && firstCurrencyOf(before)
  const wallet: WalletItem = {
    ...walletKey(customerId),
    ...revision,
    balance,
    last: written,
    ...(firstCurrency !== undefined && firstCurrency !== balance.currency && { firstCurrency }),
  }
  const ledger = first({ pk: partitionOf(customerId), sk: written.id, entry: written })
  return {
    writes: [
      { put: wallet, if: over(before?.item) }, // mutant: wallet-write
      { put: ledger, if: 'any' },
    ],
    entry: written,
  }
}

/** Entries of a ledger, the newest first. */
export function listEntries(store: Store, customerId: string, limit: number, cursor?: string): Promise<Page> {
  return store.query({
    partition: partitionOf(customerId),
    from: 'entry_',
    to: 'entry`',
    descending: true,
    limit,
    ...(cursor !== undefined && { cursor }),
  })
}

/**
 * The entry in its item, its fields in one order, whatever the table made of it; without a currency of its own it has the first one. Its
 * actor is for operators.
 */
export function entryOf(item: Item, firstCurrency: string, toOperators = false): LedgerEntry {
  const entry = item['entry'] as LedgerEntry
  const { id, amount, balance, currency = firstCurrency, kind, orderId, reference, reason, by, at } = entry
  return {
    id,
    amount,
    balance,
    currency,
    kind,
    ...(orderId !== undefined && { orderId }),
    ...(reference !== undefined && { reference }),
    ...(reason !== undefined && { reason }),
    ...(toOperators && by !== undefined && { by }),
    at,
  }
}

const hasWords = ({ reference, reason }: LedgerEntry): boolean => reference !== undefined || reason !== undefined

function bare({ reference: _, reason: __, ...entry }: LedgerEntry): LedgerEntry {
  return entry
}

/** The write of an entry without what somebody wrote; none where nobody did. */
export function bareEntry(item: Item): readonly Write[] {
  const entry = item['entry'] as LedgerEntry
  return hasWords(entry) ? [{ put: { ...item, entry: bare(entry) }, if: 'any' }] : []
}

/** The same of the last entry in a wallet. Its version stays: the ledger is numbered by it. Who moves the wallet meanwhile is first. */
export function bareWallet({ item }: StoredWallet): readonly Write[] {
  const { outbox: _, ...rest } = item
  return hasWords(item.last) ? [{ put: { ...rest, last: bare(item.last) }, if: over(item) }] : []
}
