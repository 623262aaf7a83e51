import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** How often the processes above are looked for, and how long the work of ending may take, in milliseconds. */
const watchMs = 250
const longestEndMs = 3_000

/**
 * Calls `end` once and exits after it: at Ctrl-C, when the process is terminated, when its terminal is closed, and when the npm that
 * started it is gone (npm passes no signal on to the program behind its shell).
 */
export function endWithCaller(end: () => Promise<void>): void {
  let ending = false
  const once = (): void => {
    if (ending) return
    ending = true
    setTimeout(() => process.exit(0), longestEndMs)
    void end().finally(() => process.exit(0))
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, once)
  // A closed terminal takes no more lines.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  if (process.env['npm_lifecycle_event'] === undefined) return
  const parent = process.ppid
  const npm = npmOf(parent)
  setInterval(() => {
    if (process.ppid !== parent || !runs(npm)) once()
  }, watchMs).unref()
}

/** The npm that started that process, or is it: between them there may be a shell. */
function npmOf(parent: number): number {
  const [, name = '', above] =
    process.platform === 'linux'
      ? (/\((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${parent}/stat`, 'utf8')) ?? [])
      : (/(\S+)\s+(\d+)/.exec(output('ps', '-o', 'comm=,ppid=', '-p', String(parent))) ?? [])
  return name.endsWith('sh') && above !== undefined ? Number(above) : parent
}

const output = (command: string, ...given: readonly string[]): string =>
  spawnSync(command, given, { encoding: 'utf8' }).stdout ?? ''

function runs(id: number): boolean {
  try {
    return process.kill(id, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
