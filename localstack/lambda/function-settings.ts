import { devNull } from 'node:os'
import type { Credentials } from '../endpoint/access-keys.ts'

export interface FunctionSettings {
  readonly name: string
  readonly arn: string
  readonly region: string
  /** The module that holds the handler, and its name there. */
  readonly file: string
  readonly handler: string
  /** What the template gives; the worker sees nothing of the machine's own environment. */
  readonly environment: Readonly<Record<string, string>>
  readonly timeoutSeconds: number
  readonly memoryMb: number
  /** Invocations at once; more wait in line. */
  readonly concurrency: number
  /** How long a worker waits for its next invocation before it is ended, in milliseconds. */
  readonly idleMs?: number
}

/** What a worker finds in its environment. */
export function environmentOf(
  settings: FunctionSettings,
  endpoint: string,
  credentials: Credentials,
): NodeJS.ProcessEnv {
  return {
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_DEFAULT_REGION: settings.region,
    AWS_ENDPOINT_URL: endpoint,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memoryMb),
    AWS_LAMBDA_FUNCTION_NAME: settings.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_REGION: settings.region,
    TZ: ':UTC',
    ...settings.environment,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  }
}
