import { CfnOutput, CrossStackReferences, ReferenceStrength, Stack, type StackProps } from 'aws-cdk-lib/core'
import { CfnArchive, EventBus } from 'aws-cdk-lib/aws-events'
import { CfnRegistry } from 'aws-cdk-lib/aws-eventschemas'
import type { Code } from 'aws-cdk-lib/aws-lambda'
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler'
import { CfnSamplingRule } from 'aws-cdk-lib/aws-xray'
import type { Construct } from 'constructs'
import { env } from '../functions/runtime/env.ts'
import { archivePatternOf } from '../functions/runtime/subscription.ts'
import { reference, routes } from '../schemas/platform.ts'
import { type ServiceContract, allEvents, topology } from '../schemas/topology.ts'
import { Alarms } from './constructs/alarms.ts'
import { Gateway } from './constructs/gateway.ts'
import { HttpRoutes } from './constructs/http-routes.ts'
import { Mail } from './constructs/mail.ts'
import { ReadCache } from './constructs/read-cache.ts'
import { ServiceFunction } from './constructs/service-function.ts'
import { UserDirectory } from './constructs/user-directory.ts'
import type { Entry } from './entry.ts'
import { type Stage, servicesOf } from './stages.ts'

export interface PlatformProps extends StackProps {
  readonly stage: Stage
  readonly code: (entry: Entry) => Code
}

/** What all services share, and the only thing they share. */
export class PlatformStack extends Stack {
  readonly bus: EventBus
  readonly gateway: Gateway
  readonly directory: UserDirectory
  readonly scheduleGroup: CfnScheduleGroup
  readonly alarms: Alarms
  readonly mail: Mail
  /** The name of the schema registry, where it holds schemas. */
  readonly registryName: string | undefined

  constructor(scope: Construct, id: string, { stage, code, ...props }: PlatformProps) {
    super(scope, id, props)
    this.alarms = new Alarms(this, 'Alarms', stage.alarms)
    this.bus = new EventBus(this, 'Bus', { description: `The events of Holdfast ${stage.name}` })
    this.archive(stage)
    this.traces(stage)
    const registry = stage.emulated
      ? undefined
      : new CfnRegistry(this, 'Schemas', { description: 'The events of Holdfast' })
    this.registryName = stage.schemaRegistry ? registry?.attrRegistryName : undefined
    this.scheduleGroup = new CfnScheduleGroup(this, 'Schedules')
    // An export, which no setting takes away: the finding of cdk-nag that one-time-schedules.ts answers has its name in it.
    CrossStackReferences.of(this.scheduleGroup).produce(ReferenceStrength.STRONG)
    const setting = { service: 'platform', stage, code, alarms: this.alarms } as const
    this.directory = new UserDirectory(this, 'Users', setting)
    this.gateway = new Gateway(this, 'Gateway', { stage, alarms: this.alarms, directory: this.directory })
    this.mail = new Mail(this, 'Mail', setting)
    const http = new ServiceFunction(this, 'Http', { setting, kind: 'http' })
    http.bind({
      [env.apiUrl]: this.gateway.url,
      [env.logins]: JSON.stringify(stage.logins),
      [env.reference]: String(stage.apiReference),
    })
    new HttpRoutes(this, 'Routes', this.gateway, { ...routes, ...(stage.apiReference && reference) }, http)
    if (stage.cdn) {
      const routesOfAll = Object.values(topology).flatMap((service: ServiceContract) => Object.values(service.routes))
      const { url } = new ReadCache(this, 'Cdn', { apiUrl: this.gateway.url, routes: routesOfAll })
      new CfnOutput(this, 'CdnUrl', { value: url })
    }
    // The services of the last release import these, whatever this one has switched off: an export in use cannot go.
    this.exportValue(this.alarms.topic.topicArn)
    if (registry) this.exportValue(registry.attrRegistryName)
    new CfnOutput(this, 'ApiUrl', { value: this.gateway.url })
    new CfnOutput(this, 'UserPoolId', { value: this.directory.pool.userPoolId })
    new CfnOutput(this, 'UserPoolClientId', { value: this.directory.client.userPoolClientId })
    new CfnOutput(this, 'EventBusName', { value: this.bus.eventBusName })
  }

  /** Functions ask X-Ray which of what they begin is traced; what comes of it is traced as it is. */
  private traces({ name, traces }: Stage): void {
    if (traces === 0) return
    new CfnSamplingRule(this, 'Traces', {
      samplingRule: {
        ruleName: `Holdfast-${name}`,
        priority: 1_000,
        fixedRate: traces,
        // Of so many a second besides nobody knows what they cost in a quiet month.
        reservoirSize: 0,
        serviceName: `Holdfast-${name}-*`,
        serviceType: 'AWS::Lambda::Function',
        host: '*',
        httpMethod: '*',
        urlPath: '*',
        resourceArn: '*',
        version: 1,
      },
    })
  }

  private archive(stage: Stage): void {
    const { archiveDays } = stage
    if (archiveDays === 0) return
    const services = servicesOf(stage)
    new CfnArchive(this, 'Archive', {
      sourceArn: this.bus.eventBusArn,
      retentionDays: archiveDays,
      eventPattern: archivePatternOf(allEvents.filter(({ source }) => services.includes(source))),
      description: 'Every event that carries no personal data, to be replayed to a consumer that lost some',
    })
  }
}

/** The start of the names of a stage's stacks, and of the resources in them. */
export const prefixOf = ({ name }: Stage): string => `Holdfast-${name}-`
