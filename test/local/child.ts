import { type ChildProcessByStdio, type SpawnOptions, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { onTestFinished } from 'vitest'

/**
 * A process of the test that is running, which ends with it: also when the time of the test is over, which no `finally` sees. One that is left behind
 * holds the output of all tests open, and they never end. A `detached` one ends with all that it has started.
 */
export function childOf(
  command: string,
  args: readonly string[],
  options: Omit<SpawnOptions, 'stdio'>,
): ChildProcessByStdio<null, Readable, Readable> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
    process.kill(options.detached ? -child.pid : child.pid)
  })
  return child
}
