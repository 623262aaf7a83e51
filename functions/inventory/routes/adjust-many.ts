import type { routes } from '../../../schemas/inventory.ts'
import { keptUntil } from '../../runtime/idempotent-commit.ts'
import { canonical, digest } from '../../runtime/ids.ts'
import type { Handler } from '../../runtime/http.ts'
import type { InventoryDeps } from '../deps.ts'
import { adjustRows } from './adjustment-writes.ts'

/** How long skus are begun, in milliseconds: half of the time that an API function has. */
const beginsForMs = 5_000
/** When the result of each row stands, in milliseconds after the beginning, whatever is under way. */
const endsAfterMs = 8_000

/** Sent again, rows that are done have their first results again: a request that got no answer is simply repeated. */
export function adjustMany(deps: InventoryDeps): Handler<typeof routes.adjustMany> {
  return async ({ body: { rows: sent, policy }, caller, requestId }) => {
    const at = deps.clock.now()
    const rows = sent.map((row) => ({ row, id: rowId(caller.id, row.key), hash: digest(canonical(row)) }))
    const origin = { cause: requestId, by: caller.id }
    const times = { lastBegin: at + beginsForMs, end: at + endsAfterMs, ttl: keptUntil(at) }
    return { body: { rows: await adjustRows(deps, { rows, together: policy === 'sku', origin, ...times }) } }
  }
}

/** The name of a row among all that a caller ever sends. */
export const rowId = (callerId: string, key: string): string => digest(callerId, 'row', key)
