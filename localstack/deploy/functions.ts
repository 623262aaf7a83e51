import { join } from 'node:path'
import type { Assembly, Resource } from './assembly.ts'
import type { RealClock } from '../clock/clock.ts'
import type { AccessKeys } from '../endpoint/access-keys.ts'
import type { MetricStore } from '../cloudwatch/metric-store.ts'
import { LocalFunction, type LogLine } from '../lambda/local-function.ts'
import type { Tracer } from '../xray/tracer.ts'

/** Invocations at once of a function without reserved concurrency: on a laptop more only get in each other's way. */
export const defaultConcurrency = 4

export interface FunctionsDeps {
  readonly clock: RealClock
  readonly keys: AccessKeys
  readonly log: (line: LogLine) => void
  readonly metrics: MetricStore
  readonly tracer: Tracer
}

/** The functions of the templates, by name. */
export function deployFunctions(assembly: Assembly, deps: FunctionsDeps): ReadonlyMap<string, LocalFunction> {
  return new Map(
    assembly.of('AWS::Lambda::Function').map((resource) => [resource.name, deployFunction(assembly, resource, deps)]),
  )
}

function deployFunction(
  assembly: Assembly,
  { name, arn, properties }: Resource<'AWS::Lambda::Function'>,
  { clock, keys, log, metrics, tracer }: FunctionsDeps,
): LocalFunction {
  const { region, endpoint } = assembly.place
  const [module = '', handler = ''] = properties.Handler.split('.')
  return new LocalFunction(
    {
      name,
      arn,
      region,
      file: join(assembly.assetFolder(properties.Code.S3Key), `${module}.mjs`),
      handler,
      environment: properties.Environment?.Variables ?? {},
      timeoutSeconds: properties.Timeout,
      memoryMb: properties.MemorySize,
      concurrency: properties.ReservedConcurrentExecutions ?? defaultConcurrency,
    },
    {
      endpoint,
      credentials: {
        issue: () => keys.issue({ role: properties.Role, name }),
        forget: (accessKeyId) => keys.forget(accessKeyId),
      },
      clockOffset: () => clock.offset(),
      log,
      ...(properties.TracingConfig?.Mode === 'Active' && { trace: (event: unknown) => tracer.begin(name, event) }),
      measured: (failed) => {
        for (const [metric, value] of [
          ['Invocations', 1],
          ['Errors', failed ? 1 : 0],
        ] as const)
          metrics.add({ namespace: 'AWS/Lambda', name: metric, dimensions: { FunctionName: name } }, value, clock.now())
      },
    },
  )
}
