import * as z from 'zod'
import { type Stack, Template, readStacks } from './cloud-assembly.ts'
import { type Json, type Scope, TemplateError, holds, resolve, resolveProperty } from './intrinsics.ts'
import { type Identity, type Naming, type Place, type ResourceType, inertIdentity } from './resource-type.ts'
import { own } from '../../schemas/own.ts'

type Supported = Readonly<Record<string, ResourceType>>

/** What an assembly may hold. */
export interface ResourceTypes<Types extends Supported> {
  readonly supported: Types
  /** Types that are accepted and not run. */
  readonly inert: ReadonlySet<string>
}

/** A resource that the local stack runs, with everything in it resolved. */
export interface Resource<Types extends Supported, Type extends keyof Types = keyof Types> {
  readonly type: Type
  readonly stack: string
  readonly logicalId: string
  readonly name: string
  readonly arn: string
  /** What `Ref` gives: a queue's URL, most other resources' name or id. */
  readonly ref: string
  readonly attributes: Readonly<Record<string, string>>
  readonly properties: z.infer<Types[Type]['properties']>
}

export interface Assembly<Types extends Supported> {
  readonly place: Place
  readonly stacks: readonly string[]
  /** The resources of that type, in the order of stacks and templates. */
  of<Type extends keyof Types>(type: Type): readonly Resource<Types, Type>[]
  /** The outputs of all stacks, by stack and name. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, Json>>>>
  /** The folder of a function's code. */
  assetFolder(s3Key: string): string
}

/** What the assembly holds that cannot run here; the message lists all of it, by stack and logical id. */
export class UnsupportedAssembly extends Error {
  override readonly name = 'UnsupportedAssembly'
}

/** A template and the name of its stack. */
export interface NamedTemplate {
  readonly name: string
  readonly template: unknown
}

/**
 * Reads a CDK cloud assembly with all its stacks and resolves it as if it were deployed at `place`. Throws
 * `UnsupportedAssembly` with every resource and property that cannot run here, `TemplateError` for a reference to nothing.
 */
export function loadAssembly<Types extends Supported>(
  types: ResourceTypes<Types>,
  folder: string,
  place: Place,
): Assembly<Types> {
  const assets = new Map<string, string>()
  return resolveStacks(types, readStacks(folder, assets), place, assets)
}

/** The same for templates at hand, in the order of their dependencies. */
export function resolveTemplates<Types extends Supported>(
  types: ResourceTypes<Types>,
  templates: readonly NamedTemplate[],
  place: Place,
  assets: ReadonlyMap<string, string> = new Map(),
): Assembly<Types> {
  const stacks = templates.map(({ name, template }) => ({ name, template: Template.parse(template) }))
  return resolveStacks(types, stacks, place, assets)
}

function resolveStacks<Types extends Supported>(
  types: ResourceTypes<Types>,
  stacks: readonly Stack[],
  place: Place,
  assets: ReadonlyMap<string, string>,
): Assembly<Types> {
  const problems = stacks.flatMap((stack) => unsupportedTypes(stack, types))
  const exports = new Map<string, Json>()
  const resources: Resource<Types>[] = []
  const outputs = new Map<string, Readonly<Record<string, Json>>>()
  for (const stack of stacks) {
    const scope = scopeOf(stack, { types, place, exports, outputs })
    for (const [logicalId, found] of Object.entries(stack.template.Resources)) {
      const type = own(types.supported, found.Type)
      if (type === undefined || !scope.exists(found.Condition)) continue
      const properties = type.properties.safeParse(resolve(found.Properties, scope))
      if (!properties.success) {
        problems.push(...unsupportedProperties(stack.name, logicalId, found.Type, properties.error))
        continue
      }
      const identity = scope.identity(logicalId)
      if (identity === undefined) continue
      resources.push({
        type: found.Type,
        stack: stack.name,
        logicalId,
        ...identity,
        properties: properties.data as Resource<Types>['properties'],
      })
    }
    outputs.set(stack.name, outputsOf(stack, scope, exports))
  }
  if (problems.length > 0) {
    throw new UnsupportedAssembly(
      `The local stack cannot run this app:\n${problems.map((line) => `  ${line}`).join('\n')}`,
    )
  }
  return {
    place,
    stacks: stacks.map(({ name }) => name),
    outputs: Object.fromEntries(outputs),
    of: <Type extends keyof Types>(type: Type) =>
      resources.filter((resource): resource is Resource<Types, Type> => resource.type === type),
    assetFolder: (s3Key) => {
      const path = assets.get(s3Key)
      if (path === undefined) throw new TemplateError(`The assembly has no asset ${s3Key}.`)
      return path
    },
  }
}

function unsupportedTypes({ name, template }: Stack, { supported, inert }: ResourceTypes<Supported>): string[] {
  return Object.entries(template.Resources)
    .filter(([, { Type }]) => !Object.hasOwn(supported, Type) && !inert.has(Type))
    .map(([logicalId, { Type }]) => `${name}/${logicalId}: resource type ${Type}`)
}

function unsupportedProperties(stack: string, logicalId: string, type: string, error: z.ZodError): string[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.join('.')
    if (issue.code !== 'unrecognized_keys') {
      return [`${stack}/${logicalId}: ${type}${path && ` property ${path}`}: ${issue.message}`]
    }
    return issue.keys.map((key) => `${stack}/${logicalId}: ${type} property ${path && `${path}.`}${key}`)
  })
}

function outputsOf(stack: Stack, scope: StackScope, exports: Map<string, Json>): Record<string, Json> {
  const values = new Map<string, Json>()
  for (const [name, output] of Object.entries(stack.template.Outputs)) {
    if (!scope.exists(output.Condition)) continue
    const value = resolve(output.Value, scope)
    values.set(name, value)
    if (output.Export) exports.set(z.string().parse(resolve(output.Export.Name, scope)), value)
  }
  return Object.fromEntries(values)
}

interface StackScope extends Scope {
  /** Whether a resource or output under that condition exists. */
  exists(condition: string | undefined): boolean
  identity(logicalId: string): Identity | undefined
}

interface Surroundings {
  readonly types: ResourceTypes<Supported>
  readonly place: Place
  readonly exports: ReadonlyMap<string, Json>
  readonly outputs: ReadonlyMap<string, Readonly<Record<string, Json>>>
}

function scopeOf({ name: stack, template }: Stack, { types, place, exports, outputs }: Surroundings): StackScope {
  const identities = new Map<string, Identity>()
  const pseudo: Readonly<Record<string, string | undefined>> = {
    'AWS::AccountId': place.account,
    'AWS::Partition': 'aws',
    'AWS::Region': place.region,
    'AWS::StackId': `arn:aws:cloudformation:${place.region}:${place.account}:stack/${stack}/local`,
    'AWS::StackName': stack,
    'AWS::URLSuffix': 'amazonaws.com',
  }
  const scope: StackScope = {
    stack,
    ref: (name) => own(pseudo, name) ?? own(template.Parameters, name)?.Default ?? scope.identity(name)?.ref,
    attribute: (logicalId, name) => {
      const identity = scope.identity(logicalId)
      const inert = types.inert.has(own(template.Resources, logicalId)?.Type ?? '')
      return (identity && own(identity.attributes, name)) ?? (inert ? `${logicalId}.${name}` : undefined)
    },
    exported: (name) => exports.get(name),
    output: (other, name) => own(outputs.get(other) ?? {}, name),
    mapping: (map, key, name) => own(own(own(template.Mappings, map) ?? {}, key) ?? {}, name),
    condition: (name) => {
      const condition = template.Conditions[name]
      return condition === undefined ? undefined : holds(condition, scope)
    },
    exists: (condition) => condition === undefined || (scope.condition(condition) ?? false),
    identity: (logicalId) => {
      const known = identities.get(logicalId)
      if (known) return known
      const resource = own(template.Resources, logicalId)
      if (resource === undefined) return undefined
      const naming: Naming = {
        stack,
        logicalId,
        place,
        property: (name) => {
          const value = resource.Properties[name]
          return value === undefined ? undefined : resolveProperty(value, scope)
        },
      }
      const identity = (own(types.supported, resource.Type)?.identify ?? inertIdentity)(naming)
      identities.set(logicalId, identity)
      return identity
    },
  }
  return scope
}
