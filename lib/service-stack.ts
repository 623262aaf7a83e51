import { Stack, type StackProps } from 'aws-cdk-lib/core'
import type { Code } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import { type Service, sourceOf } from '../schemas/contract.ts'
import { type ServiceContract, topology } from '../schemas/topology.ts'
import { EventSchemas } from './constructs/event-schemas.ts'
import { EventSubscription } from './constructs/event-subscription.ts'
import { HttpRoutes } from './constructs/http-routes.ts'
import { OutboxRelay } from './constructs/outbox-relay.ts'
import { ServiceFunction } from './constructs/service-function.ts'
import { ServiceTable } from './constructs/service-table.ts'
import type { Setting } from './constructs/setting.ts'
import { Sweeper } from './constructs/sweeper.ts'
import { type Entry, kindsOf } from './entries.ts'
import type { PlatformStack } from './platform-stack.ts'
import { type ServiceSettings, settings } from './services.ts'
import type { Stage } from './stages.ts'

export interface ServiceProps extends StackProps {
  readonly service: Service
  readonly stage: Stage
  readonly platform: PlatformStack
  readonly code: (entry: Entry) => Code
}

/** Any service, built from its contract in schemas/topology.ts and its settings in lib/services.ts. */
export class ServiceStack extends Stack {
  readonly setting: Setting
  readonly platform: PlatformStack
  readonly table: ServiceTable
  readonly http: ServiceFunction
  readonly subscription: EventSubscription | undefined
  readonly sweeper: Sweeper | undefined

  constructor(scope: Construct, id: string, { service, stage, platform, code, ...props }: ServiceProps) {
    super(scope, id, props)
    const contract: ServiceContract = topology[service]
    const { indexes, relayReads, maxConcurrency = 10, memoryMb = {}, extend }: ServiceSettings = settings[service]
    const kinds = kindsOf(service)
    const { alarms, api, bus, registryName } = platform
    const setting = { service, stage, code, alarms }
    this.setting = setting
    this.platform = platform
    this.table = new ServiceTable(this, 'Data', setting, indexes)

    this.http = new ServiceFunction(this, 'Http', { setting, kind: 'http', memoryMb: memoryMb.http })
    this.table.bindTo(this.http)
    new HttpRoutes(this, 'Routes', api, contract.routes, this.http)

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
        consumes: contract.consumes,
        maxConcurrency,
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
  }
}
