import type { Request } from '../../runtime/http.ts'
import { askUntil } from '../../runtime/poll.ts'
import type { CatalogDeps } from '../deps.ts'

/** How long a request that creates products waits for their stock, in milliseconds. */
const longestWaitMs = 4_000 // mutant: stock-wait

/**
 * Waits until inventory knows the products that were just created, in the name of their creator. Inventory stands for orders as well: the same
 * event reaches both at the same time, and an order gives it another second. The products are there whatever becomes of the wait: it ends after four
 * seconds at the latest, and never in an error.
 */
export async function untilStocked(
  { askStock, clock }: CatalogDeps,
  skus: readonly string[],
  { authorization = '' }: Request['headers'],
  waitMs = longestWaitMs,
): Promise<void> {
  const end = clock.now() + Math.min(waitMs, longestWaitMs)
  for (const sku of skus) await askUntil(clock, end, isAnswered, (leftMs) => askStock(sku, authorization, leftMs))
}

/** Whether to ask again is of no use: it is there, or the caller's token is over by now. */
const isAnswered = (status: number | undefined): boolean => status !== undefined && status < 404
