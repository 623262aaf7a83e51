import { logger } from '../../../runtime/log.ts'
import type { Item } from '../../../runtime/store.ts'
import { longestDelaySeconds } from '../../adapters/wake-ups.ts'
import { isDue } from '../../core/webhooks/delivery.ts'
import { type Pump, mayBeUnderWay } from '../../core/webhooks/pump.ts'
import { type Placed, deliveryOf, pendingPartitions } from '../../store/webhooks/delivery-item.ts'
import { minuteAfter } from '../../store/webhooks/pump-item.ts'
import { attempt } from './attempt.ts'
import { lookAgainMs, releaseLease, takeLease } from './lease.ts'
import { type Run, type SendingDeps, hasTime } from './run.ts'

/** An endpoint is looked at this often, whatever has been lost, in milliseconds. */
const atLeastEachMs = 3_600_000
/** How many deliveries of each partition are taken at a time. */
const perPartition = 10

/**
 * Sends what is due at an endpoint until the lease ends, and nothing where somebody else has the lease. `isLook` where nothing new is known
 * of: then it is enough to look again in an hour.
 */
export async function sendDue(
  deps: SendingDeps,
  webhookId: string,
  leasedUntil: number,
  isLook: boolean,
): Promise<void> {
  const item = await takeLease(deps, webhookId, leasedUntil)
  if (item === undefined) return
  const { health } = item.pump
  const handled = new Map<string, number>()
  const run: Run = { deps, webhookId, leasedUntil, item, health, underWay: 0, sent: 0, isOver: false, handled }
  try {
    await sendAll(run, isLook)
  } catch (error) {
    // Whoever comes next need not wait until the lease ends.
    await release(run, deps.clock.now()).catch(() => undefined)
    throw error
  }
}

async function sendAll(run: Run, isLook: boolean): Promise<void> {
  const { clock, inFlight, wakeUps } = run.deps
  for (;;) {
    if (!hasTime(run)) {
      while (await release(run, clock.now()));
      return wakeUps.wake(run.webhookId)
    }
    const now = clock.now()
    const most = mayBeUnderWay(run.health, now, inFlight)
    const seen = most > 0 && !run.isOver ? await look(run) : undefined
    if (seen === undefined || seen.due.length === 0) {
      const next = run.isOver ? undefined : seen === undefined ? run.health.restUntil : seen.next
      const latest = isLook && run.sent === 0 ? atLeastEachMs : lookAgainMs
      const again = await release(run, Math.min(next ?? Infinity, now + latest), next)
      if (!again) return
    } else await sendSome(run, most > 1 ? seen.due : seen.due.slice(0, 1))
  }
}

/** Some at a time, side by side; waits for all that are under way, whatever fails. */
async function sendSome(run: Run, due: readonly Placed[]): Promise<void> {
  const { inFlight, clock } = run.deps
  const waiting = due.values()
  const work = async (): Promise<void> => {
    for (const delivery of waiting) {
      const most = mayBeUnderWay(run.health, clock.now(), inFlight)
      if (run.isOver || !hasTime(run) || run.underWay >= most) return
      run.underWay += 1
      try {
        await attempt(run, delivery)
      } finally {
        run.underWay -= 1
      }
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: inFlight }, work))
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed) throw failed.reason
}

interface Seen {
  /** The ones that were due first come first. */
  readonly due: readonly Placed[]
  /** When the first of the others is due. */
  readonly next: number | undefined
}

async function look(run: Run): Promise<Seen> {
  const heads = await Promise.all(pendingPartitions(run.webhookId).map((partition) => headOf(run, partition)))
  const now = run.deps.clock.now()
  const all = heads.flat().toSorted((a, b) => timeOf(a) - timeOf(b))
  return {
    due: all.filter((delivery) => isDue(delivery, now)),
    next: all.find((delivery) => !isDue(delivery, now))?.nextAt,
  }
}

const timeOf = ({ nextAt = 0 }: Placed): number => nextAt

/** The first deliveries of a partition, but for those that the index shows as they were. */
async function headOf({ deps: { store }, handled }: Run, partition: string): Promise<readonly Placed[]> {
  let cursor: string | undefined
  do {
    const page = await store.query({ index: 'pending', partition, limit: perPartition, cursor })
    const known = page.items.filter(({ sk, version }: Item) => version >= (handled.get(sk) ?? 0))
    if (known.length > 0) return known.map(deliveryOf)
    cursor = page.cursor
  } while (cursor !== undefined)
  return []
}

/** Ends the run, and has the endpoint woken then. True where it goes on, as something came meanwhile. */
async function release(run: Run, wakeAt: number, next?: number): Promise<boolean> {
  const { deps, webhookId } = run
  const { leasedUntil: _, again: __, holder: ___, sentFor = 0, ...pump } = run.item.pump
  const now = deps.clock.now()
  const seconds = next === undefined ? Infinity : Math.ceil((next - now) / 1_000)
  const isKnown = sentFor > now && sentFor <= (next ?? 0) + 1_000
  const sends = next !== undefined && seconds <= longestDelaySeconds && !isKnown
  const after: Pump = {
    ...pump,
    health: run.health,
    wakeAt: minuteAfter(wakeAt),
    ...(sends ? { sentFor: next } : sentFor > now && { sentFor }),
  }
  const released = await releaseLease(deps, webhookId, run.item, after)
  if (released.how === 'kept') {
    run.item = released.item
    const { health } = released.item.pump
    if (health.activation > run.health.activation) run.health = health
    run.isOver = false
    return true
  }
  if (released.how === 'released' && sends)
    await deps.wakeUps.wake(webhookId, Math.max(1, seconds)).catch((error: Error) => {
      // The sweep wakes it a little later.
      logger.warn('not woken', { webhookId, error })
    })
  return false
}
