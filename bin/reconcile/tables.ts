import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { dynamoTables, reconciled } from '../../functions/operations/adapters/tables.dynamodb.ts'
import { type Reconciliation, reconcile } from '../../functions/operations/core/reconcile.ts'
import type { FoundStage } from '../place.ts'
import type { Progress } from '../replay/progress.ts'
import { tableOf } from '../table-of.ts'
import { cardListOf } from './card-list.ts'

/** Reconciles the tables of a stage, found by its name, and the list of its card provider since `sinceMs` before now. */
export async function reconcileStage(place: FoundStage, progress: Progress, sinceMs?: number): Promise<Reconciliation> {
  const { stage, settings, now } = place
  const client = new DynamoDBClient(settings)
  const found = await Promise.all(
    reconciled.map(async (service) => [service, await tableOf(client, stage, service)] as const),
  )
  const names = Object.fromEntries(found) as Record<(typeof reconciled)[number], string>
  const tables = dynamoTables({ client, names, step: () => progress.step() })
  const readAll = async () => {
    progress.start('reading', 0)
    const reading = await tables.readAll()
    progress.stop()
    return reading
  }
  const list = await cardListOf(place)
  return reconcile({ ...tables, readAll }, now, { list, ...(sinceMs !== undefined && { sinceMs }) })
}
