import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'

/** What the local stack reads of a CloudFormation template. */
export const Template = z.object({
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
export type Template = z.infer<typeof Template>

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

export interface Stack {
  readonly name: string
  readonly template: Template
}

/** The stacks of an assembly and of those nested in it, each after those that it depends on. Notes the assets on the way. */
export function readStacks(folder: string, assets: Map<string, string>): Stack[] {
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
