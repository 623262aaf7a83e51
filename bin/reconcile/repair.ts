import { countsText } from '../../functions/inventory/store/move-text.ts'
import { buckets } from '../../functions/inventory/core/movement.ts'
import { onHand } from '../../functions/inventory/core/level.ts'
import { digest } from '../../functions/runtime/ids.ts'
import type { Clock } from '../../functions/runtime/clock.ts'
import { maxUnits } from '../../schemas/shared.ts'
import type { Api } from '../../schemas/client.ts'
import { retryForMs, unlessRefused } from '../replay/persist.ts'
import type { Difference, Units } from '../../functions/operations/core/differences.ts'
import type { OddLevel, Reconciliation } from '../../functions/operations/core/reconcile.ts'

/** An adjustment that brings a level to what its movements make of it. */
export interface Proposal {
  readonly sku: string
  readonly warehouseId: string
  readonly delta: number
  /** Units on hand when the level was read: with others there, nothing is posted. */
  readonly expected: number
  readonly reason: string
  /** The same for the same difference. */
  readonly idempotencyKey: string
}

/** A difference that no adjustment mends, and what a person does about it. */
export interface Open {
  readonly difference: Difference
  readonly next: string
}

export interface RepairPlan {
  readonly proposals: readonly Proposal[]
  readonly open: readonly Open[]
}

/** Who confirms adjustments, and through what they are posted. */
interface Operator {
  readonly confirm: (question: string) => Promise<boolean>
  readonly api: () => Promise<Api>
  readonly clock: Clock
}

const runbook = 'docs/runbooks.md, "Reconciliation finds a difference"'

/** What a person does about what no adjustment mends. */
const nextSteps: Readonly<Record<Difference['kind'], string>> = {
  level: 'Count what is there, and put the stock item right while nothing of it is sold',
  ledger: 'Movements are missing or made up, or units changed that no adjustment touches: count what is there',
  held: 'No adjustment touches what is held: find the reservation that is wrong, or put the stock item right',
  coming: 'No adjustment touches what is on its way: find the supply that is wrong, or put the stock item right',
  order: 'Let orders and inventory emit again; cancel an order that still has no hold',
  money: 'Let payments and orders emit again; refund or correct what still differs',
  card: 'Compare the payment with what the provider shows of it; the money moves where it is wrong',
}

/**
 * What mends the differences. A level is brought to what its movements make of it where that takes available units alone: its movements
 * are all there, and what is held of it fits. Everything else is for a person to decide.
 */
export function planOf({ differences, oddLevels }: Pick<Reconciliation, 'differences' | 'oddLevels'>): RepairPlan {
  const mended = oddLevels.flatMap((level) => {
    const proposal = proposalFor(level)
    return proposal ? [{ level, proposal }] : []
  })
  const gone = new Set(mended.flatMap(({ level }) => level.differences.filter(({ kind }) => kind !== 'coming')))
  return {
    proposals: mended.map(({ proposal }) => proposal),
    open: differences
      .filter((difference) => !gone.has(difference))
      .map((difference) => ({ difference, next: `${nextSteps[difference.kind]} (${runbook}).` })),
  }
}

function proposalFor({
  sku,
  warehouseId,
  version,
  level,
  moved,
  recorded,
  differences,
}: OddLevel): Proposal | undefined {
  const delta = moved.available - level.available
  const isOfAvailable = delta !== 0 && buckets.every((each) => each === 'available' || level[each] === moved[each])
  // What the item has beside its record becomes a movement with the adjustment: only then both end up the same.
  const isRecorded = buckets.every((each) => recorded[each] === moved[each])
  const isWhole = isPossible(moved) && differences.every(({ kind }) => kind !== 'held')
  const expected = onHand(level)
  const canBeSent = Number.isInteger(expected) && expected >= 0 && Math.abs(delta) <= maxUnits
  if (!isOfAvailable || !isRecorded || !isWhole || !canBeSent) return undefined
  return {
    sku,
    warehouseId,
    delta,
    expected,
    reason: `Reconciliation: ${level.available} available, movements make ${moved.available}`,
    idempotencyKey: `reconcile-${digest(sku, warehouseId, String(version), countsText(level), countsText(moved))}`,
  }
}

const isPossible = (units: Units): boolean => buckets.every((each) => Number.isInteger(units[each]) && units[each] >= 0)

/**
 * Prints what would be done about each difference, and posts the adjustments that the operator confirms, through the API; without an operator
 * none. Returns how many were posted.
 */
export async function repair(
  { proposals, open }: RepairPlan,
  operator: Operator | undefined,
  print: (line: string) => void,
): Promise<number> {
  for (const { difference, next } of open) print(`By hand: ${difference.kind}: ${difference.of}: ${next}`)
  let posted = 0
  for (const proposal of proposals) {
    const what = textOf(proposal)
    print(`Proposed: ${what}`)
    if (!operator || !(await operator.confirm(`Post ${what}?`))) continue
    const outcome = await post(proposal, operator)
    const isPosted = !('problem' in outcome)
    if (isPosted) posted += 1
    print(isPosted ? `Posted: ${outcome.answer.level.available} are available now.` : `Refused: ${outcome.problem}`)
  }
  if (!operator && proposals.length > 0) print('Nothing is posted without a terminal to confirm it on, or --yes.')
  return posted
}

const textOf = ({ sku, warehouseId, delta, expected, reason }: Proposal): string =>
  `${delta > 0 ? '+' : ''}${delta} of ${sku} in ${warehouseId}, where ${expected} are on hand. ${reason}.`

async function post({ sku, warehouseId, delta, expected, reason, idempotencyKey }: Proposal, operator: Operator) {
  const api = await operator.api()
  const body = { warehouseId, delta, expected, reason }
  const { clock } = operator
  return unlessRefused(() => api.adjustStock({ params: { sku }, idempotencyKey, body }), { clock, forMs: retryForMs })
}
