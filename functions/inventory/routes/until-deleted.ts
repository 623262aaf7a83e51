import type { Product } from '../../../schemas/catalog.ts'
import type { ApiAnswer } from '../../runtime/api.http.ts'
import type { Request } from '../../runtime/http.ts'
import { askUntil } from '../../runtime/poll.ts'
import type { InventoryApiDeps } from '../deps.ts'

/** How long a request that deletes a product waits for the catalogue, in milliseconds. */
const longestWaitMs = 4_000 // mutant: deletion-wait

/**
 * Waits until the catalogue has ended the product that was just retired, asked in the name of who deletes it: until then it would still take
 * changes, which would go with it. It is retired whatever becomes of the wait, which ends after four seconds at the latest, and never in an error.
 */
export async function untilDeleted(
  { readProduct, clock }: Pick<InventoryApiDeps, 'readProduct' | 'clock'>,
  sku: string,
  { authorization = '' }: Request['headers'],
): Promise<void> {
  const end = clock.now() + longestWaitMs
  let retired: string | undefined
  const isThere = (answer: ApiAnswer | undefined): boolean => {
    const createdAt = answer?.status === 200 ? (answer.body as Product | null)?.createdAt : undefined
    retired ??= createdAt
    // What was created since is another product. Both times are of the catalogue: the clock here may differ from its own.
    return createdAt === undefined ? isOver(answer) : createdAt !== retired
  }
  await askUntil(clock, end, isThere, (leftMs) => readProduct(sku, authorization, leftMs))
}

/** Whether to ask again is of no use: it is gone, or the caller's token is over by now. */
const isOver = ({ status }: Partial<ApiAnswer> = {}): boolean => status === 404 || status === 401 || status === 403
