import { Stack, type StackProps } from 'aws-cdk-lib/core'
import type { Code } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import { env } from '../functions/runtime/env.ts'
import { type Routes, type Service, sourceOf } from '../schemas/contract.ts'
import type { ServiceContract } from '../schemas/topology.ts'
import { tenMinutes } from './constructs/alarms.ts'
import { EventSchemas } from './constructs/event-schemas.ts'
import { EventSubscription } from './constructs/event-subscription.ts'
import { HttpRoutes } from './constructs/http-routes.ts'
import { OutboxRelay } from './constructs/outbox-relay.ts'
import { oldestUnfinished } from './constructs/own-metrics.ts'
import { ServiceFunction } from './constructs/service-function.ts'
import { type Indexes, ServiceTable, type TableGrants } from './constructs/service-table.ts'
import type { Setting } from './constructs/setting.ts'
import { Sweeper } from './constructs/sweeper.ts'
import { type Entry, type Kind, kindsOf } from './entry.ts'
import type { PlatformStack } from './platform-stack.ts'
import { type Stage, servicesOf } from './stages.ts'

/** What differs between services beyond their contracts. */
export interface ServiceSettings {
  /** The table's indexes, and which functions read them; the keys of `x` are `xPk` and `xSk`. A table that is deployed takes one more at a time. */
  readonly indexes: Indexes | ((stage: Stage) => Indexes)
  /** What functions may do with the table, by kind; by default the whole write algebra. */
  readonly grants?: TableGrants
  /** Whether a sweep runs every minute for what was due and did not happen. */
  readonly sweeps?: boolean
  /** Whether an event needs more of the table than the item that it rides in. */
  readonly relayReads?: boolean
  /** Memory of functions, in MB; default 512. */
  readonly memoryMb?: Partial<Record<Kind, number>>
  /** Grants and variables that no other service needs. */
  readonly extend?: (stack: ServiceStack) => void
}

export interface ServiceProps extends StackProps {
  readonly service: Service
  readonly contract: ServiceContract
  readonly settings: ServiceSettings
  readonly stage: Stage
  readonly platform: PlatformStack
  readonly code: (entry: Entry) => Code
}

/** Whether anybody's cache may keep answers of a route. */
const hasOpenReads = (routes: Routes): boolean =>
  Object.values(routes).some(({ answer }) => answer.maxAge !== undefined)

/** Any service, built from its contract (schemas/topology.ts) and its settings (lib/services.ts). */
export class ServiceStack extends Stack {
  readonly setting: Setting
  readonly platform: PlatformStack
  readonly table: ServiceTable
  readonly http: ServiceFunction | undefined
  readonly subscription: EventSubscription | undefined
  readonly sweeper: Sweeper | undefined

  constructor(
    scope: Construct,
    id: string,
    { service, contract, settings, stage, platform, code, ...props }: ServiceProps,
  ) {
    super(scope, id, props)
    const { indexes, grants, sweeps, relayReads, memoryMb = {}, extend } = settings
    const kinds = kindsOf(contract, sweeps)
    const { alarms, gateway, bus, registryName } = platform
    const setting = { service, stage, code, alarms }
    this.setting = setting
    this.platform = platform
    const ofStage = typeof indexes === 'function' ? indexes(stage) : indexes
    this.table = new ServiceTable(this, 'Data', setting, ofStage, grants)

    if (kinds.includes('http')) {
      this.http = new ServiceFunction(this, 'Http', { setting, kind: 'http', memoryMb: memoryMb.http })
      this.table.bindTo(this.http)
      if (stage.readsKeptSeconds > 0 && hasOpenReads(contract.routes))
        this.http.bind({ [env.keptReads]: String(stage.readsKeptSeconds) })
      platform.directory.letCheck(this.http)
      new HttpRoutes(this, 'Routes', gateway, contract.routes, this.http)
    }
    if (kinds.includes('relay')) {
      const relay = new OutboxRelay(this, 'Relay', {
        setting,
        table: this.table,
        bus,
        source: sourceOf({ source: service }),
        memoryMb: memoryMb.relay,
      })
      if (relayReads) this.table.bindReadsTo(relay.function)
    }
    if (kinds.includes('events')) {
      this.subscription = new EventSubscription(this, 'Events', {
        setting,
        bus,
        consumes: contract.consumes.filter(({ source }) => servicesOf(stage).includes(source)),
        memoryMb: memoryMb.events,
      })
      this.table.bindTo(this.subscription.function)
      if (contract.timers.length > 0) this.subscription.allowTimers(setting, platform.scheduleGroup)
    }
    if (kinds.includes('sweep')) {
      this.sweeper = new Sweeper(this, 'Sweep', setting, memoryMb.sweep)
      this.table.bindTo(this.sweeper.function)
    }
    if (registryName !== undefined) new EventSchemas(this, 'Schemas', registryName, Object.values(contract.events))
    extend?.(this)
    if (kinds.includes('relay') || kinds.includes('events'))
      alarms.raise(this, 'Unfinished', {
        metric: oldestUnfinished(setting, { period: tenMinutes }),
        threshold: 300,
        description: `${service}: a message is retried that was sent 5 minutes ago or more.`,
        runbook: 'messages-wait-for-more-than-five-minutes',
      })
  }
}
