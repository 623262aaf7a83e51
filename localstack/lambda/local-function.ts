import { randomUUID } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import type { Credentials } from '../endpoint/access-keys.ts'
import type { Segment } from '../xray/tracer.ts'
import { type FunctionSettings, environmentOf } from './function-settings.ts'
import type { InvokeResult } from './invoke.ts'
import { workerScript } from './worker-script.ts'
import type { Invocation, WorkerMessage, WorkerSettings } from './worker.ts'

/** The largest event and answer of an invocation, in bytes. */
const maxPayloadBytes = 6_291_456
/** How long a worker waits for its next invocation before it is ended, in milliseconds: each takes 30 MB and more. */
const defaultIdleMs = 20_000
/** What most invocations leave behind fits; V8 would take eight times as much from the machine before it looks for garbage. */
const youngGenerationMb = 6

export interface FunctionDeps {
  /** The URL under which the function finds AWS. */
  readonly endpoint: string
  /** Credentials of a new worker, which name the function's role to the endpoint; `forget` when the worker is gone. */
  readonly credentials: { issue(): Credentials; forget(accessKeyId: string): void }
  /** Milliseconds by which the stack's clock is ahead of the machine's. */
  readonly clockOffset: () => number
  readonly log: (line: LogLine) => void
  /** Begins the trace of an invocation; without it the function is not traced. */
  readonly trace?: (event: unknown) => Segment
  /** Called at the end of each invocation. */
  readonly measured?: (failed: boolean) => void
}

export interface LogLine {
  readonly function: string
  readonly text: string
}

export interface FunctionCounts {
  readonly workers: number
  readonly running: number
  readonly waiting: number
  readonly invocations: number
  readonly errors: number
}

interface Pending {
  readonly invocation: Invocation
  /** Of what the invocation is given. */
  readonly event: unknown
  segment?: Segment | undefined
  readonly done: (result: InvokeResult) => void
}

interface Running {
  readonly worker: Worker
  readonly accessKeyId: string
  ready: boolean
  pending: Pending | undefined
  /** Of its invocation, or of its idle time. */
  timer: NodeJS.Timeout | undefined
  /** Why the host ended it. */
  ended: string | undefined
}

/**
 * A Lambda function in worker threads: one invocation at a time in each, a new worker when all are busy; one that is idle for long is
 * ended. A worker that runs out of time or memory, exits or throws outside its handler is gone, and its invocation has failed; nothing else is affected.
 */
export class LocalFunction {
  readonly settings: FunctionSettings
  private readonly deps: FunctionDeps
  private readonly clockOffset = new SharedArrayBuffer(8)
  private readonly workers = new Set<Running>()
  private readonly line: Pending[] = []
  private invocations = 0
  private errors = 0
  private stopped = false

  constructor(settings: FunctionSettings, deps: FunctionDeps) {
    this.settings = settings
    this.deps = deps
  }

  /** Invokes and waits for the end. Never rejects: what goes wrong is a `functionError`. */
  invoke(event: unknown): Promise<InvokeResult> {
    const requestId = randomUUID()
    const text = JSON.stringify(event)
    if (Buffer.byteLength(text) > maxPayloadBytes) {
      return Promise.resolve(failure(requestId, 'RequestEntityTooLargeException', 'The event is larger than 6 MB.'))
    }
    this.invocations += 1
    return new Promise((done) => {
      const timeoutMs = this.settings.timeoutSeconds * 1_000
      this.line.push({ invocation: { requestId, event: text, timeoutMs }, event, done })
      this.assign()
    })
  }

  /** Makes the time of the clock visible to invocations under way. */
  tick(): void {
    new Float64Array(this.clockOffset)[0] = this.deps.clockOffset()
  }

  /** Ends the worker with these credentials at once, as a crash of its machine would; `false` if there is none. */
  kill(accessKeyId: string): boolean {
    const running = [...this.workers].find((candidate) => candidate.accessKeyId === accessKeyId)
    if (running) this.end(running, 'Runtime.ExitError', 'The worker was killed.')
    return running !== undefined
  }

  counts(): FunctionCounts {
    const running = [...this.workers].filter(({ pending }) => pending).length
    const { invocations, errors } = this
    return { workers: this.workers.size, running, waiting: this.line.length, invocations, errors }
  }

  async stop(): Promise<void> {
    this.stopped = true
    for (const { done, invocation } of this.line.splice(0)) done(failure(invocation.requestId, 'Stopped', 'Stopping.'))
    await Promise.all([...this.workers].map(({ worker }) => worker.terminate()))
  }

  private assign(): void {
    for (const running of this.workers) {
      if (!running.ready || running.pending) continue
      const pending = this.line.shift()
      if (pending === undefined) return
      this.give(running, pending)
    }
    // One at a time: on a laptop's few cores a burst ends sooner with the workers there are than with many that all load code.
    const starting = [...this.workers].some(({ ready }) => !ready)
    if (this.line.length > 0 && !starting && this.workers.size < this.settings.concurrency) this.start()
  }

  private give(running: Running, pending: Pending): void {
    running.pending = pending
    clearTimeout(running.timer)
    const { timeoutMs } = pending.invocation
    running.timer = setTimeout(() => {
      this.end(running, 'Sandbox.Timedout', `Task timed out after ${(timeoutMs / 1_000).toFixed(2)} seconds`)
    }, timeoutMs)
    this.tick()
    pending.segment = this.deps.trace?.(pending.event)
    running.worker.postMessage({ ...pending.invocation, traceHeader: pending.segment?.header }, [])
  }

  private start(): void {
    if (this.stopped) return
    const { settings, deps } = this
    const credentials = deps.credentials.issue()
    this.tick()
    const worker = new Worker(workerScript(), {
      workerData: {
        functionName: settings.name,
        functionArn: settings.arn,
        memoryMb: settings.memoryMb,
        logGroup: `/aws/lambda/${settings.name}`,
        file: settings.file,
        handler: settings.handler,
        clockOffset: this.clockOffset,
      } satisfies WorkerSettings,
      env: environmentOf(settings, deps.endpoint, credentials),
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: settings.memoryMb, maxYoungGenerationSizeMb: youngGenerationMb },
    })
    const running: Running = {
      worker,
      accessKeyId: credentials.accessKeyId,
      ready: false,
      pending: undefined,
      timer: undefined,
      ended: undefined,
    }
    this.workers.add(running)
    this.listen(running)
  }

  private listen(running: Running): void {
    const { worker } = running
    for (const stream of [worker.stdout, worker.stderr]) {
      stream.setEncoding('utf8')
      stream.on('data', (chunk: string) => {
        for (const text of chunk.split('\n')) if (text !== '') this.deps.log({ function: this.settings.name, text })
      })
    }
    worker.on('message', (message: WorkerMessage) => {
      if ('ready' in message) {
        running.ready = true
        this.rest(running)
        this.assign()
      } else if ('answer' in message) this.finish(running, answered(message.answer))
      else if (running.ready) this.finish(running, { error: message.error, handled: message.handled })
      else this.fail(running, message.error)
    })
    worker.on('error', (error) => {
      const outOfMemory = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY'
      const type = outOfMemory ? 'Runtime.OutOfMemory' : 'Runtime.ExitError'
      this.fail(running, errorText(type, String(error)))
    })
    worker.on('exit', (code) => {
      this.fail(running, running.ended ?? errorText('Runtime.ExitError', `Runtime exited with status ${code}`))
    })
  }

  private end(running: Running, type: string, message: string): void {
    running.ended = errorText(type, message)
    this.fail(running, running.ended)
    void running.worker.terminate()
  }

  /** The worker is gone: so is its invocation, or the first in line if it never came up. */
  private fail(running: Running, error: string): void {
    if (!this.workers.delete(running)) return
    clearTimeout(running.timer)
    this.deps.credentials.forget(running.accessKeyId)
    void running.worker.terminate()
    const pending = running.pending ?? (running.ready ? undefined : this.line.shift())
    running.pending = undefined
    if (pending !== undefined || !this.stopped) this.deps.log({ function: this.settings.name, text: error })
    if (pending) this.settle(pending, { error, handled: false })
    if (!this.stopped) this.assign()
  }

  private finish(running: Running, end: Ended): void {
    const { pending } = running
    if (pending === undefined) return
    clearTimeout(running.timer)
    running.pending = undefined
    this.rest(running)
    this.settle(pending, end)
    this.assign()
  }

  /** Ends a worker that has had no invocation for long. */
  private rest(running: Running): void {
    running.timer = setTimeout(() => {
      this.workers.delete(running)
      this.deps.credentials.forget(running.accessKeyId)
      void running.worker.terminate()
    }, this.settings.idleMs ?? defaultIdleMs).unref()
  }

  private settle({ invocation: { requestId }, segment, done }: Pending, end: Ended): void {
    this.deps.measured?.('error' in end)
    segment?.end({ requestId, isError: 'error' in end })
    if ('answer' in end) return done({ requestId, payload: JSON.parse(end.answer) })
    this.errors += 1
    this.deps.log({ function: this.settings.name, text: end.error })
    return done({
      requestId,
      payload: JSON.parse(end.error),
      functionError: end.handled ? 'Handled' : 'Unhandled',
    })
  }
}

type Ended = { readonly answer: string } | { readonly error: string; readonly handled: boolean }

function answered(answer: string): Ended {
  if (Buffer.byteLength(answer) <= maxPayloadBytes) return { answer }
  const error = errorText('Function.ResponseSizeTooLarge', 'Response payload size exceeded maximum allowed (6 MB).')
  return { error, handled: false }
}

const errorText = (errorType: string, errorMessage: string): string => JSON.stringify({ errorType, errorMessage })

function failure(requestId: string, errorType: string, errorMessage: string): InvokeResult {
  return { requestId, payload: { errorType, errorMessage }, functionError: 'Unhandled' }
}
