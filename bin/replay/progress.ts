import { SingleBar } from 'cli-progress'

/** Shows how far a phase is. */
export interface Progress {
  start(phase: string, total: number): void
  step(): void
  stop(): void
}

/** A bar on a terminal; elsewhere a line at the start of a phase, at each quarter of it, and no more. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? bar(stream) : lines(stream)
}

function bar(stream: NodeJS.WriteStream): Progress {
  const format = '{phase} {bar} {value}/{total}  {duration_formatted}'
  const single = new SingleBar({ format, stream, barsize: 32, hideCursor: true, clearOnComplete: false })
  return {
    start: (phase, total) => single.start(total, 0, { phase: phase.padEnd(20) }),
    step: () => single.increment(),
    stop: () => single.stop(),
  }
}

function lines(stream: NodeJS.WritableStream): Progress {
  let [phase, total, done] = ['', 0, 0]
  const print = (): boolean => stream.write(`${phase}: ${done}/${total}\n`)
  return {
    start(name, of) {
      ;[phase, total, done] = [name, of, 0]
      print()
    },
    step() {
      done += 1
      const quarter = Math.max(1, Math.ceil(total / 4))
      if (done % quarter === 0 && done < total) print()
    },
    stop: () => void print(),
  }
}

/** Shows nothing. */
export const silent: Progress = { start: () => undefined, step: () => undefined, stop: () => undefined }
