import { CrossStackReferences, ReferenceStrength, Stack, type StackProps } from 'aws-cdk-lib/core'
import type { Table } from 'aws-cdk-lib/aws-dynamodb'
import type { Code } from 'aws-cdk-lib/aws-lambda'
import { CfnQueryDefinition, LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import type { reconciled } from '../functions/operations/adapters/tables.dynamodb.ts'
import type { Watched } from '../functions/operations/adapters/ages.cloudwatch.ts'
import { env } from '../functions/runtime/env.ts'
import { routes } from '../schemas/operations.ts'
import { CardProvider } from './constructs/card-provider.ts'
import { DailyReconciliation } from './constructs/daily-reconciliation.ts'
import { HttpRoutes } from './constructs/http-routes.ts'
import { Overview, constructsIn, emptiedQueues } from './constructs/overview.ts'
import { ServiceFunction } from './constructs/service-function.ts'
import type { Entry } from './entry.ts'
import type { PlatformStack } from './platform-stack.ts'
import type { ServiceStack } from './service-stack.ts'
import type { Stage } from './stages.ts'

export interface OperationsProps extends StackProps {
  readonly stage: Stage
  readonly platform: PlatformStack
  readonly services: readonly ServiceStack[]
  readonly code: (entry: Entry) => Code
}

/** What operators look at: it knows the platform and all services by name, and none of them knows it. */
export class OperationsStack extends Stack {
  constructor(scope: Construct, id: string, { stage, platform, services, code, ...props }: OperationsProps) {
    super(scope, id, props)
    CrossStackReferences.of(this).consume(ReferenceStrength.WEAK)
    const setting = { service: 'operations', stage, code, alarms: platform.alarms } as const
    const fn = new ServiceFunction(this, 'Http', { setting, kind: 'http' })
    fn.bind(
      { [env.watched]: this.toJsonString(watchedOf(stage, services)) },
      { actions: ['cloudwatch:GetMetricData'], on: ['*'] },
    )
    new HttpRoutes(this, 'Routes', platform.gateway, routes, fn)
    new DailyReconciliation(this, 'Reconciliation', setting, tablesOf(services), cardProviderOf(services))
    const stacks = [platform, ...services, this]
    new CfnQueryDefinition(this, 'Order', {
      name: `Holdfast ${stage.name}/everything about an order`,
      queryString: 'fields @timestamp, service, message | filter @message like /ord_.../ | sort @timestamp',
      logGroupNames: stacks.flatMap((stack) => constructsIn(stack, LogGroup).map(({ logGroupName }) => logGroupName)),
    })
    if (stage.dashboard) {
      new Overview(this, 'Overview', { stage, platform, services, stacks })
    }
  }
}

function tablesOf(services: readonly ServiceStack[]): Readonly<Record<(typeof reconciled)[number], Table>> {
  const of = (service: (typeof reconciled)[number]): Table => {
    const found = services.find(({ setting }) => setting.service === service)
    if (found === undefined) throw new Error(`There is no stack of ${service} to reconcile.`)
    return found.table.table
  }
  return { inventory: of('inventory'), orders: of('orders'), payments: of('payments') }
}

function cardProviderOf(services: readonly ServiceStack[]): CardProvider {
  const [provider] = services.flatMap((stack) => constructsIn(stack, CardProvider))
  if (provider === undefined) throw new Error('No stack has a card provider to reconcile with.')
  return provider
}

function watchedOf({ name }: Stage, services: readonly ServiceStack[]): Watched {
  const queues = new Map<string, string>()
  for (const { label, queue } of services.flatMap(emptiedQueues)) {
    if (queues.has(label)) throw new Error(`Two queues are called ${label}: one of them would not be watched.`)
    queues.set(label, queue.queueName)
  }
  return {
    stage: name,
    queues: Object.fromEntries(queues),
    services: services.flatMap((stack) => (emptiedQueues(stack).length > 0 ? stack.setting.service : [])),
    sweeps: services.flatMap(({ sweeper, setting: { service } }) => (sweeper ? service : [])),
  }
}
