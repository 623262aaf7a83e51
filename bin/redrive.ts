import { S3Client } from '@aws-sdk/client-s3'
import { SQSClient } from '@aws-sdk/client-sqs'
import { parseArgs } from 'node:util'
import { placeOptions, placeUsage, settingsOf } from './place.ts'
import { chosen } from './redrive/dead-letters.ts'
import { destinationsOf } from './redrive/destinations.ts'

const usage = `Sends what failed again: messages to the queue that they came from or never reached, records of streams to the
spill queue of their relay, which publishes them.

  npm run redrive                  lists the queues and buckets for what failed, and how much is in them
  npm run redrive -- NAME          NAME is one of these or a part of it, such as orders-EventsDead
    --to QUEUE       another queue than its own
${placeUsage}
`

const options = { ...placeOptions, to: { type: 'string' } } as const

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options, allowPositionals: true })
  if (values.help) return console.log(usage)
  const settings = await settingsOf(values)
  const clients = { sqs: new SQSClient(settings), s3: new S3Client({ ...settings, forcePathStyle: !values.aws }) }
  const { queues, destinations } = await destinationsOf(clients, `Holdfast-${values.stage ? `${values.stage}-` : ''}`)
  const [wanted] = positionals
  if (wanted === undefined) {
    for (const { name, depth } of destinations) console.log(`${String(depth).padStart(8)}  ${name}`)
    return undefined
  }
  const failed = chosen(destinations, wanted)
  const target = values.to === undefined ? failed.target : chosen(queues, values.to)
  if (target === undefined) throw new Error(`Nothing of ${failed.name} has to be sent again: see docs/runbooks.md.`)
  if (failed.depth === 0) return console.log(`${failed.name} is empty.`)
  const count = await failed.redriveTo(target, (sent) => console.log(`  ${sent} sent`))
  return console.log(`Sent ${count} from ${failed.name} to ${target.name}.`)
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
