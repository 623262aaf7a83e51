import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readdirSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { until } from './target.ts'

/** As a user starts it: npm, its shell, the stack, and the emulator below it. */
class Started {
  readonly npm: ChildProcess
  output = ''

  constructor(command: readonly [string, ...string[]], environment: NodeJS.ProcessEnv) {
    const [file, ...given] = command
    this.npm = spawn(file, given, { env: { ...process.env, ...environment }, detached: true })
    for (const stream of [this.npm.stdout, this.npm.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text
      })
  }

  /** Waits until it runs, and gives the processes below it. */
  async family(): Promise<readonly number[]> {
    await until(
      async () => this.output,
      (output) => output.includes('Holdfast runs'),
      60_000,
    )
    return descendants(this.npm.pid!)
  }
}

const statOf = (id: number): string | undefined => {
  try {
    return readFileSync(`/proc/${id}/stat`, 'utf8')
  } catch {
    return undefined
  }
}

function descendants(id: number): number[] {
  const below = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && new RegExp(`\\) \\S ${id} `).test(statOf(Number(name)) ?? ''))
    .map(Number)
  return below.flatMap((child) => [child, ...descendants(child)])
}

/** Those that run still; what only waits to be collected by its parent does not. */
const running = async (ids: readonly number[]): Promise<readonly number[]> =>
  ids.filter((id) => !/\) [ZX] /.test(statOf(id) ?? ') X '))

const gone = (ids: readonly number[]): Promise<readonly number[]> =>
  until(
    () => running(ids),
    (left) => left.length === 0,
    5_000,
  )

const started: Started[] = []
const start = (command: readonly [string, ...string[]], environment: NodeJS.ProcessEnv = { PORT: '0' }): Started => {
  const each = new Started(command, environment)
  started.push(each)
  return each
}

afterEach(async () => {
  for (const { npm } of started.splice(0)) {
    for (const id of await running([npm.pid!, ...descendants(npm.pid!)])) process.kill(id, 'SIGKILL')
  }
})

describe.runIf(process.platform === 'linux')('npm start', () => {
  test.each(['SIGTERM', 'SIGKILL'] as const)('leaves no process behind when npm gets %s', async (signal) => {
    const stack = start(['npm', 'start'])
    const family = await stack.family()
    expect(family.length).toBeGreaterThan(2)
    stack.npm.kill(signal)
    expect(await gone(family)).toEqual([])
  })

  test('leaves no emulator behind when the stack itself is killed', async () => {
    const stack = start(['node', 'localstack/start.ts'])
    const family = await stack.family()
    expect(family.length).toBeGreaterThan(0)
    stack.npm.kill('SIGKILL')
    expect(await gone(family)).toEqual([])
  })

  test('leaves no process behind after Ctrl-C in its terminal', async () => {
    const terminal = start(['script', '-qefc', 'npm start', '/dev/null'])
    const family = await terminal.family()
    terminal.npm.stdin!.write('\u0003')
    expect(await gone(family)).toEqual([])
  })

  test('leaves no process behind when its terminal is closed', async () => {
    const terminal = start(['script', '-qefc', 'npm start', '/dev/null'])
    const family = await terminal.family()
    terminal.npm.kill('SIGKILL')
    expect(await gone(family)).toEqual([])
  })

  test('names the port that is taken, and the way out, in one line', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    try {
      const { port } = server.address() as AddressInfo
      const second = start(['npm', 'start'], { PORT: String(port) })
      const [code] = (await once(second.npm, 'exit')) as [number]
      expect(code).toBe(1)
      const lines = second.output.split('\n').filter((line) => line !== '' && !line.startsWith('>'))
      expect(lines).toEqual([
        `Port ${port} is taken: end what listens there, or choose another with PORT=${port + 1} npm start.`,
      ])
    } finally {
      server.close()
    }
  })
})
