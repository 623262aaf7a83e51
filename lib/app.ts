import { App, type AppProps } from 'aws-cdk-lib/core'
import type { Code } from 'aws-cdk-lib/aws-lambda'
import cdk from '../cdk.json' with { type: 'json' }
import { topology } from '../schemas/topology.ts'
import type { Entry } from './entry.ts'
import { OperationsStack } from './operations-stack.ts'
import { PlatformStack, prefixOf } from './platform-stack.ts'
import { ServiceStack } from './service-stack.ts'
import { looksIntoWallets, settings } from './services.ts'
import { type Stage, servicesOf } from './stages.ts'

/** How stacks refer to each other: AWS reads outputs, which locks nothing; emulators know exports alone. */
const references = '@aws-cdk/core:defaultCrossStackReferences' satisfies keyof typeof cdk.context

export interface HoldfastProps extends AppProps {
  readonly stage: Stage
  readonly code: (entry: Entry) => Code
}

/** The whole of one stage: the platform, a stack for each service, and one for those who operate them. */
export function holdfast({ stage, code, ...props }: HoldfastProps): App {
  // The flags of cdk.json are needed without the CLI as well, or the templates would differ.
  const context = stage.emulated ? { ...cdk.context, [references]: 'strong' } : cdk.context
  const app = new App({ analyticsReporting: false, treeMetadata: false, ...props, context })
  const prefix = prefixOf(stage)
  const shared = {
    stage,
    code,
    terminationProtection: stage.keepsData,
    tags: { application: 'holdfast', stage: stage.name },
  }
  const platform = new PlatformStack(app, `${prefix}platform`, shared)
  const stacks = servicesOf(stage).map(
    (service) =>
      new ServiceStack(app, `${prefix}${service}`, {
        ...shared,
        service,
        contract: topology[service],
        settings: settings[service],
        platform,
      }),
  )
  looksIntoWallets(stacks)
  if (!stage.emulated) new OperationsStack(app, `${prefix}operations`, { ...shared, platform, services: stacks })
  return app
}
