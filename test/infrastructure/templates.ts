import { Code } from 'aws-cdk-lib/aws-lambda'
import type { HoldfastProps } from '../../lib/app.ts'
import { holdfast } from '../../lib/app.ts'
import { type Stage, stages } from '../../lib/stages.ts'

/** A value of a template: JSON, with intrinsic functions in it. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value }
type Fields = { readonly [key: string]: Value }

/** The intrinsic functions that the templates use. */
interface Intrinsic {
  readonly Ref?: string
  readonly 'Fn::GetAtt'?: readonly [string, string]
  readonly 'Fn::ImportValue'?: string
  readonly 'Fn::GetStackOutput'?: { readonly StackName: string; readonly OutputName: string }
  readonly 'Fn::Join'?: readonly [string, readonly Value[]]
}

export interface Resource {
  /** The service that the resource belongs to, or `platform`. */
  readonly service: string
  readonly logicalId: string
  /** What tests call it: service and construct path, without the hash. */
  readonly name: string
  readonly type: string
  // Tests name the property that they read; the template's own check rejects one that does not exist.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly properties: any
  readonly deletionPolicy: string | undefined
}

interface Template {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties?: Fields; readonly DeletionPolicy?: string }>
  >
  readonly Outputs?: Readonly<Record<string, { readonly Value: Value; readonly Export?: { readonly Name: string } }>>
}

/** The templates of a stage, with what tests ask of them. */
export interface Deployment {
  readonly all: readonly Resource[]
  of(type: string): readonly Resource[]
  /** The resource that a `Ref`, `Fn::GetAtt` or import stands for. */
  at(service: string, value: Value): Resource
  /** A value in words: resources by their names, the rest as it is written. */
  rendered(service: string, value: Value): string
  readonly outputs: readonly string[]
}

/** The app of a stage with functions that do nothing: their code is not part of these tests. */
export function appOf(stage: Stage, more: Partial<HoldfastProps> = {}) {
  return holdfast({ stage, code: () => Code.fromInline('0'), builtinCloudFormationValidation: false, ...more })
}

export function deploymentOf(stage: Stage): Deployment {
  const templates = appOf(stage)
    .synth()
    .stacks.map(({ stackName, template }) => ({
      stack: stackName,
      service: stackName.split('-').at(-1)!,
      template: template as Template,
    }))
  const all = templates.flatMap(({ service, template }) =>
    Object.entries(template.Resources).map(([logicalId, { Type, Properties = {}, DeletionPolicy }]) => ({
      service,
      logicalId,
      name: `${service} ${nameOf(logicalId)}`,
      type: Type,
      properties: Properties,
      deletionPolicy: DeletionPolicy,
    })),
  )
  const byId = new Map(all.map((resource) => [`${resource.service} ${resource.logicalId}`, resource]))
  const outputs = new Map(
    templates.flatMap(({ stack, service, template }) =>
      Object.entries(template.Outputs ?? {}).flatMap(([name, { Value, Export }]) =>
        [`${stack}.${name}`, ...(Export ? [Export.Name] : [])].map((key) => [key, { service, value: Value }] as const),
      ),
    ),
  )
  /** The value of another stack that an import or an output stands for. */
  function elsewhere({ 'Fn::ImportValue': imported, 'Fn::GetStackOutput': read }: Intrinsic) {
    const key = read ? `${read.StackName}.${read.OutputName}` : imported
    return key === undefined ? undefined : outputs.get(key)!
  }

  function at(service: string, value: Value): Resource {
    const { Ref, 'Fn::GetAtt': attribute } = value as Intrinsic
    const other = elsewhere(value as Intrinsic)
    if (other) return at(other.service, other.value)
    const found = byId.get(`${service} ${Ref ?? attribute?.[0]}`)
    if (found === undefined) throw new Error(`${service} has no resource ${JSON.stringify(value)}`)
    return found
  }

  function rendered(service: string, value: Value): string {
    if (typeof value !== 'object' || value === null) return String(value)
    if (Array.isArray(value)) return value.map((each) => rendered(service, each)).join(', ')
    const { Ref, 'Fn::Join': join, 'Fn::GetAtt': attribute } = value as Intrinsic
    if (Ref?.startsWith('AWS::')) return Ref === 'AWS::Partition' ? 'aws' : `<${Ref.slice(5)}>`
    if (join !== undefined) return join[1].map((part) => rendered(service, part)).join(join[0])
    const other = elsewhere(value as Intrinsic)
    if (other) return rendered(other.service, other.value)
    return at(service, value).name + (attribute?.[1] === 'StreamArn' ? ' stream' : '')
  }

  return {
    all,
    of: (type) => all.filter((resource) => resource.type === type),
    at,
    rendered,
    outputs: templates.flatMap(({ service, template }) =>
      Object.entries(template.Outputs ?? {}).flatMap(([id, { Export }]) =>
        Export || id.startsWith('PublishOutput') ? [] : [`${service} ${id}`],
      ),
    ),
  }
}

export const dev = deploymentOf(stages.dev)
export const prod = deploymentOf(stages.prod)

/** For `it.each`: what a test is about, by its name first. */
export const named = (resources: readonly Resource[]): [string, Resource][] =>
  resources.map((resource) => [resource.name, resource])

function nameOf(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, '')
}
