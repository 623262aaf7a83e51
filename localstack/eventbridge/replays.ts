import * as z from 'zod'
import { AwsError } from '../endpoint/aws-error.ts'
import type { Call, Operations } from '../endpoint/call.ts'
import type { Bus } from './bus.ts'

/** An archive of the templates. */
export interface NamedArchive {
  readonly name: string
  readonly arn: string
  readonly busArn: string
}

export interface ReplaysDeps {
  readonly buses: ReadonlyMap<string, Bus>
  readonly archives: readonly NamedArchive[]
}

const ListEventBuses = z.object({ NamePrefix: z.string().default('') })
const ListArchives = z.object({ EventSourceArn: z.string().optional() })
const ListRules = z.object({ EventBusName: z.string().default('default'), NamePrefix: z.string().default('') })
const StartReplay = z.object({
  ReplayName: z.string().regex(/^[\w.-]{1,64}$/),
  EventSourceArn: z.string(),
  /** In seconds since 1970. */
  EventStartTime: z.number(),
  EventEndTime: z.number(),
  Destination: z.object({ Arn: z.string(), FilterArns: z.array(z.string()).default([]) }),
})
const DescribeReplay = z.object({ ReplayName: z.string() })

/** EventBridge: replays of archives, and what finds them. A replay sends everything at once. */
export function replayOperations({ buses, archives }: ReplaysDeps): Operations {
  const replays = new Map<string, z.infer<typeof StartReplay>>()
  const all = [...buses.values()]
  return {
    ListEventBuses: (call) => {
      const { NamePrefix } = parse(ListEventBuses, call)
      const found = all.map(({ settings }) => settings).filter(({ name }) => name.startsWith(NamePrefix))
      return { EventBuses: found.map(({ name, arn }) => ({ Name: name, Arn: arn })) }
    },
    ListArchives: (call) => {
      const { EventSourceArn } = parse(ListArchives, call)
      const found = archives.filter(({ busArn }) => EventSourceArn === undefined || busArn === EventSourceArn)
      return {
        Archives: found.map(({ name, busArn }) => ({ ArchiveName: name, EventSourceArn: busArn, State: 'ENABLED' })),
      }
    },
    ListRules: (call) => {
      const { EventBusName, NamePrefix } = parse(ListRules, call)
      const bus = buses.get(EventBusName)
      if (bus === undefined) throw new AwsError('ResourceNotFoundException', `There is no bus ${EventBusName}.`)
      const found = bus.rules().filter(({ name }) => name.startsWith(NamePrefix))
      return { Rules: found.map(({ name, arn }) => ({ Name: name, Arn: arn, EventBusName })) }
    },
    StartReplay: (call) => {
      const replay = parse(StartReplay, call)
      const { ReplayName: name, EventSourceArn, EventStartTime, EventEndTime, Destination } = replay
      const archive = archives.find(({ arn }) => arn === EventSourceArn)
      const bus = all.find(({ settings }) => settings.arn === Destination.Arn)
      if (archive === undefined || bus === undefined || archive.busArn !== Destination.Arn)
        throw new AwsError('ValidationException', 'Events are replayed from an archive to the bus that they came from.')
      if (replays.has(name)) throw new AwsError('ResourceAlreadyExistsException', `Replay ${name} already exists.`)
      const arns = new Set(Destination.FilterArns)
      const rules = bus.rules().filter(({ arn }) => arns.has(arn))
      if (rules.length < arns.size) throw new AwsError('ResourceNotFoundException', 'A rule does not exist.')
      bus.replay(1_000 * EventStartTime, 1_000 * EventEndTime, {
        name,
        ...(arns.size > 0 && { rules: rules.map((rule) => rule.name) }),
      })
      replays.set(name, replay)
      return { ReplayArn: EventSourceArn.replace(/archive\/.*$/, `replay/${name}`), State: 'STARTING' }
    },
    DescribeReplay: (call) => {
      const { ReplayName } = parse(DescribeReplay, call)
      const replay = replays.get(ReplayName)
      if (replay === undefined) throw new AwsError('ResourceNotFoundException', `There is no replay ${ReplayName}.`)
      return { ...replay, State: 'COMPLETED' }
    },
  }
}

/** The input, of callers who may do everything: no function replays. */
function parse<Schema extends z.ZodType>(schema: Schema, call: Call): z.output<Schema> {
  call.authorize(`events:${call.operation}`, '*')
  const { data, error } = schema.safeParse(call.input)
  if (error) throw new AwsError('ValidationException', z.prettifyError(error))
  return data
}
