import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { type Json, type Scope, TemplateError, holds, resolve, resolveProperty } from './intrinsics.ts'
import {
  type Identity,
  type Naming,
  type Place,
  type PropertiesOf,
  type SupportedType,
  inertIdentity,
  inertTypes,
  isSupported,
  supported,
} from './resource-types.ts'
import { own } from '../../schemas/own.ts'

/** A resource that the local stack runs, with everything in it resolved. */
export interface Resource<Type extends SupportedType = SupportedType> {
  readonly type: Type
  readonly stack: string
  readonly logicalId: string
  readonly name: string
  readonly arn: string
  /** What `Ref` gives: a queue's URL, most other resources' name or id. */
  readonly ref: string
  readonly attributes: Readonly<Record<string, string>>
  readonly properties: PropertiesOf<Type>
}

export interface Assembly {
  readonly place: Place
  readonly stacks: readonly string[]
  /** The resources of that type, in the order of stacks and templates. */
  of<Type extends SupportedType>(type: Type): readonly Resource<Type>[]
  /** The outputs of all stacks, by stack and name. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, Json>>>>
  /** The folder of a function's code. */
  assetFolder(s3Key: string): string
}

/** What the assembly holds that cannot run here; the message lists all of it, by stack and logical id. */
export class UnsupportedAssembly extends Error {
  override readonly name = 'UnsupportedAssembly'
}

const Template = z.object({
  Resources: z
    .record(
      z.string(),
      z.object({
        Type: z.string(),
        Properties: z.record(z.string(), z.json()).default({}),
        Condition: z.string().optional(),
      }),
    )
    .default({}),
  Parameters: z.record(z.string(), z.object({ Type: z.string(), Default: z.json().optional() })).default({}),
  Mappings: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.json()))).default({}),
  Conditions: z.record(z.string(), z.json()).default({}),
  Outputs: z
    .record(
      z.string(),
      z.object({
        Value: z.json(),
        Export: z.object({ Name: z.json() }).optional(),
        Condition: z.string().optional(),
      }),
    )
    .default({}),
})
type Template = z.infer<typeof Template>

const Manifest = z.object({
  artifacts: z
    .record(
      z.string(),
      z.object({
        type: z.string(),
        properties: z
          .object({
            file: z.string().default(''),
            directoryName: z.string().default(''),
            stackName: z.string().optional(),
            templateFile: z.string().default(''),
          })
          .prefault({}),
        dependencies: z.array(z.string()).default([]),
      }),
    )
    .default({}),
})

const AssetManifest = z.object({
  files: z
    .record(
      z.string(),
      z.object({
        source: z.object({ path: z.string().optional(), packaging: z.string().optional() }),
        destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
      }),
    )
    .default({}),
})

interface Stack {
  readonly name: string
  readonly template: Template
}

/**
 * Reads a CDK cloud assembly with all its stacks and resolves it as if it were deployed at `place`. Throws
 * `UnsupportedAssembly` with every resource and property that cannot run here, `TemplateError` for a reference to nothing.
 */
export function loadAssembly(folder: string, place: Place): Assembly {
  const assets = new Map<string, string>()
  return resolveStacks(readStacks(folder, assets), place, assets)
}

/** The same for templates at hand, in the order of their dependencies. */
export function resolveTemplates(
  templates: readonly { readonly name: string; readonly template: unknown }[],
  place: Place,
  assets: ReadonlyMap<string, string> = new Map(),
): Assembly {
  const stacks = templates.map(({ name, template }) => ({ name, template: Template.parse(template) }))
  return resolveStacks(stacks, place, assets)
}

function resolveStacks(stacks: readonly Stack[], place: Place, assets: ReadonlyMap<string, string>): Assembly {
  const problems = stacks.flatMap(unsupportedTypes)
  const exports = new Map<string, Json>()
  const resources: Resource[] = []
  const outputs = new Map<string, Readonly<Record<string, Json>>>()
  for (const stack of stacks) {
    const scope = scopeOf(stack, place, exports)
    for (const [logicalId, found] of Object.entries(stack.template.Resources)) {
      if (!isSupported(found.Type) || !scope.exists(found.Condition)) continue
      const properties = supported[found.Type].properties.safeParse(resolve(found.Properties, scope))
      if (!properties.success) {
        problems.push(...said(stack.name, logicalId, found.Type, properties.error))
        continue
      }
      const identity = scope.identity(logicalId)
      if (identity === undefined) continue
      resources.push({ type: found.Type, stack: stack.name, logicalId, ...identity, properties: properties.data })
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
    of: <Type extends SupportedType>(type: Type) =>
      resources.filter((resource): resource is Resource<Type> => resource.type === type),
    assetFolder: (s3Key) => {
      const path = assets.get(s3Key)
      if (path === undefined) throw new TemplateError(`The assembly has no asset ${s3Key}.`)
      return path
    },
  }
}

function unsupportedTypes({ name, template }: Stack): string[] {
  return Object.entries(template.Resources)
    .filter(([, { Type }]) => !isSupported(Type) && !inertTypes.has(Type))
    .map(([logicalId, { Type }]) => `${name}/${logicalId}: resource type ${Type}`)
}

function said(stack: string, logicalId: string, type: string, error: z.ZodError): string[] {
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

function scopeOf({ name: stack, template }: Stack, place: Place, exports: ReadonlyMap<string, Json>): StackScope {
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
      const inert = inertTypes.has(own(template.Resources, logicalId)?.Type ?? '')
      return (identity && own(identity.attributes, name)) ?? (inert ? `${logicalId}.${name}` : undefined)
    },
    exported: (name) => exports.get(name),
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
      const identity = isSupported(resource.Type) ? supported[resource.Type].identify(naming) : inertIdentity(naming)
      identities.set(logicalId, identity)
      return identity
    },
  }
  return scope
}

/** The stacks of an assembly and of those nested in it, each after those that it depends on. Notes the assets on the way. */
function readStacks(folder: string, assets: Map<string, string>): Stack[] {
  const { artifacts } = Manifest.parse(readJson(join(folder, 'manifest.json')))
  const stacks: Stack[] = []
  const seen = new Set<string>()
  const visit = (id: string): void => {
    const artifact = artifacts[id]
    if (artifact === undefined || seen.has(id)) return
    seen.add(id)
    artifact.dependencies.forEach(visit)
    const { properties } = artifact
    if (artifact.type === 'cdk:asset-manifest') noteAssets(folder, properties.file, assets)
    if (artifact.type === 'cdk:cloud-assembly')
      stacks.push(...readStacks(join(folder, properties.directoryName), assets))
    if (artifact.type === 'aws:cloudformation:stack') {
      const template = Template.parse(readJson(join(folder, properties.templateFile)))
      stacks.push({ name: properties.stackName ?? id, template })
    }
  }
  Object.keys(artifacts).forEach(visit)
  return stacks
}

function noteAssets(folder: string, file: string, assets: Map<string, string>): void {
  for (const { source, destinations } of Object.values(AssetManifest.parse(readJson(join(folder, file))).files)) {
    if (source.path === undefined) continue
    for (const { objectKey } of Object.values(destinations)) assets.set(objectKey, join(folder, source.path))
  }
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))
