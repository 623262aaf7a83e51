import { pathToFileURL } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'

/** What a worker is started with. */
export interface WorkerSettings {
  readonly functionName: string
  readonly functionArn: string
  readonly memoryMb: number
  readonly logGroup: string
  /** The module that holds the handler, and its name there. */
  readonly file: string
  readonly handler: string
  /** One 64-bit float: milliseconds by which the stack's clock is ahead of the machine's. */
  readonly clockOffset: SharedArrayBuffer
}

/** An invocation as the host posts it. */
export interface Invocation {
  readonly requestId: string
  readonly event: string
  readonly timeoutMs: number
  /** The trace header of the invocation, where the function is traced. */
  readonly traceHeader?: string | undefined
}

/** What a worker posts: first that it is ready, or why it is not; then the end of each invocation. */
export type WorkerMessage =
  | { readonly ready: true }
  | { readonly answer: string }
  | { readonly error: string; readonly handled: boolean }

const settings = workerData as WorkerSettings
const port = parentPort
if (port === null) throw new Error('worker.ts runs in a worker thread only.')
const post = (message: WorkerMessage): void => port.postMessage(message)

const machineNow = Date.now
const offset = new Float64Array(settings.clockOffset)
const now = (): number => machineNow() + (offset[0] ?? 0)
Date.now = now
globalThis.Date = new Proxy(Date, {
  construct: (target, given, newTarget) =>
    Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget) as object,
  apply: () => new Date(now()).toString(),
})

type Handler = (event: unknown, context: unknown) => unknown

/** The error object that Lambda answers. */
function errorObject(error: unknown): string {
  if (!(error instanceof Error)) return JSON.stringify({ errorType: typeof error, errorMessage: String(error) })
  return JSON.stringify({ errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') })
}

async function load(): Promise<Handler> {
  const module = (await import(pathToFileURL(settings.file).href)) as Readonly<Record<string, unknown>>
  const handler = module[settings.handler]
  if (typeof handler === 'function') return handler as Handler
  throw new Error(`${settings.file} exports no function ${settings.handler}.`)
}

async function run(handler: Handler, { requestId, event, timeoutMs, traceHeader }: Invocation): Promise<WorkerMessage> {
  if (traceHeader === undefined) delete process.env['_X_AMZN_TRACE_ID']
  else process.env['_X_AMZN_TRACE_ID'] = traceHeader
  const deadline = performance.now() + timeoutMs
  const context = {
    functionName: settings.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: settings.functionArn,
    memoryLimitInMB: String(settings.memoryMb),
    awsRequestId: requestId,
    logGroupName: settings.logGroup,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(deadline - performance.now())),
  }
  try {
    return { answer: JSON.stringify((await handler(JSON.parse(event), context)) ?? null) }
  } catch (error) {
    return { error: errorObject(error), handled: true }
  }
}

try {
  const handler = await load()
  port.on('message', (invocation: Invocation) => void run(handler, invocation).then(post))
  post({ ready: true })
} catch (error) {
  post({ error: errorObject(error), handled: false })
}
