import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { liveProvider } from '../payments/adapters/stage-provider.ts'
import { clientSettings } from '../runtime/aws.ts'
import { systemClock } from '../runtime/clock.ts'
import { env, required } from '../runtime/env.ts'
import { type Sources, dynamoTables } from './adapters/tables.dynamodb.ts'
import { reconcileOnce } from './on/day.ts'

/** Every day: holds the tables of all services against each other, and payments against the card provider. It reads for long, and waits out what a table refuses meanwhile. */
export const handler = async (): Promise<void> => {
  const names = JSON.parse(required(env.tables)) as Sources['names']
  const client = new DynamoDBClient({ ...clientSettings, maxAttempts: 10 })
  await reconcileOnce(dynamoTables({ client, names }), systemClock.now(), liveProvider().list)
}
