import type { Price } from '../../../schemas/prices.ts'
import type { ApiAnswer } from '../../runtime/api.http.ts'
import type { Request } from '../../runtime/http.ts'
import { askUntil } from '../../runtime/poll.ts'
import type { CatalogDeps } from '../deps.ts'

/** How long a request that changes products waits for orders, in milliseconds. */
const longestWaitMs = 4_000 // mutant: price-wait

/** A product as a request has left it. */
export interface Changed {
  readonly sku: string
  readonly version: number
}

/**
 * Waits until orders are placed at the names and prices that were just changed, in the name of who changed them: before that an order of a product
 * that is no longer for sale would be taken. The changes stand whatever becomes of the wait: it ends after four seconds at the latest, and never
 * in an error.
 */
export async function untilPriced(
  { readPrice, clock }: CatalogDeps,
  products: readonly Changed[],
  { authorization = '' }: Request['headers'],
  waitMs = longestWaitMs,
): Promise<void> {
  const end = clock.now() + Math.min(waitMs, longestWaitMs)
  for (const { sku, version } of products)
    await askUntil(clock, end, isKnownFrom(version), (leftMs) => readPrice(sku, authorization, leftMs))
}

/** Whether to ask again is of no use: orders know this version or a newer one, or the caller's token is over by now. */
const isKnownFrom =
  (version: number) =>
  ({ status, body }: Partial<ApiAnswer> = {}): boolean =>
    status === 200 ? ((body as Price | null)?.productVersion ?? 0) >= version : status === 401 || status === 403
