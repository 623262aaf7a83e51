import { SQSClient } from '@aws-sdk/client-sqs'
import { parseArgs } from 'node:util'
import { placeOptions, placeUsage, settingsOf } from './place.ts'
import { chosen, nameOf, queuesOf, redrive } from './redrive/dead-letters.ts'

const usage = `Sends the messages of a dead-letter queue back to the queue that they came from.

  npm run redrive                          lists the dead-letter queues and how much is in them
  npm run redrive -- QUEUE                 QUEUE is a queue's name or a part of it, such as orders-EventsDead
    --to QUEUE       another queue than the one they came from; needed for messages that never reached a queue
                     (EventsUndelivered, TimersDeadLetters), which belong into the EventsQueue of their service
${placeUsage}
`

const options = { ...placeOptions, to: { type: 'string' } } as const

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options, allowPositionals: true })
  if (values.help) return console.log(usage)
  const client = new SQSClient(await settingsOf(values))
  const queues = await queuesOf(client, values.stage && `Holdfast-${values.stage}-`)
  const [wanted] = positionals
  if (wanted === undefined) {
    for (const { name, depth } of queues) if (/Dead|Undelivered|Failures|Missed/.test(name)) show(name, depth)
    return undefined
  }
  const sources = queues.filter(({ sourceUrl }) => values.to !== undefined || sourceUrl !== undefined)
  const queue = chosen(sources, wanted)
  const targetUrl = values.to === undefined ? queue.sourceUrl : chosen(queues, values.to).url
  if (targetUrl === undefined) throw new Error(`No queue redrives to ${queue.name}: pass --to.`)
  if (queue.depth === 0) return console.log(`${queue.name} is empty.`)
  const count = await redrive(client, queue, targetUrl, (moved) => console.log(`  ${moved} of ${queue.depth}`))
  return console.log(`Sent ${count} messages of ${queue.name} to ${nameOf(targetUrl)}.`)
}

const show = (name: string, depth: number): void => console.log(`${String(depth).padStart(8)}  ${name}`)

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
