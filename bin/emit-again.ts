import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SQSClient } from '@aws-sdk/client-sqs'
import { parseArgs } from 'node:util'
import { systemClock } from '../functions/runtime/clock.ts'
import { services } from '../schemas/contract.ts'
import { emitAgain } from './emit-again/emit-again.ts'
import { placeOptions, placeUsage, stageAt } from './place.ts'
import { progressOn } from './replay/progress.ts'

const usage = `Emits the events of a service's items again, by the spill queue of its relay. Every consumer takes them twice without harm.

  npm run emit-again -- --service shipping --from 2026-11-28T10:00:00Z --to 2026-11-28T12:00:00Z
    --service NAME   ${services.join(', ')}
    --from TIME      of the last change of an item, in ISO 8601; default: all
    --to TIME        default: now
${placeUsage}
`

const options = {
  ...placeOptions,
  service: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
} as const

async function main(): Promise<void> {
  const { values } = parseArgs({ options })
  if (values.help) return console.log(usage)
  const service = services.find((each) => each === values.service)
  if (service === undefined) throw new Error(`--service needs one of ${services.join(', ')}.`)
  const span = { from: timeOf('from', values.from), to: timeOf('to', values.to) }
  const { stage, settings } = await stageAt(values)
  const clients = { dynamodb: new DynamoDBClient(settings), sqs: new SQSClient(settings) }
  const tools = { clock: systemClock, progress: progressOn(process.stderr) }
  const count = await emitAgain(clients, { stage, service, ...span }, tools)
  return console.log(`Sent ${count} items of ${service} to its relay.`)
}

function timeOf(name: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined
  const time = new Date(text)
  if (Number.isNaN(time.getTime())) throw new Error(`--${name} needs a time such as 2026-11-28T10:00:00Z.`)
  return time
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
