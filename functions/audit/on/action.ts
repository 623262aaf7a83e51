import type { Action } from '../../../schemas/action.ts'
import type { Envelope } from '../../../schemas/contract.ts'
import { derivedId } from '../../runtime/ids.ts'
import type { AuditDeps } from '../deps.ts'
import { recordWrites } from '../store/record-item.ts'

/** Keeps the record of an action, which nothing changes or removes again: in each of its lists, where it is not there yet. */
export function onAction({ store }: AuditDeps) {
  return async ({ id, time: at, data }: Envelope<Action>): Promise<void> => {
    const writes = recordWrites({ id: derivedId('act', id), at, ...data })
    await Promise.all(writes.map((write) => store.write(write)))
  }
}
