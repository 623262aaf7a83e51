import { timeOf } from '../runtime/clock.ts'
import { logger } from '../runtime/log.ts'
import type { Item } from '../runtime/store.ts'
import type { PaymentParts } from './parts.ts'
import { owes } from './payment.ts'
import { dueShards, findPayment, putPayment, sortableTime } from './payment.store.ts'
import { settle } from './settle.ts'

/** What a run did: payments that owe nothing any more, that still do, and that failed; the last two stay due. */
export interface Swept {
  readonly settled: number
  readonly owing: number
  readonly failed: number
}

/** After this long a run leaves the rest to the next one, in milliseconds. */
const runMs = 20_000

/** Performs what is due. A payment that fails stays due and blocks no other. */
export async function sweepPayments(parts: PaymentParts): Promise<Swept> {
  const counts = { settled: 0, owing: 0, failed: 0 }
  const now = parts.clock.now()
  await Promise.all(
    dueShards.map(async (shard) => {
      for await (const item of dueIn(parts, shard, now)) counts[await sweepOne(parts, item)] += 1
    }),
  )
  return counts
}

async function* dueIn({ store, clock }: PaymentParts, shard: string, now: number): AsyncGenerator<Item> {
  let cursor: string | undefined
  do {
    const to = sortableTime(now + 1)
    const page = await store.query({ index: 'due', partition: shard, to, limit: 100, cursor })
    for (const item of page.items) {
      if (clock.now() >= now + runMs) return
      yield item
    }
    cursor = page.cursor
  } while (cursor !== undefined)
}

async function sweepOne(parts: PaymentParts, { pk }: Item): Promise<keyof Swept> {
  const origin = { cause: `sweep at ${timeOf(parts.clock.now())}`, at: parts.clock.now() }
  try {
    const stored = await findPayment(parts.store, pk)
    if (stored === undefined) return 'settled'
    const payment = await settle(parts, stored.payment, origin)
    if (owes(payment).length === 0) return 'settled'
    // Where something has changed this fails, and the payment has its new time already.
    const unchanged = { payment: stored.payment, says: [] }
    await parts.store.write(putPayment(stored, unchanged, { ...origin, at: parts.clock.now() }))
    return 'owing'
  } catch (error) {
    logger.error('payment not swept', { correlationId: pk, error: error as Error })
    return 'failed'
  }
}
