import type { routes } from '../../../schemas/operations.ts'
import type { Handler } from '../../runtime/http.ts'
import { type Ages, lateOf } from '../core/readiness.ts'
import type { OperationsDeps } from '../deps.ts'

/** Ages are read again after this long, in milliseconds: asking more often costs no more. */
const freshMs = 15_000

export function readiness({ readAges, clock }: OperationsDeps): Handler<typeof routes.readiness> {
  let known: { readonly at: number; readonly ages: Ages } | undefined
  return async ({ refuse }) => {
    const now = clock.now()
    if (known === undefined || now - known.at >= freshMs) known = { at: now, ages: await readAges() }
    const { queues, unfinished, sweeps } = known.ages
    const late = lateOf(known.ages)
    if (late.length > 0) throw refuse('not_ready', `Not ready: ${late.join('; ')}.`)
    const ended = sweeps.map(({ service, lastSweepSeconds = 0 }) => ({ service, lastSweepSeconds }))
    return {
      body: {
        status: 'ready',
        oldestMessageSeconds: Math.max(
          0,
          ...[...queues, ...unfinished].map(({ oldestMessageSeconds }) => oldestMessageSeconds),
        ),
        lastSweepSeconds: Math.max(0, ...ended.map(({ lastSweepSeconds }) => lastSweepSeconds)),
        queues: [...queues],
        unfinished: [...unfinished],
        sweeps: ended,
      },
    }
  }
}
