import type { Assembly, Resource } from './assembly.ts'
import { Bus, type BusDeps, type RuleSettings } from '../eventbridge/bus.ts'
import type { Deliveries } from './deliveries.ts'
import type { TimeLapse } from '../clock/time-lapse.ts'

/** How many of the last events each bus keeps to be read. */
const keptEvents = 1_000

export interface BusesDeps extends BusDeps {
  readonly deliveries: Deliveries
  readonly timeLapse: TimeLapse
}

/** The buses of the templates and the default one, by name, with their rules. */
export function deployBuses(assembly: Assembly, deps: BusesDeps): ReadonlyMap<string, Bus> {
  const { account, region } = assembly.place
  const defaultBus = { name: 'default', arn: `arn:aws:events:${region}:${account}:event-bus/default` }
  const archives = assembly.of('AWS::Events::Archive').map(({ properties }) => properties)
  const buses = new Map(
    [defaultBus, ...assembly.of('AWS::Events::EventBus')].map(({ name, arn }) => {
      const pattern = archives.find(({ SourceArn }) => SourceArn === arn)?.EventPattern
      const archive = { capacity: keptEvents, ...(pattern !== undefined && { pattern }) }
      return [name, new Bus({ name, arn, account, region, archive }, deps)]
    }),
  )
  for (const rule of assembly.of('AWS::Events::Rule')) {
    const { EventBusName } = rule.properties
    const name = EventBusName.slice(EventBusName.lastIndexOf('/') + 1)
    const bus = buses.get(name)
    if (bus === undefined) throw new Error(`${rule.stack}/${rule.logicalId}: there is no bus ${name}.`)
    bus.putRule(settingsOf(rule, deps))
  }
  return buses
}

function settingsOf(
  { name, arn, properties }: Resource<'AWS::Events::Rule'>,
  { clock, deliveries, timeLapse }: BusesDeps,
): RuleSettings {
  const { EventPattern: pattern, ScheduleExpression: schedule, State, Targets } = properties
  return {
    name,
    arn,
    enabled: State === 'ENABLED',
    ...(pattern !== undefined && { pattern }),
    ...(schedule !== undefined && { schedule }),
    targets: Targets.map(({ Id, Arn, Input, DeadLetterConfig, RetryPolicy }) => ({
      id: Id,
      arn: Arn,
      deliver: async (event, traceHeader) => {
        if (schedule !== undefined && timeLapse.skips(arn, clock.now())) return
        deliveries.byRule(arn, Arn, Input ?? JSON.stringify(event), traceHeader)
      },
      retry: {
        ...(RetryPolicy?.MaximumRetryAttempts !== undefined && {
          maximumRetryAttempts: RetryPolicy.MaximumRetryAttempts,
        }),
        ...(RetryPolicy?.MaximumEventAgeInSeconds !== undefined && {
          maximumEventAgeSeconds: RetryPolicy.MaximumEventAgeInSeconds,
        }),
      },
      ...(DeadLetterConfig && {
        deadLetter: async (message) => deliveries.deadLetterByRule(arn, DeadLetterConfig.Arn, message),
      }),
    })),
  }
}
