import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SQSClient } from '@aws-sdk/client-sqs'
import { parseArgs } from 'node:util'
import { systemClock } from '../functions/runtime/clock.ts'
import { services } from '../schemas/contract.ts'
import { emitAgain } from './emit-again/emit-again.ts'
import { placeOptions, placeUsage, stageAt } from './place.ts'
import { progressOn } from './replay/progress.ts'
import { serviceOf, spanOptions, timeOf } from './span.ts'

const usage = `Emits the events of a service's items again, by the spill queue of its relay. Every consumer takes them twice without harm.

  npm run emit-again -- --service shipping --from 2026-11-28T10:00:00Z --to 2026-11-28T12:00:00Z
    --service NAME   ${services.join(', ')}
    --from TIME      of the last change of an item, in ISO 8601; default: all
    --to TIME        default: now
${placeUsage}
`

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { ...placeOptions, ...spanOptions } })
  if (values.help) return console.log(usage)
  const service = serviceOf(values.service)
  const span = {
    from: values.from === undefined ? undefined : timeOf('from', values.from),
    to: values.to === undefined ? undefined : timeOf('to', values.to),
  }
  const { stage, settings } = await stageAt(values)
  const clients = { dynamodb: new DynamoDBClient(settings), sqs: new SQSClient(settings) }
  const tools = { clock: systemClock, progress: progressOn(process.stderr) }
  const count = await emitAgain(clients, { stage, service, ...span }, tools)
  return console.log(`Sent ${count} items of ${service} to its relay.`)
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
