import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Report } from './watched-answers.ts'

/**
 * A process that answers one question at a time. One that is silent for too long, or ends, is replaced, and its question has no answer.
 */
export class WatchedProcess<Question extends object, Answer> {
  readonly #file: string
  #child: Promise<ChildProcess> | undefined

  constructor(file: URL) {
    this.#file = fileURLToPath(file)
  }

  /** Undefined when the process has ended, or been silent for so many milliseconds, as in an endless loop. */
  async ask(question: Question, longestSilenceMs: number): Promise<Answer | undefined> {
    const child = await (this.#child ??= started(this.#file))
    const answer = await answerOf<Answer>(child, question, longestSilenceMs)
    if (answer === undefined) this.stop()
    return answer
  }

  stop(): void {
    void this.#child?.then(kill)
    this.#child = undefined
  }
}

async function started(file: string): Promise<ChildProcess> {
  const child = fork(file, { detached: true, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  let errors = ''
  child.stderr?.on('data', (chunk: Buffer) => (errors = `${errors}${chunk.toString()}`.slice(-2_000)))
  const end = (): void => kill(child)
  process.once('exit', end)
  child.once('exit', () => process.off('exit', end))
  const { promise, resolve, reject } = Promise.withResolvers<ChildProcess>()
  child.once('message', () => resolve(child))
  child.once('exit', (code) => reject(new Error(`${file} has ended with ${code} before it was ready. ${errors}`)))
  return promise
}

function answerOf<Answer>(
  child: ChildProcess,
  question: object,
  longestSilenceMs: number,
): Promise<Answer | undefined> {
  const { promise, resolve } = Promise.withResolvers<Answer | undefined>()
  const onEnd = (): void => resolve(undefined)
  const timer = setTimeout(onEnd, longestSilenceMs)
  const onMessage = (report: Report<Answer>): void => {
    if (report.state === 'done') resolve(report.answer)
    else timer.refresh()
  }
  child.on('message', onMessage)
  child.once('exit', onEnd)
  child.send(question)
  return promise.finally(() => {
    clearTimeout(timer)
    child.off('message', onMessage).off('exit', onEnd)
  })
}

/** Ends the process and its children, also in an endless loop. */
function kill({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL')
}
