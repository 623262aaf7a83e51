import { Dashboard, GraphWidget, type IMetric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { Duration, type Stack } from 'aws-cdk-lib/core'
import { Construct, type IConstruct } from 'constructs'
import { metric } from '../../functions/runtime/metrics.ts'
import { events as orderEvents } from '../../schemas/orders.ts'
import { events as paymentEvents } from '../../schemas/payments.ts'
import { events as shipmentEvents } from '../../schemas/shipping.ts'
import type { Kind } from '../entry.ts'
import type { PlatformStack } from '../platform-stack.ts'
import type { ServiceStack } from '../service-stack.ts'
import type { Stage } from '../stages.ts'
import { minute, percentage } from './alarms.ts'
import { DeadLetterQueue } from './dead-letter-queue.ts'
import { LostRecords } from './lost-records.ts'
import { counted, oldestUnfinished, published } from './own-metrics.ts'
import { ServiceFunction } from './service-function.ts'

export interface OverviewProps {
  readonly stage: Stage
  readonly platform: PlatformStack
  readonly services: readonly ServiceStack[]
  /** All of them. */
  readonly stacks: readonly Stack[]
}

interface Graph {
  readonly title: string
  readonly metrics: readonly IMetric[]
}

/** One dashboard for the whole stage: a line for each function, queue and table, under their own names. */
export class Overview extends Construct {
  constructor(scope: Construct, id: string, props: OverviewProps) {
    super(scope, id)
    const graphs = [...ordersOf(props), ...requestsOf(props), ...functionsOf(props), ...queuesOf(props)]
    const widgets = graphs.map(({ title, metrics }) => new GraphWidget({ title, left: [...metrics], width: 12 }))
    new Dashboard(this, 'Dashboard', {
      widgets: widgets.flatMap((_, index) => (index % 2 === 0 ? [widgets.slice(index, index + 2)] : [])),
    })
  }
}

function ordersOf({ stage, services }: OverviewProps): Graph[] {
  const { orderPlaced, orderReserved, orderConfirmed, orderCompleted } = orderEvents
  const { orderRejected, orderPaymentFailed, orderCancelled, orderExpired } = orderEvents
  const { paymentCompleted, paymentRefunded, paymentDeclined } = paymentEvents
  const { shipmentCreated, shipmentDispatched, shipmentDelivered } = shipmentEvents
  const payments = { service: 'payments', stage } as const
  const sweeping = services.filter(({ sweeper }) => sweeper)
  const events = (...contracts: readonly Parameters<typeof published>[1][]) =>
    contracts.map((contract) => published({ stage }, contract, { label: contract.name }))
  return [
    { title: 'Orders on their way', metrics: events(orderPlaced, orderReserved, orderConfirmed, orderCompleted) },
    {
      title: 'Orders that ended',
      metrics: events(orderRejected, orderPaymentFailed, orderCancelled, orderExpired),
    },
    { title: 'Parcels', metrics: events(shipmentCreated, shipmentDispatched, shipmentDelivered) },
    { title: 'Payments', metrics: events(paymentCompleted, paymentRefunded, paymentDeclined) },
    {
      title: 'Card provider',
      metrics: [metric.providerAsked, metric.providerUnanswered, metric.paymentsOnHold, metric.unknownPayments].map(
        (name) => counted(payments, name, { label: name }),
      ),
    },
    {
      title: 'Sweeps',
      metrics: sweeping.flatMap(({ setting }) =>
        [metric.sweeps, metric.notSwept].map((name) => counted(setting, name, { label: `${setting.service} ${name}` })),
      ),
    },
    ...(stage.reconciles ? reconciliationOf(stage) : []),
    {
      title: 'Messages',
      metrics: services
        .filter(({ subscription }) => subscription)
        .flatMap(({ setting }) =>
          [metric.eventsTaken, metric.eventsFailed, metric.eventsParked].map((name) =>
            counted(setting, name, { label: `${setting.service} ${name}` }),
          ),
        ),
    },
  ]
}

function reconciliationOf(stage: Stage): Graph[] {
  const names = Object.values(metric).filter((name) => name.startsWith('Reconciliation'))
  const metrics = names.map((name) =>
    counted({ service: 'operations', stage }, name, { period: Duration.days(1), label: name }),
  )
  return [{ title: 'Reconciliation, by day', metrics }]
}

/** The services whose answers everybody may keep. */
const readByAll = ['catalog', 'inventory'] as const

function openReadsOf(stage: Stage): Graph[] {
  const metrics = readByAll.flatMap((service) =>
    [metric.readsKept, metric.readsFresh].map((name) =>
      counted({ service, stage }, name, { label: `${service} ${name}` }),
    ),
  )
  return [{ title: 'Open reads: answered as kept, and from the table', metrics }]
}

function requestsOf({ stage, platform: { gateway }, services }: OverviewProps): Graph[] {
  const answering = services.flatMap(({ http, setting: { service } }) => (http ? [{ http, service }] : []))
  return [
    { title: 'API: answers', metrics: [gateway.metric('Count'), gateway.metric('4xx'), gateway.metric('5xx')] },
    {
      title: 'API: time to answer (ms)',
      metrics: ['p50', 'p99'].map((statistic) => gateway.metric('Latency', { statistic, label: statistic })),
    },
    {
      title: 'Requests that fail (%)',
      metrics: answering.map(({ http, service }) =>
        percentage(counted({ service, stage }, metric.faults), http.lambda.metricInvocations(), service),
      ),
    },
    {
      title: 'Answers 503 contended',
      metrics: answering.flatMap(({ http, service }) => [
        counted({ service, stage }, metric.contended, { label: service }),
        http.lambda.metricInvocations({ label: `${service} requests` }),
      ]),
    },
    ...(stage.readsKeptSeconds > 0 ? openReadsOf(stage) : []),
  ]
}

/** What reads the stream of a table. */
const streaming: ReadonlySet<Kind> = new Set(['relay', 'fold', 'mails'])

function functionsOf({ stacks }: OverviewProps): Graph[] {
  const functions = stacks.flatMap((stack) => constructsIn(stack, ServiceFunction))
  const each = (metricOf: (fn: ServiceFunction, options: MetricOptions) => IMetric): IMetric[] =>
    functions.map((fn) => metricOf(fn, { label: fn.label }))
  return [
    { title: 'Functions: errors', metrics: each(({ lambda }, options) => lambda.metricErrors(options)) },
    { title: 'Functions: throttles', metrics: each(({ lambda }, options) => lambda.metricThrottles(options)) },
    {
      title: 'Functions: duration (ms)',
      metrics: each(({ lambda }, options) => lambda.metricDuration({ ...options, statistic: 'p99' })),
    },
    {
      title: 'Readers of streams: how late (ms)',
      metrics: functions
        .filter(({ kind }) => streaming.has(kind))
        .map(({ lambda, label }) => lambda.metric('IteratorAge', { statistic: Stats.MAXIMUM, period: minute, label })),
    },
  ]
}

function queuesOf({ platform, services, stacks }: OverviewProps): Graph[] {
  const tables = [
    ...services.map(({ table: { table }, setting: { service } }) => ({ table, label: service })),
    { table: platform.directory.principals, label: 'principals' },
  ]
  const queues = services.flatMap(emptiedQueues)
  return [
    {
      title: 'Queues: oldest message (s)',
      metrics: queues.map(({ queue, label }) => queue.metricApproximateAgeOfOldestMessage({ label })),
    },
    {
      title: 'Queues: oldest message that came again and is not finished (s)',
      metrics: services
        .filter((stack) => emptiedQueues(stack).length > 0)
        .map(({ setting }) => oldestUnfinished(setting, { label: setting.service })),
    },
    {
      title: 'Queues: messages',
      metrics: queues.map(({ queue, label }) => queue.metricApproximateNumberOfMessagesVisible({ label })),
    },
    {
      title: 'Mails that bounced or were complained of',
      metrics: [platform.mail.feedback.metricApproximateNumberOfMessagesVisible()],
    },
    {
      title: 'Dead letters',
      metrics: stacks.flatMap((stack) =>
        constructsIn(stack, DeadLetterQueue).map((queue) => queue.metricApproximateNumberOfMessagesVisible()),
      ),
    },
    {
      title: 'Records that streams gave up',
      metrics: services.flatMap((stack) =>
        constructsIn(stack, LostRecords).map(({ objects }) => objects.with({ label: stack.setting.service })),
      ),
    },
    {
      title: 'Tables: throttled requests',
      metrics: tables.flatMap(({ table, label }) =>
        ['ReadThrottleEvents', 'WriteThrottleEvents'].map((name) =>
          table.metric(name, { statistic: Stats.SUM, label: `${label} ${name}` }),
        ),
      ),
    },
  ]
}

/** The queues of a service that functions empty: that of its events goes by its name, others by where they stand in it as well. */
export const emptiedQueues = (stack: ServiceStack): { readonly label: string; readonly queue: Queue }[] =>
  constructsIn(stack, Queue)
    .filter((queue) => !(queue instanceof DeadLetterQueue))
    .map((queue) => {
      const { service } = stack.setting
      if (queue === stack.subscription?.queue) return { label: service, queue }
      const parts = queue.node.scopes.slice(stack.node.scopes.length, -1).map(({ node }) => node.id.toLowerCase())
      return { label: [service, ...parts].join(' '), queue }
    })

/** The constructs of that kind in a stack. */
export const constructsIn = <Kind extends IConstruct>(
  stack: Stack,
  kind: abstract new (...args: never[]) => Kind,
): Kind[] => stack.node.findAll().filter((each): each is Kind => each instanceof kind)
