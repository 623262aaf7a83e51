import {
  DescribeReplayCommand,
  type EventBridgeClient,
  ListArchivesCommand,
  ListEventBusesCommand,
  ListRulesCommand,
  StartReplayCommand,
} from '@aws-sdk/client-eventbridge'
import type { Clock } from '../../functions/runtime/clock.ts'
import type { Service } from '../../schemas/contract.ts'
import type { FoundStage } from '../place.ts'

/** The events of a span of time that one service receives again. */
export interface ReplayRequest {
  readonly from: Date
  readonly to: Date
  readonly service: Consuming
}

/** A service, or the feed, which has a rule of its own. */
export type Consuming = Service | 'feed'

/** How often a replay is asked for its state, in milliseconds. */
const pollMs = 2_000

/**
 * Sends the archived events of that time to the rule of one service, or of the feed, again, and to no other. Reports each new state, and returns once
 * all are sent. Throws an error of one line where the stage has no archive, or the service no rule.
 */
export async function replayArchive(
  client: EventBridgeClient,
  { stage, outputs }: Pick<FoundStage, 'stage' | 'outputs'>,
  { from, to, service }: ReplayRequest,
  { clock, report }: { readonly clock: Clock; readonly report: (state: string) => void },
): Promise<void> {
  const name = outputs['EventBusName'] ?? ''
  const { EventBuses = [] } = await client.send(new ListEventBusesCommand({ NamePrefix: name }))
  const busArn = EventBuses.find(({ Name }) => Name === name)?.Arn
  if (busArn === undefined) throw new Error(`Stage ${stage} has no bus ${name}.`)
  const { Archives = [] } = await client.send(new ListArchivesCommand({ EventSourceArn: busArn }))
  const archive = Archives[0]?.ArchiveName
  if (archive === undefined) throw new Error(`Stage ${stage} has no archive: archiveDays in lib/stages.ts is 0.`)
  const rule = await ruleOf(client, name, `Holdfast-${stage}-${ruleName(service)}`)
  const ReplayName = `${service}-${clock.now()}`
  await client.send(
    new StartReplayCommand({
      ReplayName,
      Description: `The events of ${service} again`,
      EventSourceArn: `${busArn.slice(0, busArn.indexOf(':event-bus/'))}:archive/${archive}`,
      EventStartTime: from,
      EventEndTime: to,
      Destination: { Arn: busArn, FilterArns: [rule] },
    }),
  )
  for (let known = ''; ; await clock.sleep(pollMs)) {
    const { State = '', StateReason } = await client.send(new DescribeReplayCommand({ ReplayName }))
    if (State !== known) report(`${ReplayName}: ${State}`)
    if (State === 'COMPLETED') return
    if (State === 'FAILED' || State === 'CANCELLED') throw new Error(`${ReplayName}: ${State} ${StateReason ?? ''}`)
    known = State
  }
}

const ruleName = (service: Consuming): string =>
  service === 'feed' ? 'notifications-FeedRule' : `${service}-EventsRule`

async function ruleOf(client: EventBridgeClient, EventBusName: string, prefix: string): Promise<string> {
  const { Rules = [] } = await client.send(new ListRulesCommand({ EventBusName, NamePrefix: prefix }))
  const arn = Rules[0]?.Arn
  if (arn === undefined) throw new Error(`The bus has no rule ${prefix}...: does that service consume events?`)
  return arn
}
