import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { parseArgs } from 'node:util'
import { storeClientSettings } from '../functions/runtime/aws.ts'
import { systemClock } from '../functions/runtime/clock.ts'
import { dynamoStore } from '../functions/runtime/store.dynamodb.ts'
import { listAgain, listing } from './list-again/list-again.ts'
import { placeOptions, placeUsage, stageAt } from './place.ts'
import { progressOn } from './replay/progress.ts'
import { tableOf } from './table-of.ts'

const usage = `Brings the items of a service that an older release wrote into the lists that routes read. Again is harmless.

  npm run list-again -- --service catalog
    --service NAME   ${listing.join(', ')}
${placeUsage}
`

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { ...placeOptions, service: { type: 'string' } } })
  if (values.help) return console.log(usage)
  const service = listing.find((each) => each === values.service)
  if (service === undefined) throw new Error(`--service needs one of ${listing.join(', ')}.`)
  const { stage, settings } = await stageAt(values)
  const client = new DynamoDBClient(settings)
  const name = await tableOf(client, stage, service)
  const single = new DynamoDBClient({ ...settings, ...storeClientSettings })
  const [clock, random] = [systemClock, Math.random]
  const deps = { store: dynamoStore(single, name, { random, clock }), clock, random }
  const count = await listAgain(deps, { client, name }, service, progressOn(process.stderr))
  return console.log(`Brought ${count} items of ${service} into its lists.`)
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
