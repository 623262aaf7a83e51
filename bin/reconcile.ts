import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { parseArgs } from 'node:util'
import { placeOptions, placeUsage, stageAt } from './place.ts'
import { reconcile } from './reconcile/reconcile.ts'
import { progressOn } from './replay/progress.ts'

const usage = `Holds stock against its movements and reservations, and orders against their reservations and payments. Changes nothing.
Works while orders flow; ends with 1 where something does not fit together.

  npm run reconcile
${placeUsage}
`

async function main(): Promise<void> {
  const { values } = parseArgs({ options: placeOptions })
  if (values.help) return console.log(usage)
  const { stage, settings, now } = await stageAt(values)
  const tables = { client: new DynamoDBClient(settings), stage }
  const { skus, orders, differences, moving } = await reconcile(tables, {
    now,
    progress: progressOn(process.stderr),
  })
  console.log(`Read ${skus} skus and ${orders} orders.`)
  if (moving.length > 0) console.log(`${moving.length} skus moved in every reading: run it again for them.`)
  for (const { kind, of, detail } of differences) console.log(`${kind}: ${of}: ${detail}`)
  console.log(
    differences.length === 0 ? 'Everything fits together.' : `${differences.length} things do not fit together.`,
  )
  if (differences.length > 0) process.exitCode = 1
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
