import { expect, it } from 'vitest'
import { systemClock } from '../../functions/runtime/clock.ts'
import { fuzz } from '../../bin/fuzz/fuzz.ts'
import { objections } from '../../bin/fuzz/table.ts'
import { silent } from '../../bin/replay/progress.ts'
import { signedIn } from '../../bin/replay/stack.ts'
import { webhookSecret } from './secrets.ts'
import { accounts, baseUrl, isLocal } from './target.ts'

it.runIf(isLocal)(
  'every route keeps its contract for good and bad requests, and stock and money reconcile afterwards',
  async () => {
    const stack = await signedIn(baseUrl, accounts.operator, systemClock)
    const findings = await fuzz(stack, {
      requests: 1_600,
      seed: 7,
      atOnce: 8,
      operator: accounts.operator,
      webhookSecret: await webhookSecret(),
      progress: silent,
    })
    expect(objections(findings)).toEqual([])
    expect(findings.routes.filter(({ succeeded }) => succeeded === 0)).toEqual([])
  },
  300_000,
)
