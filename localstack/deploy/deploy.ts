import type { EdgeCache } from '../cloudfront/edge-cache.ts'
import { cloudWatchOperations } from '../cloudwatch/api.ts'
import { embeddedMetrics } from '../cloudwatch/embedded-metrics.ts'
import { cognitoOperations, keySets } from '../cognito/api.ts'
import { openNames } from '../cognito/open-api.ts'
import { dynamoOperations } from '../dynamodb/api.ts'
import type { DynamoEmulator } from '../dynamodb/emulator.ts'
import { eventsOperations } from '../eventbridge/api.ts'
import { type NamedArchive, replayOperations } from '../eventbridge/replays.ts'
import { schedulerOperations, schedulerRoute } from '../scheduler/api.ts'
import { secretsOperations } from '../secretsmanager/api.ts'
import { s3Api } from '../s3/api.ts'
import type { Bucket } from '../s3/bucket.ts'
import { sesOperations, sesRoute } from '../ses/api.ts'
import type { MailService } from '../ses/mail-service.ts'
import type { Topic } from '../sns/topic.ts'
import { sqsOperations } from '../sqs/api.ts'
import type { Assembly } from './assembly.ts'
import { AsyncInvocations } from '../lambda/async-invocations.ts'
import type { EndpointDeps, ServiceApi } from '../endpoint/aws-endpoint.ts'
import type { Bus } from '../eventbridge/bus.ts'
import { CallCounts } from '../endpoint/call-counts.ts'
import type { RealClock } from '../clock/clock.ts'
import { AccessKeys } from '../endpoint/access-keys.ts'
import { Deliveries } from './deliveries.ts'
import { deployApi } from './http-api.ts'
import { deployWebSocketApi } from './websocket-api.ts'
import { deployBuckets, notifyOf } from './buckets.ts'
import { deployBuses } from './buses.ts'
import { deployDistributions } from './distributions.ts'
import { deployFunctions } from './functions.ts'
import { deployMails } from './mails.ts'
import { type Metrics, deployMetrics, watchAlarms } from './metrics.ts'
import { deployQueues } from './queues.ts'
import { type Sources, deploySources } from './event-sources.ts'
import { type DeployedTable, deployTables } from './tables.ts'
import { deployTopics } from './topics.ts'
import { deployUsers } from './user-pools.ts'
import { Faults } from '../endpoint/faults.ts'
import { Outages } from '../endpoint/outages.ts'
import { connectionsApi } from '../apigateway/connections-api.ts'
import type { ApiSettings } from '../apigateway/http-api.ts'
import type { WebSocketApi } from '../apigateway/websocket-api.ts'
import { deployIam } from './policies.ts'
import type { LocalFunction, LogLine } from '../lambda/local-function.ts'
import type { Queue } from '../sqs/queue.ts'
import { Scheduler } from '../scheduler/scheduler.ts'
import { deploySecrets } from './secrets.ts'
import { TimeLapse } from '../clock/time-lapse.ts'
import { type SamplingRule, Tracer } from '../xray/tracer.ts'
import type { UserPool } from '../cognito/user-pool.ts'

export interface DeployDeps {
  readonly clock: RealClock
  readonly emulator: DynamoEmulator
  readonly log: (line: LogLine) => void
}

/** Everything that the templates ask for, running. */
export interface Deployment extends Sources {
  readonly assembly: Assembly
  readonly clock: RealClock
  readonly timeLapse: TimeLapse
  readonly tables: readonly DeployedTable[]
  /** All by name. */
  readonly queues: ReadonlyMap<string, Queue>
  readonly buckets: ReadonlyMap<string, Bucket>
  readonly buses: ReadonlyMap<string, Bus>
  readonly functions: ReadonlyMap<string, LocalFunction>
  readonly pools: ReadonlyMap<string, UserPool>
  /** By ARN. */
  readonly topics: ReadonlyMap<string, Topic>
  readonly mails: MailService
  readonly asyncInvocations: readonly AsyncInvocations[]
  readonly scheduler: Scheduler
  readonly counts: CallCounts
  readonly faults: Faults
  readonly outages: Outages
  readonly metrics: Metrics
  readonly tracer: Tracer
  readonly api: ApiSettings
  /** Where the templates have one. */
  readonly webSocketApi: WebSocketApi | undefined
  /** By id. */
  readonly distributions: ReadonlyMap<string, EdgeCache>
  readonly endpoint: EndpointDeps
}

/** Makes what the assembly describes. Event sources are not started yet. */
export async function deploy(assembly: Assembly, deps: DeployDeps): Promise<Deployment> {
  const { clock, emulator } = deps
  const { region, account, endpoint } = assembly.place
  const random = Math.random
  const iam = deployIam(assembly)
  const keys = new AccessKeys()
  const counts = new CallCounts()
  const outages = new Outages()
  const tables = await deployTables(assembly, emulator)
  const queues = deployQueues(assembly, { clock, random })
  const buckets = deployBuckets(assembly, () => clock.now())
  const metrics = deployMetrics(assembly, queues, buckets)
  const log = (line: LogLine): void => {
    for (const { id, value, time } of embeddedMetrics(line.text)) metrics.store.add(id, value, time)
    deps.log(line)
  }
  const tracer = new Tracer({ now: () => clock.now(), random, rules: samplingRulesOf(assembly) })
  const functions = deployFunctions(assembly, { clock, keys, log, metrics: metrics.store, tracer })
  const pools = await deployUsers(assembly, { iam, functions, now: () => clock.now() })
  const faults = new Faults((name, accessKeyId) => functions.get(name)?.kill(accessKeyId))
  const queuesByArn = new Map(Array.from(queues.values(), (queue) => [queue.settings.arn, queue]))
  const invocations = new Map<string, AsyncInvocations>()
  const deliveries = new Deliveries({
    iam,
    outages,
    account,
    region,
    queues: queuesByArn,
    buckets,
    functions: invocations,
  })
  for (const each of asyncInvocationsOf(assembly, functions, deliveries, clock))
    invocations.set(each.settings.functionArn, each)
  notifyOf(assembly, buckets, deliveries)
  const timeLapse = new TimeLapse()
  const scheduler = deployScheduler(assembly, deliveries, { clock, random, timeLapse })
  const buses = deployBuses(assembly, { clock, random, deliveries, timeLapse })
  const sources = deploySources(assembly, { ...deps, random, iam, tables, functions, deliveries, timeLapse })
  const topics = deployTopics(assembly, { clock, random, deliveries })
  const mails = deployMails(assembly, { clock, random, iam, topics })
  watchAlarms(assembly, metrics, { clock, iam, topics })
  const dynamodb = dynamoOperations({
    emulator,
    region,
    account,
    countUnits: ({ operation, caller }, units) => counts.addUnits('dynamodb', operation, caller.name, units),
    written: (names) => names.forEach((name) => sources.streamReaders.get(name)?.wake()),
  })
  const webSocketApi = deployWebSocketApi(assembly, { iam, functions, clock })
  const services = {
    DynamoDB_20120810: json('dynamodb', '1.0', dynamodb),
    AmazonSQS: json('sqs', '1.0', sqsOperations({ queues, endpoint, account })),
    GraniteServiceVersion20100801: json(
      'cloudwatch',
      '1.0',
      cloudWatchOperations(metrics.store, () => clock.now()),
    ),
    AWSEvents: json('events', '1.1', {
      ...eventsOperations({ buses, region, account, tracer }),
      ...replayOperations({ buses, archives: archivesOf(assembly) }),
    }),
    AWSCognitoIdentityProviderService: { ...json('cognito-idp', '1.1', cognitoOperations(pools)), open: openNames },
    secretsmanager: json('secretsmanager', '1.1', secretsOperations(deploySecrets(assembly, { clock, random }))),
    s3: s3Api(buckets, () => clock.now()),
    ses: {
      name: 'ses',
      contentType: 'application/json',
      route: sesRoute,
      operations: sesOperations({ mails, region, account }),
    },
    scheduler: {
      name: 'scheduler',
      contentType: 'application/json',
      route: schedulerRoute,
      operations: schedulerOperations({ scheduler, region, account }),
    },
    ...(webSocketApi && { 'execute-api': connectionsApi(webSocketApi) }),
  }
  return {
    ...sources,
    assembly,
    clock,
    timeLapse,
    tables,
    queues,
    buckets,
    buses,
    functions,
    pools,
    topics,
    mails,
    asyncInvocations: [...invocations.values()],
    scheduler,
    counts,
    faults,
    outages,
    metrics,
    tracer,
    api: deployApi(assembly, { iam, functions, pools, now: () => clock.now() }),
    webSocketApi,
    distributions: deployDistributions(assembly, () => clock.now()),
    endpoint: {
      keys,
      iam,
      counts,
      tracer,
      faults,
      outages,
      services,
      now: () => clock.now(),
      pages: keySets(pools),
    },
  }
}

const json = (name: string, version: '1.0' | '1.1', operations: ServiceApi['operations']): ServiceApi => ({
  name,
  contentType: `application/x-amz-json-${version}`,
  operations,
})

const samplingRulesOf = (assembly: Assembly): SamplingRule[] =>
  assembly.of('AWS::XRay::SamplingRule').map(({ properties: { SamplingRule } }) => ({
    priority: SamplingRule.Priority,
    rate: SamplingRule.FixedRate,
    prefix: SamplingRule.ServiceName.slice(0, -1),
  }))

const archivesOf = (assembly: Assembly): NamedArchive[] =>
  assembly.of('AWS::Events::Archive').map(({ name, arn, properties }) => ({ name, arn, busArn: properties.SourceArn }))

function asyncInvocationsOf(
  assembly: Assembly,
  functions: ReadonlyMap<string, LocalFunction>,
  deliveries: Deliveries,
  clock: RealClock,
): AsyncInvocations[] {
  const configs = assembly.of('AWS::Lambda::EventInvokeConfig')
  return assembly.of('AWS::Lambda::Function').flatMap(({ name, arn, properties: { Role, DeadLetterConfig } }) => {
    const fn = functions.get(name)
    if (fn === undefined) return []
    const config = configs.find(({ properties: { FunctionName } }) => FunctionName === name || FunctionName === arn)
    const sender = (queueArn: string | undefined) =>
      queueArn === undefined
        ? undefined
        : async (message: Parameters<Deliveries['byRole']>[2]) => deliveries.byRole(Role, queueArn, message)
    return new AsyncInvocations(
      {
        functionArn: arn,
        maximumRetryAttempts: config?.properties.MaximumRetryAttempts,
        maximumEventAgeSeconds: config?.properties.MaximumEventAgeInSeconds,
      },
      {
        clock,
        invoke: (event) => fn.invoke(event),
        deadLetter: sender(DeadLetterConfig?.TargetArn),
        onFailure: sender(config?.properties.DestinationConfig?.OnFailure?.Destination),
      },
    )
  })
}

function deployScheduler(
  assembly: Assembly,
  deliveries: Deliveries,
  deps: { readonly clock: RealClock; readonly random: () => number; readonly timeLapse: TimeLapse },
): Scheduler {
  const { account, region } = assembly.place
  const scheduler = new Scheduler(
    { account, region },
    {
      ...deps,
      deliver: async ({ Arn, RoleArn }, input, { GroupName }) => deliveries.bySchedule(GroupName, RoleArn, Arn, input),
      deadLetter: async (queueArn, message) => void deliveries.queue(queueArn).send(message),
      runsAt: (due) => deps.timeLapse.runsAt(due),
    },
  )
  for (const { name } of assembly.of('AWS::Scheduler::ScheduleGroup')) scheduler.createGroup(name)
  for (const { name, properties } of assembly.of('AWS::Scheduler::Schedule')) {
    const { GroupName, ScheduleExpression, FlexibleTimeWindow, State, Target } = properties
    scheduler.create({
      Name: name,
      GroupName,
      ScheduleExpression,
      FlexibleTimeWindow,
      State,
      Target: {
        Arn: Target.Arn,
        RoleArn: Target.RoleArn,
        ...(Target.Input !== undefined && { Input: Target.Input }),
        ...(Target.DeadLetterConfig && { DeadLetterConfig: Target.DeadLetterConfig }),
        ...(Target.RetryPolicy && { RetryPolicy: retryPolicyOf(Target.RetryPolicy) }),
      },
    })
  }
  return scheduler
}

const retryPolicyOf = (policy: {
  readonly MaximumRetryAttempts?: number | undefined
  readonly MaximumEventAgeInSeconds?: number | undefined
}) => ({
  ...(policy.MaximumRetryAttempts !== undefined && { MaximumRetryAttempts: policy.MaximumRetryAttempts }),
  ...(policy.MaximumEventAgeInSeconds !== undefined && { MaximumEventAgeInSeconds: policy.MaximumEventAgeInSeconds }),
})
