import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { parseArgs } from 'node:util'
import { systemClock } from '../functions/runtime/clock.ts'
import { services } from '../schemas/contract.ts'
import { placeOptions, placeUsage, stageAt } from './place.ts'
import { replayArchive } from './replay-events/replay-archive.ts'
import { serviceOf, spanOptions, timeOf } from './span.ts'

const usage = `Sends archived events of the bus to one service again. It takes those that it knows without harm.

  npm run replay-events -- --from 2026-11-28T10:00:00Z --to 2026-11-28T12:00:00Z --service orders
    --from TIME      of the first event, in ISO 8601
    --to TIME        after the last event; default: now. AWS archives events up to ten minutes late
    --service NAME   ${services.join(', ')}, or feed
${placeUsage}
`

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { ...placeOptions, ...spanOptions } })
  if (values.help) return console.log(usage)
  const request = {
    from: timeOf('from', values.from),
    to: values.to === undefined ? new Date() : timeOf('to', values.to),
    service: values.service === 'feed' ? ('feed' as const) : serviceOf(values.service),
  }
  const found = await stageAt(values)
  return replayArchive(new EventBridgeClient(found.settings), found, request, { clock: systemClock, report })
}

const report = (state: string): void => console.log(state)

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
