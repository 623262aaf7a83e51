import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { ListCharges } from '../../functions/operations/core/reconcile.ts'
import { providerOf } from '../../functions/payments/adapters/stage-provider.ts'
import { cardOutputs } from '../../lib/card-outputs.ts'
import type { FoundStage } from '../place.ts'

/** What lists the charges of the card provider of a stage; undefined where it keeps no list. */
export async function cardListOf({
  outputsOf,
  settings,
}: Pick<FoundStage, 'outputsOf' | 'settings'>): Promise<ListCharges | undefined> {
  const { [cardOutputs.name]: name, [cardOutputs.secret]: secretId } = await outputsOf('payments')
  if (name === undefined || secretId === undefined) return undefined
  return providerOf(name, () => ({ client: new SecretsManagerClient(settings), secretId })).list
}
